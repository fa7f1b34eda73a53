/** The executable: what it prints, on which stream, and how it ends. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
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

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly errors: string
}

/** A module of a user's, in a place where packages are found. */
function entry(source: string, name = `entry-${Math.random().toString(36).slice(2)}.mjs`): string {
  const file = join(folder, name)
  writeFileSync(file, source)
  return file
}

/** The executable itself, in a process of its own. */
function mazurka(...args: string[]): Promise<Ended> {
  return launch(['--import', 'tsx'], args)
}

function launch(flags: readonly string[], args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [...flags, 'lib/cli/main.ts', ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: '' },
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

/** The same without a process: for examples, which need no care. */
async function here(args: readonly string[], columns?: number): Promise<Ended> {
  let out = ''
  let errors = ''
  const code = await run(
    args.map((arg) => arg.replace(/^examples\//, `${ROOT}examples/`)),
    {
      write: (text) => {
        out += text
      },
      complain: (line) => {
        errors += `${line}\n`
      },
      columns,
    },
  )
  return { code, out, errors }
}

/** One line on stderr, nothing on stdout. */
function complaint(line: string | RegExp, code = 1) {
  const errors = typeof line === 'string' ? `mazurka: ${line}\n` : expect.stringMatching(line)
  return { code, out: '', errors }
}

describe('mazurka', () => {
  it('prints its version and its help', async () => {
    const { version } = JSON.parse(readPage('package.json'))
    expect(await mazurka('--version')).toEqual({ code: 0, out: `${version}\n`, errors: '' })
    const { code, out } = await here(['--help'])
    expect([code, out]).toEqual([0, expect.stringMatching(/^Usage: mazurka COMMAND[\s\S]*routes ENTRY/)])
  })

  it.each([['routes'], ['explain'], ['openapi print'], ['openapi write'], ['openapi list'], ['openapi']])(
    'helps with %s',
    async (name) => {
      const { code, out, errors } = await here([...name.split(' '), '--help'])
      expect([code, errors]).toEqual([0, ''])
      expect(out).toMatch(new RegExp(`^Usage: mazurka ${name} `))
    },
  )

  it.each([
    [[], /^mazurka: Say what to do: routes, explain, /],
    [['serve'], "There is no command 'serve'; see mazurka --help"],
    [['--nope'], "Unknown option '--nope'; see mazurka --help"],
    [['openapi'], "There is no command 'openapi'; see mazurka openapi --help"],
    [['openapi', 'show'], "There is no command 'openapi show'; see mazurka openapi --help"],
    [['routes'], 'ENTRY is missing; see mazurka routes --help'],
    [['routes', 'a.js', 'b.js'], "There is one word too many: 'b.js'; see mazurka routes --help"],
    [['routes', 'a.js', '--nope'], "Unknown option '--nope'; see mazurka routes --help"],
    [['explain', 'a.js'], 'METHOD and PATH are missing; see mazurka explain --help'],
  ] as const)('ends with 2 for what is typed wrong: %j', async (args, line) => {
    expect(await here(args)).toEqual(complaint(line, 2))
  })
})

describe('mazurka routes', () => {
  it('prints what endpoints take, answer and check, in columns', async () => {
    const { code, out, errors } = await mazurka('routes', PETSTORE)
    expect([code, errors]).toEqual([0, ''])
    expect(out.split('\n').slice(0, 3)).toEqual([
      'METHOD  PATH                  NAME             TAKES                         ANSWERS                     SCHEMAS',
      'GET     /pets                 pets.list        -                             application/json, text/csv  query → 200',
      'POST    /pets                 pets.create      application/json              application/json            body → 201',
    ])
  })

  it('cuts lines at the width of a terminal, and nowhere else', async () => {
    const narrow = (await here(['routes', PETSTORE], 30)).out.trimEnd().split('\n')
    expect(narrow[1]).toBe('GET     /pets                …')
    const { out } = await here(['routes', PETSTORE])
    expect(out).not.toContain('…')
  })

  it('prints JSON for programs', async () => {
    const { out } = await here(['routes', TEMPERATURES, '--json'])
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

  it('shows one blueprint when asked, and names them when there is none of that name', async () => {
    const { out } = await here(['routes', PETSTORE, '--blueprint', 'pets'])
    expect(out).toContain('pets.create')
    expect(await here(['routes', PETSTORE, '--blueprint', 'cats'])).toEqual(
      complaint("There is no blueprint 'cats'. There are: pets"),
    )
  })

  it('shows hidden endpoints on demand only', async () => {
    const file = entry(PETS)
    const { out } = await mazurka('routes', file)
    expect(out).toContain('/pets ')
    expect(out).not.toMatch(/<int:id>|openapi/)
    expect((await mazurka('routes', file, '--all')).out).toMatch(/\/openapi\.json [\s\S]*<int:id>/)
  })
})

describe.concurrent('mazurka openapi', () => {
  it('SMO-213: prints the document as JSON, indented by two, in its own order', async () => {
    const { code, out, errors } = await mazurka('openapi', 'print', entry(PETS))
    expect([code, errors]).toEqual([0, ''])
    expect(out.startsWith('{\n  "openapi": "3.1.1",\n  "info": {\n    "title": "Pets",\n')).toBe(true)
    expect(Object.keys(JSON.parse(out).paths)).toEqual(['/pets'])
  })

  it('SMO-213: prints YAML that says the same', async () => {
    const { out } = await mazurka('openapi', 'print', TEMPERATURES, '--format', 'yaml')
    expect(parse(out)).toEqual(JSON.parse((await here(['openapi', 'print', TEMPERATURES, '-f', 'json'])).out))
  })

  it('is titled like the package where only an app or blueprints are exported', async () => {
    const { name, version } = JSON.parse(readPage('package.json'))
    const { out } = await here(['openapi', 'print', TEMPERATURES])
    expect(JSON.parse(out)).toMatchObject({
      info: { title: name, version },
      paths: { '/api/temperatures': { get: { operationId: 'temperatures.query' } } },
    })
  })

  it('SMO-214: writes the document to a file, in the format of its name', async () => {
    const [json, yml] = ['written.json', 'written.yml'].map((name) => join(folder, name)) as [string, string]
    expect(await here(['openapi', 'write', TEMPERATURES, json])).toEqual({
      code: 0,
      out: `Wrote ${json}\n`,
      errors: '',
    })
    expect((await mazurka('openapi', 'write', TEMPERATURES, yml)).code).toBe(0)
    expect(parse(readFileSync(yml, 'utf8'))).toEqual(JSON.parse(readFileSync(json, 'utf8')))
    expect(await here(['openapi', 'write', TEMPERATURES, json, '--format', 'yaml'])).toMatchObject({
      code: 0,
    })
    expect(readFileSync(json, 'utf8')).toBe(readFileSync(yml, 'utf8'))
    expect(await here(['openapi', 'write', TEMPERATURES, join(folder, 'no/such.json')])).toEqual(
      complaint(/such\.json cannot be written: ENOENT/),
    )
  })

  it('checks a file without writing it: what it says counts, not how', async () => {
    const file = join(folder, 'checked.json')
    await here(['openapi', 'write', TEMPERATURES, file])
    const document = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify(document))
    const check = (...more: string[]) => here(['openapi', 'write', TEMPERATURES, file, '--check', ...more])
    expect(await check()).toEqual({ code: 0, out: `${file} is up to date\n`, errors: '' })

    const { get, ...others } = document.paths['/api/temperatures']
    document.paths['/api/temperatures'] = others
    const changed = { ...document, info: { ...document.info, version: 'old' }, extra: get }
    writeFileSync(file, JSON.stringify(changed))
    expect(await mazurka('openapi', 'write', TEMPERATURES, file, '--check')).toEqual({
      code: 1,
      out: '~ #/info/version\n+ #/paths/~1api~1temperatures/get\n- #/extra\n',
      errors: `mazurka: ${file} is out of date, 3 differences: write it anew without --check\n`,
    })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(changed)

    writeFileSync(file, '{')
    expect(await check()).toEqual(complaint(/checked\.json is no JSON: /))
    rmSync(file)
    expect(await check()).toEqual(complaint(/checked\.json cannot be read: ENOENT/))
  })

  it('sums up when much is different', async () => {
    const file = join(folder, 'empty.json')
    const names = Array.from({ length: 30 }, (_, index) => [`x-${index}`, 0])
    writeFileSync(file, JSON.stringify(Object.fromEntries(names)))
    const { out } = await here(['openapi', 'write', TEMPERATURES, file, '--check'])
    expect(out.trimEnd().split('\n')).toHaveLength(21)
    expect(out).toMatch(/\n… and \d+ more\n$/)
  })

  it('SMO-215, SMO-216: lists the Apis there are, takes one by its name, and ends with 1 for another', async () => {
    const file = entry(`${IMPORTS}
      export const one = new Api(polka(), { title: 'One', version: '1' })
      export const two = new Api(polka(), { title: 'Two', version: '2' })`)
    expect(await mazurka('openapi', 'list', file)).toEqual({ code: 0, out: 'one\ntwo\n', errors: '' })
    expect(await mazurka('openapi', 'print', file)).toEqual(
      complaint('Say which Api with --api. Use one of: one, two'),
    )
    const { out } = await mazurka('openapi', 'print', file, '--api', 'two')
    expect(JSON.parse(out).info.title).toBe('Two')
    expect(await mazurka('openapi', 'print', file, '--api', 'three')).toEqual(
      complaint("There is no Api 'three'. Use one of: one, two"),
    )
  })

  it('SMO-217: ends with 2 for a format that is none, and for a file that is not named', async () => {
    expect(await here(['openapi', 'print', TEMPERATURES, '--format', 'xml'])).toEqual(
      complaint("--format is json or yaml, not 'xml'; see mazurka openapi print --help", 2),
    )
    expect(await mazurka('openapi', 'write', TEMPERATURES)).toEqual(
      complaint('FILE is missing; see mazurka openapi write --help', 2),
    )
  })

  it('SMO-217: ends with 1 for YAML without the package that writes it', async () => {
    const hook = `export const resolve = (specifier, context, next) => specifier === 'yaml'
      ? Promise.reject(Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' }))
      : next(specifier, context)`
    const hiding = `import { register } from 'node:module'; register(${JSON.stringify(moduleUrl(hook))})`
    const flags = ['--import', 'tsx', '--import', moduleUrl(hiding)]
    expect(await launch(flags, ['openapi', 'print', TEMPERATURES, '-f', 'yaml'])).toEqual(
      complaint('YAML is written by the package yaml, which is not installed: npm install yaml'),
    )
    expect((await launch(flags, ['openapi', 'print', TEMPERATURES])).code).toBe(0)
  })

  const hidden = `${IMPORTS}
    export const app = polka()
    const api = new Api(app, { title: 'Pets', version: '1.2.3' })
    api.registerBlueprint(pets)`

  it('finds the Api of an app where that is all that is exported', async () => {
    const file = entry(hidden)
    const { out } = await mazurka('openapi', 'print', file)
    expect(JSON.parse(out)).toMatchObject({
      info: { title: 'Pets' },
      paths: { '/pets': { get: { operationId: 'pets.list' } } },
    })
  })
})

describe('mazurka explain', () => {
  it('says why a type won', async () => {
    const accept = 'text/csv, application/json;q=0.5'
    expect(
      await mazurka('explain', TEMPERATURES, 'get', '/api/temperatures?x=1', '--accept', accept),
    ).toEqual({
      code: 0,
      errors: '',
      out: `GET /api/temperatures reaches its handler, answered as text/csv

endpoint  temperatures.query: GET /api/temperatures
why       text/csv weighs 1 by text/csv, more than any other offer

   OFFERED           WEIGHS  BY
   application/json  0.5     application/json
→  text/csv          1       text/csv
`,
    })
  })

  it('says what the path told', async () => {
    const { out } = await here(['explain', PETSTORE, 'GET', 'pets/7'])
    expect(out).toContain('endpoint  pets.show: GET /pets/<int:id>\npath      id = 7\n')
  })

  it('says what content is taken', async () => {
    const as = (type: string) => here(['explain', PETSTORE, 'POST', '/pets', '--content-type', type])
    expect((await as('application/json; charset=utf-8')).out).toContain(': taken as application/json\n')
    expect((await as('application/json')).out).toContain('content   application/json: taken\n')
    expect((await as('text/xml')).out).toMatch(
      /^POST \/pets 415 Unsupported Media Type, told as application\/problem/,
    )
  })

  it('says that OPTIONS is answered for all, and that a blueprint is lenient', async () => {
    expect((await here(['explain', PETSTORE, 'OPTIONS', '/pets'])).out).toContain(
      'Allow: GET, HEAD, POST, OPTIONS',
    )
    const file = entry(`${IMPORTS}
      const lenient = new RestBlueprint('lenient', { notAcceptable: 'default' })
      lenient.get('/', () => 1)
      export default lenient`)
    const { out } = await mazurka('explain', file, 'GET', '/', '--accept', 'image/png')
    expect(out).toMatch(/^GET \/ reaches its handler, answered as application\/json\n/)
  })

  it.each([
    ['GET', '/api/temperatures', 'text/csv;q=0.1, application/json;q=0', undefined],
    ['GET', '/api/temperatures', 'image/png', undefined],
    ['HEAD', '/api/temperatures/1', undefined, undefined],
    ['GET', '/api/temperatures/nan', undefined, undefined],
    ['GET', '/api/temperatures/%', undefined, undefined],
    ['DELETE', '/api/temperatures', undefined, undefined],
    ['POST', '/api/temperatures', 'image/png', 'text/xml'],
    ['POST', '/api/temperatures', 'text/csv', 'text/xml'],
  ])(
    'decides as the server does: %s %s, Accept: %s, Content-Type: %s',
    async (method, path, accept, type) => {
      const options = [...(accept ? ['--accept', accept] : []), ...(type ? ['--content-type', type] : [])]
      const { out } = await here(['explain', TEMPERATURES, method, path, '--json', ...options])
      const { app } = await import('../../examples/temperatures/index.ts')
      const { fetch } = await serve(app as never)
      const answer = await fetch(path, {
        method,
        headers: { ...(accept ? { accept } : {}), ...(type ? { 'content-type': type } : {}) },
        ...(type ? { body: '<a/>' } : {}),
      })
      const { status, contentType, allow } = JSON.parse(out)
      expect(answer.status).toBe(status ?? 200)
      if (contentType) expect(answer.headers.get('content-type')?.split(';')[0]).toBe(contentType)
      if (allow) expect(answer.headers.get('allow')).toBe(allow.join(', '))
    },
  )
})

describe.concurrent('the module', () => {
  const list = 'pets.list'

  it.each([
    ['an Api under any name', PETS.replace('const api', 'const anything').replace('api.reg', 'anything.reg')],
    ['a blueprint by default', `${IMPORTS}; export default pets`],
    ['a list of blueprints', `${IMPORTS}; export const all = [pets]`],
    ['an app', `${IMPORTS}; export const app = polka(); pets.register(app)`],
    ['an Api that is on no app yet', PETS.replace('polka()', 'undefined')],
  ])('exports %s', async (_, source) => {
    const { code, out, errors } = await mazurka('routes', entry(source))
    expect([code, errors]).toEqual([0, ''])
    expect(out.split(list)).toHaveLength(2)
  })

  it('shows nothing twice: what is nested or registered does not stand by itself', async () => {
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

  it('may be CommonJS, for which a loader of TypeScript makes another copy of what it imports', async () => {
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

  it('may print and listen when it is imported: its words go to stderr, and the command ends', async () => {
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

  it('may fail behind the scenes once it is loaded', async () => {
    const file = entry(`${IMPORTS}; export { pets }; Promise.reject(new Error('no database'))`)
    expect(await mazurka('openapi', 'print', file, '-f', 'yaml')).toMatchObject({ code: 0, errors: '' })
  })

  it('is told in one line when the port it waits for is in use', async ({ onTestFinished }) => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, resolve))
    onTestFinished(() => void taken.close())
    const { port } = taken.address() as AddressInfo
    const file = entry(`${IMPORTS}; export { pets }
      await new Promise((resolve) => polka().listen(${port}, resolve))`)
    expect(await mazurka('routes', file)).toEqual(
      complaint(
        new RegExp(`^mazurka: The port ${port} is in use: the module listens when it is imported; .*\n$`),
      ),
    )
  })

  it.each([
    ['is not there', undefined, /^mazurka: There is no file .*none\.mjs\n$/],
    ['does not parse', 'export const', /^mazurka: .*entry-\w+\.mjs cannot be loaded: [^\n]+\n$/],
    ['throws', `throw new Error('no\\nluck')`, /^mazurka: .* cannot be loaded: no luck\n$/],
    [
      'throws late',
      `setTimeout(() => { throw new Error('late') }); await new Promise(() => {})`,
      /fails while it is loaded: late\n$/,
    ],
    ['never loads', 'await new Promise(() => {})', /^mazurka: The module never finishes loading[^\n]*\n$/],
    [
      'exports nothing of ours',
      `export const app = 1, other = { use() {} }`,
      /^mazurka: .* exports no Api, no blueprint/,
    ],
    [
      'has no endpoints',
      `${IMPORTS}; export const empty = new RestBlueprint('e')`,
      /^mazurka: .* has no endpoints\n$/,
    ],
    [
      'is TypeScript, and nothing loads it', // as Node.js says it
      `throw Object.assign(new Error('Unknown file extension ".ts" for a.ts'), { code: 'ERR_UNKNOWN_FILE_EXTENSION' })`,
      /^mazurka: .* is TypeScript, which needs a loader of yours here: node --import tsx node_modules\/\.bin\/mazurka …\n$/,
    ],
  ])('is told in one line when it %s', async (_, source, line) => {
    const file = source === undefined ? join(folder, 'none.mjs') : entry(source)
    expect(await mazurka('routes', file)).toEqual(complaint(line))
  })

  it('is told in one line when it cannot be documented', async () => {
    const file = entry(`${IMPORTS}
      pets.get('/x', { name: 'x', doc: { security: [{ $ref: '#/nowhere' }] } }, () => 1)
      export { pets }`)
    expect(await mazurka('openapi', 'print', file)).toEqual(complaint(/^mazurka: [^\n]+\n$/))
  })
})

function moduleUrl(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`
}
