/** The doors: which names they hand out, and that opening one does nothing else. */
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ROOT, readPage } from '../support/readme.ts'

const doors = readdirSync(`${ROOT}lib`)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replace(/\.ts$/, ''))

/** A name that comes or goes is a change for users: it is said here, and in the CHANGELOG. */
const NAMES: Readonly<Record<string, string>> = {
  api: 'Api',
  client: 'ClientError client',
  openapi: 'documentOf',
  index: `
    Arguments BadGateway BadRequest Blueprint Conflict ContentNegotiation ContentTooLarge Etag Exceptions Forbidden
    GatewayTimeout Gone HttpException IncomingContent InternalServerError MIMEMap MethodNotAllowed NotAcceptable
    NotFound NotImplemented Pagination Patching PluggableParser PluggableRenderer PreconditionFailed
    PreconditionRequired RequestTimeout Responses RestBlueprint ServiceUnavailable TooManyRequests Unauthorized
    UnprocessableContent UnsupportedMediaType abort arrayPager contentParser contentRenderer created
    currentEndpoint endpoint exceptionRenderer getBestMimetype serializeResponse`,
  'json-patch': 'Patch jsonPatch',
  'json-schema': 'jsonSchema',
  multipart: 'UploadedFile multipart',
  parsers: 'form json text',
  renderers: 'csv event html json markdown ndjson sse text',
  testing: 'expectDocumented fetchFrom listen',
}

describe('the package', () => {
  const manifest = JSON.parse(readPage('package.json'))

  it('exports one subpath per door, and no others', () => {
    const subpaths = doors.map((door) => (door === 'index' ? '.' : `./${door}`))
    expect(Object.keys(manifest.exports).sort()).toEqual([...subpaths, './package.json'].sort())
  })

  it('points each subpath to what is built of its door, the types first', () => {
    for (const door of doors) {
      const entries = Object.entries(manifest.exports[door === 'index' ? '.' : `./${door}`])
      expect(entries).toEqual([
        ['types', `./dist/${door}.d.ts`],
        ['default', `./dist/${door}.js`],
      ])
    }
  })

  it('says that imports have no side effects', () => {
    expect(manifest.sideEffects).toBe(false)
  })
})

describe('the names', () => {
  it.each(doors)('of %s are these', async (door) => {
    const names = Object.keys(await import(`../../lib/${door}.ts`)).sort()
    expect(names).toEqual((NAMES[door] ?? '').trim().split(/\s+/))
  })
})

describe('an import', () => {
  it('of all doors prints nothing, adds no global, and leaves nothing running', async () => {
    const script = `
      const globals = () => Object.getOwnPropertyNames(globalThis)
      const members = () => [Object, Array, String, Promise].flatMap(({ prototype }) => Reflect.ownKeys(prototype))
      const look = () => [...globals(), ...members(), ...process.eventNames()].map(String).sort().join()
      const before = look()
      ${doors.map((door) => `await import('./lib/${door}.ts')`).join('\n')}
      if (look() !== before) console.log(look(), 'is not', before)`
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '' }, timeout: 15_000 }, // it ends by itself, or is ended
    )
    expect([stdout, stderr]).toEqual(['', ''])
  })
})
