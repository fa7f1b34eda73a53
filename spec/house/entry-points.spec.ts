/** The entry points: their exported names, and that an import has no side effects. */
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ROOT, readPage } from '../support/readme.ts'

const entryPoints = readdirSync(`${ROOT}lib`)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replace(/\.ts$/, ''))

/** Exported names; a change here belongs into the CHANGELOG, too. */
const NAMES: Readonly<Record<string, string>> = {
  api: 'Api',
  client: 'ClientError client filters isClientError',
  openapi: 'documentOf',
  index: `
    Arguments BadGateway BadRequest Blueprint Conflict ContentNegotiation ContentTooLarge Etag Exceptions Forbidden
    GatewayTimeout Gone HttpException IncomingContent InternalServerError MIMEMap MethodNotAllowed NotAcceptable
    NotFound NotImplemented Pagination Patching PluggableParser PluggableRenderer PreconditionFailed
    PreconditionRequired RequestTimeout Responses RestBlueprint ServiceUnavailable TooManyRequests Unauthorized
    UnprocessableContent UnsupportedMediaType abort arrayPager contentParser contentRenderer created
    currentEndpoint endpoint exceptionRenderer getBestMimetype redirect serializeResponse`,
  'json-patch': 'Patch jsonPatch',
  'json-schema': 'jsonSchema',
  jsonapi: `
    ApiManager ClientGeneratedIDNotAllowed ConflictingType DefaultDeserializer DefaultSerializer
    DeserializationException JSONAPI_MIMETYPE JsonApiBlueprint MissingData MissingID MissingType
    MultipleExceptions NotAList ProcessingException SerializationException UnknownAttribute
    UnknownRelationship appliedExtensions collectionName createIdempotencyTable defineModel
    deleteOldResponses dialectOf introspect modelFor primaryKeyFor registerOperator serializerFor urlFor`,
  multipart: 'UploadedFile multipart',
  parsers: 'form json text',
  renderers: 'bytes csv event fieldErrors html json markdown ndjson pageStyle sse text',
  security:
    'accessLog apiKey authenticate basic bearer cache checkHost clientOf cors csrf introspection rateLimit requestId safeEqual securityHeaders trustedProxy',
  server: 'health production shutdown',
  testing: 'expectDocumented fetchFrom listen',
}

describe('the package', () => {
  const manifest = JSON.parse(readPage('package.json'))

  it('exports one subpath per entry point, and no others', () => {
    const subpaths = entryPoints.map(subpathOf)
    expect(Object.keys(manifest.exports).sort()).toEqual([...subpaths, './package.json'].sort())
  })

  it('maps each subpath to the files built from its entry point, the types first', () => {
    for (const name of entryPoints) {
      const entries = Object.entries(manifest.exports[subpathOf(name)])
      expect(entries).toEqual([
        ['types', `./dist/${name}.d.ts`],
        ['default', `./dist/${name}.js`],
      ])
    }
  })

  it('declares that imports have no side effects', () => {
    expect(manifest.sideEffects).toBe(false)
  })
})

describe('the exported names', () => {
  it.each(entryPoints)('of %s are the documented ones', async (entryPoint) => {
    const names = Object.keys(await import(`../../lib/${entryPoint}.ts`)).sort()
    expect(names).toEqual((NAMES[entryPoint] ?? '').trim().split(/\s+/))
  })
})

describe('an import', () => {
  it('of all entry points prints nothing, adds no global, and keeps no process alive', async () => {
    const script = `
      const globals = () => Object.getOwnPropertyNames(globalThis)
      const members = () => [Object, Array, String, Promise].flatMap(({ prototype }) => Reflect.ownKeys(prototype))
      const state = () => [...globals(), ...members(), ...process.eventNames()].map(String).sort().join()
      const before = state()
      ${entryPoints.map((name) => `await import('./lib/${name}.ts')`).join('\n')}
      if (state() !== before) console.log(state(), 'is not', before)`
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '' }, timeout: 15_000 },
    )
    expect([stdout, stderr]).toEqual(['', ''])
  })
})

function subpathOf(entryPoint: string): string {
  return entryPoint === 'index' ? '.' : `./${entryPoint}`
}
