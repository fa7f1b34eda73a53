/** The executable: its output, its errors and its exit codes. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { takesColors } from '../../lib/cli/color.ts'
import { run } from '../../lib/cli/run.ts'
import { ROOT, readPage } from '../support/readme.ts'
import { serve } from '../support/server.ts'

mkdirSync(`${ROOT}node_modules/.cache`, { recursive: true })
const folder = mkdtempSync(`${ROOT}node_modules/.cache/cli-`)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const PETSTORE = 'examples/petstore/index.ts'
const TEMPERATURES = 'examples/temperatures/index.ts'

const IMPORTS = `import polka from 'polka'
  import { RestBlueprint } from '${ROOT}lib/index.ts'
  import { Api } from '${ROOT}lib/api.ts'
  import { documentOf } from '${ROOT}lib/openapi.ts'
  const pets = new RestBlueprint('pets', { prefix: '/pets' })
  pets.get('/', { name: 'list' }, () => [])
  pets.get('/<int:id>', { name: 'show', hidden: true }, () => ({}))
`

const PETS = `${IMPORTS}
  export const api = new Api(polka(), { title: 'Pets', version: '1.2.3' })
  api.registerBlueprint(pets)`

interface Output {
  readonly code: number | null
  readonly out: string
  readonly errors: string
}

/** Writes an entry module to a folder below node_modules, so that its imports resolve. */
function entry(source: string, name = `entry-${Math.random().toString(36).slice(2)}.mjs`): string {
  const file = join(folder, name)
  writeFileSync(file, source)
  return file
}

/** Runs the executable in a process. */
function mazurka(...args: string[]): Promise<Output> {
  return launch(['--import', 'tsx'], args)
}

function launch(
  flags: readonly string[],
  args: readonly string[],
  colors: { readonly FORCE_COLOR?: string; readonly NO_COLOR?: string } = {},
): Promise<Output> {
  const { FORCE_COLOR: _, NO_COLOR: __, ...env } = process.env
  const child = spawn(process.execPath, [...flags, 'lib/cli/main.ts', ...args], {
    cwd: ROOT,
    env: { ...env, NODE_OPTIONS: '', ...colors },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let errors = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, errors })))
}

/** Runs a command in this process: faster, for entries that only export. */
async function runHere(args: readonly string[], columns?: number, hasColors = false): Promise<Output> {
  let out = ''
  let errors = ''
  const code = await run(
    args.map((arg) => arg.replace(/^examples\//, `${ROOT}examples/`)),
    {
      write: (text) => {
        out += text
      },
      writeError: (line) => {
        errors += `${line}\n`
      },
      columns,
      hasColors,
    },
  )
  return { code, out, errors }
}

/** Output with one line on stderr and nothing on stdout. */
function failure(line: string | RegExp, code = 1) {
  const errors = typeof line === 'string' ? `mazurka: ${line}\n` : expect.stringMatching(line)
  return { code, out: '', errors }
}

vi.setConfig({ testTimeout: 60_000 }) // each starts processes

describe('mazurka', () => {
  it('prints its version and its help', async () => {
    const { version } = JSON.parse(readPage('package.json'))
    expect(await mazurka('--version')).toEqual({ code: 0, out: `${version}\n`, errors: '' })
    const { code, out } = await runHere(['--help'])
    expect([code, out]).toEqual([0, expect.stringMatching(/^Usage: mazurka COMMAND[\s\S]*routes ENTRY/)])
    expect(out).toContain("TypeScript needs a loader: NODE_OPTIONS='--import tsx' npx mazurka …")
  })

  it.each([
    ['routes'],
    ['explain'],
    ['openapi print'],
    ['openapi write'],
    ['openapi list'],
    ['openapi'],
    ['serve'],
  ])('prints help for %s', async (name) => {
    const { code, out, errors } = await runHere([...name.split(' '), '--help'])
    expect([code, errors]).toEqual([0, ''])
    expect(out).toMatch(new RegExp(`^Usage: mazurka ${name} `))
  })

  it.each([
    [[], /^mazurka: Missing command. Commands: routes, explain, /],
    [['walk'], "Unknown command 'walk'; see mazurka --help"],
    [['--nope'], "Unknown option '--nope'; see mazurka --help"],
    [['openapi'], "Unknown command 'openapi'; see mazurka openapi --help"],
    [['openapi', 'show'], "Unknown command 'openapi show'; see mazurka openapi --help"],
    [['rotues', 'a.js'], "Unknown command 'rotues': did you mean 'routes'?; see mazurka --help"],
    [
      ['openapi', 'wirte'],
      "Unknown command 'openapi wirte': did you mean 'openapi write'?; see mazurka openapi --help",
    ],
    [
      ['routes', 'a.js', '--jsno'],
      "Unknown option '--jsno': did you mean '--json'?; see mazurka routes --help",
    ],
    [['routes'], 'Missing ENTRY; see mazurka routes --help'],
    [['routes', 'a.js', 'b.js'], "Unexpected argument 'b.js'; see mazurka routes --help"],
    [['routes', 'a.js', '--nope'], "Unknown option '--nope'; see mazurka routes --help"],
    [['explain', 'a.js'], 'Missing METHOD and PATH; see mazurka explain --help'],
  ] as const)('exits with 2 for invalid arguments: %j', async (args, line) => {
    expect(await runHere(args)).toEqual(failure(line, 2))
  })
})

describe('an entry', () => {
  it('that calls process.exit while it loads is an error that says so', async () => {
    const { code, errors } = await mazurka('routes', entry('process.exit(0)'))
    expect([code, errors]).toEqual([1, expect.stringMatching(/^mazurka: The module calls process\.exit/)])
  })
})

describe('mazurka routes', () => {
  it('prints the media types and schemas of endpoints in columns', async () => {
    const { code, out, errors } = await mazurka('routes', PETSTORE)
    expect([code, errors]).toEqual([0, ''])
    expect(out.split('\n').slice(0, 3)).toEqual([
      'METHOD  PATH                  NAME             REQUEST TYPES                 RESPONSE TYPES              SCHEMAS',
      'GET     /pets                 pets.list        -                             application/json, text/csv  query → 200',
      'POST    /pets                 pets.create      application/json              application/json            body → 201',
    ])
  })

  it.each([80, 120])(
    'keeps its columns in a terminal of %i columns, and shows everything',
    async (columns) => {
      const lines = (await runHere(['routes', PETSTORE], columns)).out.trimEnd().split('\n')
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
      const start = lines[0]?.indexOf('NAME') ?? 0
      expect(lines.find((line) => line.includes('pets.list'))?.indexOf('pets.list')).toBe(start)
      const { out } = await runHere(['routes', PETSTORE])
      const words = (text: string) => text.replace(/\s+/g, '').split('').sort().join('')
      expect(words(lines.join(''))).toBe(words(out))
    },
  )

  it('truncates lines of a very narrow terminal, and none in a pipe', async () => {
    const narrow = (await runHere(['routes', PETSTORE], 30)).out.trimEnd().split('\n')
    expect(Math.max(...narrow.map((line) => line.length))).toBe(30)
    const { out } = await runHere(['routes', PETSTORE])
    expect(out).not.toContain('…')
  })

  it('prints JSON with --json', async () => {
    const { out } = await runHere(['routes', TEMPERATURES, '--json'])
    expect(JSON.parse(out)[1]).toEqual({
      method: 'POST',
      path: '/api/temperatures',
      name: 'temperatures.upload',
      hidden: false,
      incoming: ['application/json'],
      outgoing: ['application/json', 'text/csv'],
      schemas: { request: [], responses: [] },
    })
  })

  it('lists one blueprint with --blueprint, and the names of all for an unknown one', async () => {
    const { out } = await runHere(['routes', PETSTORE, '--blueprint', 'pets'])
    expect(out).toContain('pets.create')
    expect(await runHere(['routes', PETSTORE, '--blueprint', 'cats'])).toEqual(
      failure("Unknown blueprint 'cats'. Blueprints: pets"),
    )
  })

  it('includes hidden endpoints with --all only', async () => {
    const file = entry(PETS)
    const { out } = await mazurka('routes', file)
    expect(out).toContain('/pets ')
    expect(out).not.toMatch(/<int:id>|openapi/)
    expect((await mazurka('routes', file, '--all')).out).toMatch(/\/openapi\.json [\s\S]*<int:id>/)
  })
})

describe('colours', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI escape sequences begin with ESC
  const plain = (text: string) => text.replace(/\u001b\[\d+m/g, '')

  it.each([undefined, 80, 30])('change nothing but the colours of a line, in %s columns', async (columns) => {
    for (const args of [
      ['routes', PETSTORE],
      ['explain', PETSTORE, 'GET', '/pets', '--steps', '--accept', 'text/csv'],
    ]) {
      const { out } = await runHere(args, columns, true)
      if (columns !== 30) expect(out).toContain('\u001b[32mGET\u001b[39m') // truncated lines have none
      expect(plain(out)).toBe((await runHere(args, columns)).out)
    }
  })

  it('mark the methods, the status and the chosen media type', async () => {
    const { out } = await runHere(['explain', PETSTORE, 'DELETE', '/nothing'], undefined, true)
    expect(out).toContain('\u001b[31mDELETE\u001b[39m \u001b[36m/nothing\u001b[39m \u001b[31m404 Not Found')
    const offers = await runHere(
      ['explain', PETSTORE, 'GET', '/pets', '--accept', 'text/csv'],
      undefined,
      true,
    )
    expect(offers.out).toContain('\u001b[32mtext/csv\u001b[39m')
  })

  it('are never in JSON', async () => {
    expect((await runHere(['routes', PETSTORE, '--json'], 80, true)).out).not.toContain('\u001b')
  })

  it('are absent in a pipe, unless FORCE_COLOR asks for them', async () => {
    const colored = async (env: object) =>
      (await launch(['--import', 'tsx'], ['routes', TEMPERATURES], env)).out.includes('\u001b')
    expect(await colored({})).toBe(false)
    expect(await colored({ FORCE_COLOR: '1' })).toBe(true)
    expect(await colored({ FORCE_COLOR: '0' })).toBe(false)
    expect(await colored({ NO_COLOR: '1' })).toBe(false)
  })

  it('are in a terminal, unless NO_COLOR is set or it is dumb', () => {
    const terminal = { isTTY: true }
    expect(takesColors(terminal, {})).toBe(true)
    expect(takesColors(terminal, { NO_COLOR: '' })).toBe(true)
    expect(takesColors(terminal, { NO_COLOR: '0' })).toBe(false)
    expect(takesColors(terminal, { TERM: 'dumb' })).toBe(false)
    expect(takesColors(terminal, { FORCE_COLOR: 'false' })).toBe(false)
    expect(takesColors({}, { FORCE_COLOR: '', NO_COLOR: '1' })).toBe(true)
  })
})

describe.concurrent('mazurka openapi', () => {
  it('SMO-213: prints the document as JSON, indented by two spaces, its members in order', async () => {
    const { code, out, errors } = await mazurka('openapi', 'print', entry(PETS))
    expect([code, errors]).toEqual([0, ''])
    expect(out.startsWith('{\n  "openapi": "3.1.1",\n  "info": {\n    "title": "Pets",\n')).toBe(true)
    expect(Object.keys(JSON.parse(out).paths)).toEqual(['/pets'])
  })

  it('SMO-213: prints the same document as YAML', async () => {
    const { out } = await mazurka('openapi', 'print', TEMPERATURES, '--format', 'yaml')
    expect(parse(out)).toEqual(
      JSON.parse((await runHere(['openapi', 'print', TEMPERATURES, '-f', 'json'])).out),
    )
  })

  it('takes the title from package.json when the entry exports no Api', async () => {
    const { name, version } = JSON.parse(readPage('package.json'))
    const { out } = await runHere(['openapi', 'print', TEMPERATURES])
    expect(JSON.parse(out)).toMatchObject({
      info: { title: name, version },
      paths: { '/api/temperatures': { get: { operationId: 'temperatures.query' } } },
    })
  })

  it('SMO-214: writes the document to a file, in the format of the file name', async () => {
    const [json, yml] = ['written.json', 'written.yml'].map((name) => join(folder, name)) as [string, string]
    expect(await runHere(['openapi', 'write', TEMPERATURES, json])).toEqual({
      code: 0,
      out: `Wrote ${json}\n`,
      errors: '',
    })
    expect((await mazurka('openapi', 'write', TEMPERATURES, yml)).code).toBe(0)
    expect(parse(readFileSync(yml, 'utf8'))).toEqual(JSON.parse(readFileSync(json, 'utf8')))
    expect(await runHere(['openapi', 'write', TEMPERATURES, json, '--format', 'yaml'])).toMatchObject({
      code: 0,
    })
    expect(readFileSync(json, 'utf8')).toBe(readFileSync(yml, 'utf8'))
    expect(await runHere(['openapi', 'write', TEMPERATURES, join(folder, 'no/such.json')])).toEqual(
      failure(/such\.json cannot be written: ENOENT/),
    )
  })

  it('checks with --check, without writing, whether a file has the same document in any formatting', async () => {
    const file = join(folder, 'checked.json')
    await runHere(['openapi', 'write', TEMPERATURES, file])
    const document = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify(document))
    const check = (...more: string[]) => runHere(['openapi', 'write', TEMPERATURES, file, '--check', ...more])
    expect(await check()).toEqual({ code: 0, out: `${file} is up to date\n`, errors: '' })

    const { get, ...others } = document.paths['/api/temperatures']
    document.paths['/api/temperatures'] = others
    const changed = { ...document, info: { ...document.info, version: 'old' }, extra: get }
    writeFileSync(file, JSON.stringify(changed))
    expect(await mazurka('openapi', 'write', TEMPERATURES, file, '--check')).toEqual({
      code: 1,
      out: '~ #/info/version: "old" → "0.1.0"\n+ #/paths/~1api~1temperatures/get\n- #/extra\n',
      errors: `mazurka: ${file} is out of date, 3 differences: run the command without --check to update it\n`,
    })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(changed)

    writeFileSync(file, '{')
    expect(await check()).toEqual(failure(/checked\.json is not valid JSON: /))
    rmSync(file)
    expect(await check()).toEqual(failure(`${file} does not exist: run the command without --check first`))
  })

  it('prints the first 20 differences and the number of the others', async () => {
    const file = join(folder, 'empty.json')
    const names = Array.from({ length: 30 }, (_, index) => [`x-${index}`, 0])
    writeFileSync(file, JSON.stringify(Object.fromEntries(names)))
    const { out } = await runHere(['openapi', 'write', TEMPERATURES, file, '--check'])
    expect(out.trimEnd().split('\n')).toHaveLength(21)
    expect(out).toMatch(/\n… and \d+ more\n$/)
  })

  it('prints the document of schemas of four libraries, and names the cure for plain valibot', async () => {
    const { out } = await runHere(['openapi', 'print', 'examples/validation/index.ts'])
    expect(Object.keys(JSON.parse(out).paths)).toEqual(['/zod', '/valibot', '/arktype', '/json-schema'])
    const file = entry(`import * as v from 'valibot'
      ${IMPORTS}
      pets.post('/', { name: 'add', body: v.object({ n: v.number() }) }, () => 1)
      export { pets }`)
    expect(await mazurka('openapi', 'print', file)).toEqual(
      failure(
        /in the body of 'pets\.add' has no JSON Schema: npm install @valibot\/to-json-schema, and wrap/,
      ),
    )
  })

  it('SMO-215, SMO-216: lists the exported Apis, selects one by name, and exits with 1 for an unknown name', async () => {
    const file = entry(`${IMPORTS}
      export const one = new Api(polka(), { title: 'One', version: '1' })
      export const two = new Api(polka(), { title: 'Two', version: '2' })`)
    expect(await mazurka('openapi', 'list', file)).toEqual({ code: 0, out: 'one\ntwo\n', errors: '' })
    expect(await mazurka('openapi', 'print', file)).toEqual(failure('--api NAME is required. Apis: one, two'))
    const { out } = await mazurka('openapi', 'print', file, '--api', 'two')
    expect(JSON.parse(out).info.title).toBe('Two')
    expect(await mazurka('openapi', 'print', file, '--api', 'three')).toEqual(
      failure("Unknown Api 'three'. Apis: one, two"),
    )
  })

  it('SMO-217: exits with 2 for an unknown format, and for a missing file name', async () => {
    expect(await runHere(['openapi', 'print', TEMPERATURES, '--format', 'xml'])).toEqual(
      failure("--format must be json or yaml, not 'xml'; see mazurka openapi print --help", 2),
    )
    expect(await mazurka('openapi', 'write', TEMPERATURES)).toEqual(
      failure('Missing FILE; see mazurka openapi write --help', 2),
    )
  })

  it('SMO-217: exits with 1 for YAML without the package yaml', async () => {
    const hook = `export const resolve = (specifier, context, next) => specifier === 'yaml'
      ? Promise.reject(Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' }))
      : next(specifier, context)`
    const hideYaml = `import { register } from 'node:module'; register(${JSON.stringify(moduleUrl(hook))})`
    const flags = ['--import', 'tsx', '--import', moduleUrl(hideYaml)]
    expect(await launch(flags, ['openapi', 'print', TEMPERATURES, '-f', 'yaml'])).toEqual(
      failure('YAML needs the package yaml, which is not installed: npm install yaml'),
    )
    expect((await launch(flags, ['openapi', 'print', TEMPERATURES])).code).toBe(0)
  })

  const appWithApi = `${IMPORTS}
    export const app = polka()
    const api = new Api(app, { title: 'Pets', version: '1.2.3' })
    api.registerBlueprint(pets)`

  it('finds the Api of an exported app', async () => {
    const file = entry(appWithApi)
    const { out } = await mazurka('openapi', 'print', file)
    expect(JSON.parse(out)).toMatchObject({
      info: { title: 'Pets' },
      paths: { '/pets': { get: { operationId: 'pets.list' } } },
    })
  })
})

describe('mazurka explain', () => {
  it('prints the endpoint, the response type and the weight of each offered type', async () => {
    const accept = 'text/csv, application/json;q=0.5'
    const { code, out, errors } = await mazurka(
      'explain',
      TEMPERATURES,
      'get',
      '/api/temperatures?x=1',
      '--accept',
      accept,
    )
    expect([code, errors]).toEqual([0, ''])
    const [reason] = /^reason .+$/m.exec(out) ?? []
    expect(reason).toMatch(/^reason {4}.*text\/csv.*1/)
    expect(out).toBe(`GET /api/temperatures runs the handler, response type text/csv

endpoint  temperatures.query: GET /api/temperatures
${reason}

   OFFERED TYPE      WEIGHT  RANGE
   application/json  0.5     application/json
→  text/csv          1       text/csv
`)
  })

  it('prints the path parameters', async () => {
    const { out } = await runHere(['explain', PETSTORE, 'GET', 'pets/7'])
    expect(out).toContain('endpoint  pets.show: GET /pets/<int:id>\nparam     id = 7\n')
  })

  it('reads PATH as the server reads a target: with a host, percent-encoded letters, or *', async () => {
    const explain = async (method: string, target: string) =>
      JSON.parse((await runHere(['explain', PETSTORE, method, target, '--json'])).out)
    for (const target of ['http://localhost:3000/pets/7?a=b#c', '/%70ets/7', 'pets/7', '/pets/7#c'])
      expect([target, await explain('GET', target)]).toMatchObject([
        target,
        { path: '/pets/7', endpoint: { name: 'pets.show' } },
      ])
    expect(await explain('OPTIONS', '*')).toMatchObject({ path: '*', status: 204 })
  })

  it('prints whether the content type is supported', async () => {
    const as = (type: string) => runHere(['explain', PETSTORE, 'POST', '/pets', '--content-type', type])
    expect((await as('application/json; charset=utf-8')).out).toContain(
      'content   application/json; charset=utf-8 matches application/json\n',
    )
    expect((await as('application/json')).out).toContain(
      'content   application/json matches application/json\n',
    )
    const { out } = await as('text/xml')
    expect(out).toMatch(/^POST \/pets 415 Unsupported Media Type, response type application\/problem/)
    expect(out).toContain('content   text/xml is not supported: application/json\n')
  })

  it('prints Allow for OPTIONS, and the first type when the blueprint is lenient', async () => {
    expect((await runHere(['explain', PETSTORE, 'OPTIONS', '/pets'])).out).toContain(
      'Allowed methods: GET, HEAD, POST, OPTIONS',
    )
    const file = entry(`${IMPORTS}
      const lenient = new RestBlueprint('lenient', { notAcceptable: 'default' })
      lenient.get('/', () => 1)
      export default lenient`)
    const { out } = await mazurka('explain', file, 'GET', '/', '--accept', 'image/png')
    expect(out).toMatch(/^GET \/ runs the handler, response type application\/json\n/)
  })

  it('prints the format in the query, and the fallback', async () => {
    const file = entry(`${IMPORTS}
      const any = new RestBlueprint('any')
      const outgoing = { 'application/json': String, 'text/plain': String, '*/*': String }
      any.get('/', { outgoing, formats: { text: 'text/plain' } }, () => 1)
      export default any`)
    const { out } = await mazurka('explain', file, 'GET', '/?a=1&format=text', '--accept', 'image/png')
    expect(out).toMatch(/^GET \/ runs the handler, response type text\/plain\n/)
    expect(out).toContain('The query names the format text\n')
    const fallback = await mazurka('explain', file, 'GET', '/', '--accept', 'image/png')
    expect(fallback.out).toMatch(/^GET \/ runs the handler, response type image\/png\n/)
    expect(fallback.out).toContain('The fallback */* is sent as image/png\n')
  })

  it('prints the steps of the endpoint with --steps, one per line', async () => {
    const file = entry(`${IMPORTS}\nexport { pets }`)
    const { out } = await mazurka('explain', '--steps', file, 'GET', '/pets')
    expect(out).toMatch(
      /\n\nSTEPS\nnegotiate\/chooseType\n(.*\n)*handle\/callHandler\nrender\/renderResult\nrevalidate\/compareWrittenEtag\nencode\/markEncodedEtag\nsend\/sendRendered\n$/,
    )
    const json = await mazurka('explain', file, 'GET', '/pets', '--steps', '--json')
    expect(JSON.parse(json.out).steps).toEqual(out.split('STEPS\n')[1]?.trimEnd().split('\n'))
  })

  it('prints no steps without --steps, and none where no endpoint matches', async () => {
    const print = async (path: string, ...options: string[]) =>
      JSON.parse((await runHere(['explain', TEMPERATURES, 'GET', path, '--json', ...options])).out)
    expect(await print('/api/temperatures')).not.toHaveProperty('steps')
    expect(await print('/api/unknown', '--steps')).toMatchObject({ status: 404, steps: [] })
  })

  it('names a plain route of the app as not one of a blueprint', async () => {
    const file = entry(`${IMPORTS}
      export const app = polka().get('/own', () => {})
      pets.register(app)`)
    const { out } = await mazurka('explain', file, 'GET', '/own')
    expect(out).toBe(`GET /own runs a route of the app

reason  The app 'app' itself has a route for it: no endpoint of a blueprint answers
`)
  })

  it.each([
    ['GET', '/api/temperatures', 'text/csv;q=0.1, application/json;q=0', undefined],
    ['GET', '/api/temperatures', 'image/png', undefined],
    ['HEAD', '/api/temperatures/1', undefined, undefined],
    ['GET', '/api/temperatures/nan', undefined, undefined],
    ['GET', '/api/temperatures/%', undefined, undefined],
    ['GET', '/api/%74emperatures', undefined, undefined],
    ['DELETE', '/api/temperatures', undefined, undefined],
    ['POST', '/api/temperatures', 'image/png', 'text/xml'],
    ['POST', '/api/temperatures', 'text/csv', 'text/xml'],
  ])('decides like the server: %s %s, Accept: %s, Content-Type: %s', async (method, path, accept, type) => {
    const options = [...(accept ? ['--accept', accept] : []), ...(type ? ['--content-type', type] : [])]
    const { out } = await runHere(['explain', TEMPERATURES, method, path, '--json', ...options])
    const { app } = await import('../../examples/temperatures/index.ts')
    const { fetch } = await serve(app as never)
    const response = await fetch(path, {
      method,
      headers: { ...(accept ? { accept } : {}), ...(type ? { 'content-type': type } : {}) },
      ...(type ? { body: '<a/>' } : {}),
    })
    const { status, contentType, allow } = JSON.parse(out)
    expect(response.status).toBe(status ?? 200)
    if (contentType) expect(response.headers.get('content-type')?.split(';')[0]).toBe(contentType)
    if (allow) expect(response.headers.get('allow')).toBe(allow.join(', '))
  })
})

describe.concurrent('the entry', () => {
  const list = 'pets.list'

  it.each([
    ['an Api under any name', PETS.replace('const api', 'const anything').replace('api.reg', 'anything.reg')],
    ['a blueprint by default', `${IMPORTS}; export default pets`],
    ['a list of blueprints', `${IMPORTS}; export const all = [pets]`],
    ['an app', `${IMPORTS}; export const app = polka(); pets.register(app)`],
    ['an Api that is on no app yet', PETS.replace('polka()', 'undefined')],
    [
      'a function that makes an app',
      `${IMPORTS}; export default () => { const app = polka(); pets.register(app); return app }`,
    ],
    [
      'a function with a name',
      `${IMPORTS}; export function createApp() { return pets }; export function close() { throw 1 }`,
    ],
    [
      'an async function, whose result has several members',
      `${IMPORTS}; export const buildApi = async () => ({ pets, port: 1 })`,
    ],
  ])('may export %s', async (_, source) => {
    const { code, out, errors } = await mazurka('routes', entry(source))
    expect([code, errors]).toEqual([0, ''])
    expect(out.split(list)).toHaveLength(2)
  })

  it('lists the endpoints of a nested or registered blueprint once', async () => {
    const file = entry(`${IMPORTS}
      const cats = new RestBlueprint('cats')
      cats.get('/cats', { name: 'list' }, () => [])
      cats.register(pets)
      export const app = polka()
      pets.register(app, { prefix: '/v1' })
      export { cats, pets, app as default }`)
    const { out } = await mazurka('routes', file)
    expect(
      out
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(/\s+/)[1]),
    ).toEqual(['/v1', '/v1/cats'])
  })

  it('may be CommonJS with another copy of this package', async () => {
    const file = entry(
      `const polka = require('polka')
       const { RestBlueprint } = require('${ROOT}lib/index.ts')
       const pets = new RestBlueprint('pets')
       pets.get('/pets', { name: 'list' }, () => [])
       const app = polka()
       pets.register(app)
       module.exports = { app }`,
      'entry.cjs',
    )
    const { code, out, errors } = await mazurka('routes', file)
    expect([code, errors]).toEqual([0, ''])
    expect(out).toContain(list)
  })

  it('may print and listen on import: its output goes to stderr, and the command exits', async () => {
    const file = entry(`${IMPORTS}
      console.log('hello')
      export const app = polka()
      pets.register(app)
      app.listen(0)
      setInterval(() => {}, 1000)`)
    const { code, out, errors } = await mazurka('routes', file, '--json')
    expect([code, errors]).toEqual([0, 'hello\n'])
    expect(JSON.parse(out)).toHaveLength(1)
  })

  it('may have an unhandled rejection after loading', async () => {
    const file = entry(`${IMPORTS}; export { pets }; Promise.reject(new Error('no database'))`)
    expect(await mazurka('openapi', 'print', file, '-f', 'yaml')).toMatchObject({ code: 0, errors: '' })
  })

  it('causes a one-line error when it waits for a port in use', async ({ onTestFinished }) => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const file = entry(`${IMPORTS}; export { pets }
      await new Promise((resolve) => polka().listen(${port}, resolve))`)
    expect(await mazurka('routes', file)).toEqual(
      failure(new RegExp(`^mazurka: Port ${port} is in use: the module listens on import; .*\n$`)),
    )
  })

  it.each([
    ['is missing', undefined, /^mazurka: File not found: .*none\.mjs\n$/],
    ['does not parse', 'export const', /^mazurka: .*entry-\w+\.mjs cannot be loaded: [^\n]+\n$/],
    ['throws', `throw new Error('no\\nluck')`, /^mazurka: .* cannot be loaded: no luck\n$/],
    [
      'throws during a top-level await',
      `setTimeout(() => { throw new Error('late') }); await new Promise(() => {})`,
      /^mazurka: The module failed while loading: late\n$/,
    ],
    [
      'never finishes loading',
      'await new Promise(() => {})',
      /^mazurka: The module never finishes loading[^\n]*\n$/,
    ],
    [
      'exports no Api, blueprint or app',
      `export const app = 1, other = { use() {} }`,
      /^mazurka: .* exports no Api, no blueprint/,
    ],
    [
      'exports a function that throws',
      `export default () => { throw new Error('no database') }`,
      /^mazurka: The export default fails: no database\n$/,
    ],
    [
      'exports a function that ends the process',
      `export function createApp() { process.exit(0) }`,
      /^mazurka: The module calls process\.exit/,
    ],
    [
      'exports functions of other names or with parameters, which are not called',
      `export const start = () => process.exit(3); export const createApp = (settings) => settings.port`,
      /^mazurka: .* exports no Api, no blueprint/,
    ],
    [
      'has no endpoints',
      `${IMPORTS}; export const empty = new RestBlueprint('e')`,
      /^mazurka: .* has no endpoints\n$/,
    ],
    [
      'is TypeScript without a loader', // the error of Node.js
      `throw Object.assign(new Error('Unknown file extension ".ts" for a.ts'), { code: 'ERR_UNKNOWN_FILE_EXTENSION' })`,
      /^mazurka: .* is TypeScript and needs a loader: NODE_OPTIONS='--import tsx' npx mazurka …\n$/,
    ],
  ])('causes a one-line error when it %s', async (_, source, line) => {
    const file = source === undefined ? join(folder, 'none.mjs') : entry(source)
    expect(await mazurka('routes', file)).toEqual(failure(line))
  })

  it('causes a one-line error when it cannot be documented', async () => {
    const file = entry(`${IMPORTS}
      pets.get('/x', { name: 'x', doc: { security: [{ $ref: '#/missing' }] } }, () => 1)
      export { pets }`)
    expect(await mazurka('openapi', 'print', file)).toEqual(failure(/^mazurka: [^\n]+\n$/))
  })
})

function moduleUrl(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`
}
