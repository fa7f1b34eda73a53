/** The packed package in an empty project: installed, compiled against and run. */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { blocksOf, consoleOf, linksOf, ROOT, readPage } from '../support/readme.ts'
import { needsCurl, run as runLine } from '../support/shell.ts'

const { devDependencies, exports: subpaths, version } = JSON.parse(readPage('package.json'))

/** The names to import. */
const ENTRIES = Object.keys(subpaths)
  .filter((subpath) => subpath !== './package.json')
  .map((subpath) => `mazurka${subpath.slice(1)}`)

/** Limit of node_modules with all dependencies and Polka. */
const MAX_INSTALLED_KILOBYTES = 5120

const TSC_OPTIONS = [
  ...['--ignoreConfig', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'],
  ...['--module', 'nodenext', '--target', 'es2023', '--rewriteRelativeImportExtensions'],
]

/** Imports nothing but what an application would: the types of all options have to come with it. */
const AROUND = `
import { RestBlueprint } from 'mazurka'
import { Api } from 'mazurka/api'
import polka from 'polka'

const versions = { current: '1', type: (version: string) => \`application/vnd.acme.v\${version}+json\`, supported: { 1: {} } }
const around = {
  trustProxy: ['loopback'], allowedHosts: ['api.example.org'], requestId: true, accessLog: true, serverTiming: true,
  openTelemetry: true, diagnostics: false, securityHeaders: true, cors: { origin: '*' }, cache: { maxAgeSeconds: 60 },
  rateLimit: { points: 100, seconds: 60 }, csrf: { secrets: ['x'.repeat(32)], session: () => undefined }, versions,
} as const
new Api(polka(), { title: 'Pets', version: '1', ...around })
const pets = new RestBlueprint('pets', { securityHeaders: false, unansweredWarningSeconds: 2, versions })
pets.get('/pets', { rateLimit: { cost: 5 }, cors: false, versions: false, serverTiming: false }, ({ log, requestId }) => {
  log?.info?.({ requestId }, 'asked')
  return []
})

// @ts-expect-error no list of proxies
new Api(polka(), { title: 'Pets', version: '1', trustProxy: 7 })
// @ts-expect-error no options
new Api(polka(), { title: 'Pets', version: '1', cors: 9 })
// @ts-expect-error a version is a text
new Api(polka(), { title: 'Pets', version: '1', versions: { ...versions, current: 1 } })
// @ts-expect-error no option
new RestBlueprint('pets', { rateLimits: {} })
`

describe('the packed package', () => {
  let folder: string
  const run = (command: string, ...parameters: string[]) =>
    execFileSync(command, parameters, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const install = (...packages: string[]) =>
    run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...packages)

  /** The line on stderr of a command that fails. */
  const failureOf = (...command: [string, ...string[]]) => {
    try {
      run(...command)
    } catch (error) {
      return (error as { stderr: string }).stderr
    }
    throw new Error(`${command.join(' ')} has not failed`)
  }

  const start = (file: string) => startIn(folder, file)

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mazurka-'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }')
    run('npm', 'pack', '--ignore-scripts', '--pack-destination', folder, ROOT)
    install(`./mazurka-${version}.tgz`, 'polka@0.5.2')
  }, 120_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('needs at most 5 MB with its dependencies and Polka', () => {
    const [kilobytes] = run('du', '-sk', 'node_modules').split('\t')
    expect(Number(kilobytes)).toBeLessThanOrEqual(MAX_INSTALLED_KILOBYTES)
  })

  it('has the pages of the guide, whose links resolve inside the package or are absolute', () => {
    const installed = join(folder, 'node_modules/mazurka')
    const pages: string[] = JSON.parse(readPage('typedoc.json')).projectDocuments
    const guide = pages.filter((page) => !page.startsWith('docs/decisions/'))
    expect(guide.filter((page) => !existsSync(join(installed, page)))).toEqual([])
    const packed = readdirSync(join(installed, 'docs')).filter((name) => name.endsWith('.md'))
    const broken = packed.flatMap((page) =>
      linksOf(readFileSync(join(installed, 'docs', page), 'utf8'))
        .filter((link) => !existsSync(join(installed, 'docs', dirname(page), link)))
        .map((link) => `docs/${page}: ${link}`),
    )
    expect(broken).toEqual([])
    const readme = linksOf(readFileSync(join(installed, 'README.md'), 'utf8'))
    expect(guide.filter((page) => !readme.includes(page))).toEqual([])
  })

  it('leaves out what only contributors read, and images that no page shows', () => {
    const docs = join(folder, 'node_modules/mazurka/docs')
    const folders = readdirSync(docs, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(folders.map(({ name }) => name)).toEqual(['images'])
    const pages = readdirSync(docs).filter((name) => name.endsWith('.md'))
    const shown = pages.flatMap((page) => linksOf(readFileSync(join(docs, page), 'utf8')))
    expect(readdirSync(join(docs, 'images')).filter((name) => !shown.includes(`images/${name}`))).toEqual([])
  })

  it('can be required', () => {
    const code = "console.log(typeof require('mazurka').RestBlueprint)"
    expect(run(process.execPath, '--no-warnings', '-e', code).trim()).toBe('function')
  })

  it('has named functions and files in the stack trace of an error in a handler', () => {
    writeFileSync(join(folder, 'failing.js'), FAILING)
    const trace = run(process.execPath, 'failing.js')
    expect(trace).toMatch(/^Error: from the handler\n +at .*failRequest/)
    expect(trace).not.toContain('Array.<anonymous>')
    const frames = trace.split('\n').filter((line) => line.includes('/node_modules/mazurka/'))
    expect(frames.length).toBeGreaterThan(1)
    for (const frame of frames)
      expect(frame).toMatch(/^ +at [\w$.#]+( \[as \w+\])? \(file:.*\/dist\/(chunk-\w+|index)\.js:\d+:\d+\)$/)
  })

  it('has the lines of lib/ in the stack trace with --enable-source-maps', () => {
    writeFileSync(join(folder, 'failing.js'), FAILING)
    const trace = run(process.execPath, '--enable-source-maps', 'failing.js')
    const frames = trace.split('\n').filter((line) => line.includes('/node_modules/mazurka/'))
    expect(frames.length).toBeGreaterThan(1)
    for (const frame of frames) {
      const [, file = '', line] = /\/mazurka\/(lib\/[\w/-]+\.ts):(\d+):\d+\)$/.exec(frame) ?? []
      expect(readPage(file).split('\n')[Number(line) - 1], frame).toMatch(/^ .*[\w)]\(/) // a call
    }
  })

  it('keeps the names of classes', () => {
    const classes = ['Blueprint', 'MIMEMap', 'PluggableParser', 'PluggableRenderer', 'RestBlueprint']
    const code = `import * as mazurka from 'mazurka'
      console.log(${JSON.stringify(classes)}.map((name) => mazurka[name].name).join())`
    expect(run(process.execPath, '--input-type=module', '-e', code).trim()).toBe(classes.join())
  })

  it('keeps the names of the functions that it exports, and of middleware: messages have them', () => {
    const code = `const odd = []
      for (const name of ${JSON.stringify(ENTRIES)})
        for (const [exported, value] of Object.entries(await import(name)))
          if (typeof value === 'function' && value.name !== exported) odd.push(value.name)
      console.log(odd.join())`
    const inRoot = { cwd: ROOT, encoding: 'utf8' } as const // with the packages that some entry points need
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', code], inRoot).trim()).toBe('')
    const dist = join(folder, 'node_modules/mazurka/dist')
    const files = readdirSync(dist).filter((name) => name.endsWith('.js'))
    const renamed = /return (?:async )?function \w+\d\(/g
    expect(files.flatMap((name) => readFileSync(join(dist, name), 'utf8').match(renamed) ?? [])).toEqual([])
    const mistake = `import { RestBlueprint } from 'mazurka'; import { csv } from 'mazurka/renderers'
      try { new RestBlueprint('x').contentRenderer.renders('text/csv', csv) } catch (error) { console.log(error.message) }`
    expect(run(process.execPath, '--input-type=module', '-e', mistake).trim()).toBe(
      'A renderer is the function csv: call it, csv()',
    )
  })

  describe('with TypeScript', () => {
    beforeAll(() => {
      const packages = ['typescript', '@types/node', '@types/polka', 'zod']
      install(...packages.map((name) => `${name}@${devDependencies[name]}`))
    }, 120_000)

    it('compiles the README’s example under strict, and runs it', async () => {
      const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readPage('README.md')) ?? []
      const listening = example.replace('app.listen(3000)', 'app.listen(0, printPort)') + PRINT_PORT
      writeFileSync(join(folder, 'index.ts'), listening)
      run('npx', 'tsc', ...TSC_OPTIONS, 'index.ts')
      const port = await start('index.js')
      const response = await fetch(`http://127.0.0.1:${Number(port)}/api/temperatures`, {
        headers: { accept: 'text/csv' },
      })
      expect(await response.text()).toBe('id,city,celsius\r\n1,Kraków,21.5\r\n')
      expect(run('npx', 'mazurka', 'routes', 'index.js')).toContain('/api/temperatures/<int:id>')
    }, 120_000)

    it('brings the types of Node.js that its own need, as compilers load none by themselves', () => {
      writeFileSync(
        join(folder, 'alone.ts'),
        "import { RestBlueprint } from 'mazurka'\nnew RestBlueprint(process.title)",
      )
      run('npx', 'tsc', ...TSC_OPTIONS, '--noEmit', 'alone.ts')
    }, 120_000)

    it('has types for all options of an Api, its blueprints and endpoints', () => {
      writeFileSync(join(folder, 'around.ts'), AROUND)
      run('npx', 'tsc', ...TSC_OPTIONS, '--noEmit', 'around.ts')
    }, 120_000)

    it('serves a database by the command and by the code of the guide, with the packages that they name', async () => {
      const [, needed = ''] =
        /npm install (.+)\n$/.exec(failureOf('npx', 'mazurka', 'serve', 'sqlite:index.js')) ?? []
      expect(needed).toBe('kysely libsql')
      install(...needed.split(' ').map((name) => `${name}@${devDependencies[name]}`))
      writeFileSync(join(folder, 'database.ts'), DATABASE)
      run('npx', 'tsc', ...TSC_OPTIONS, 'database.ts')
      const served = async (origin: string) =>
        ((await (await fetch(`${origin}/api/person`)).json()) as { data: unknown }).data
      const people = [expect.objectContaining({ type: 'person', attributes: { name: 'Ada' } })]
      expect(await served(`http://127.0.0.1:${Number(await start('database.js'))}`)).toEqual(people)
      const serve = ['node_modules/mazurka/dist/cli/main.js', 'serve', 'sqlite:library.db', '--port', '0']
      const [origin = ''] = /http:\S+(?=\/api,)/.exec(await startIn(folder, ...serve)) ?? []
      expect(await served(origin)).toEqual(people)
    }, 120_000)

    it('has types for every entry point, each without the others and without types of the compiler’s options', () => {
      install(...['kysely', 'jose'].map((name) => `${name}@${devDependencies[name]}`))
      writeFileSync(join(folder, 'each.cjs'), EACH)
      expect(run(process.execPath, 'each.cjs', ...ENTRIES)).toBe('')
    }, 120_000)

    it('compiles and runs a third-party mixin that imports only mazurka', async () => {
      const source = readPage('examples/own-mixin/index.ts')
      const modules = [...source.matchAll(/\b(?:from|import|module) '([^.'][^']*)'/g)].map(([, name]) => name)
      expect([...new Set(modules)].filter((name) => name !== 'polka')).toEqual(['mazurka'])
      for (const name of ['own-mixin', 'serve.ts', 'start-page.ts'])
        cpSync(`${ROOT}examples/${name}`, join(folder, 'examples', name), { recursive: true })
      run('npx', 'tsc', ...TSC_OPTIONS, 'examples/own-mixin/index.ts')
      const [, port] = /:(\d+)\/\n/.exec(await start('examples/own-mixin/index.js')) ?? []
      const page = await fetch(`http://127.0.0.1:${port}/`)
      expect(page.status).toBe(200)
      expect(await page.text()).toContain('curl ')
      const search = (flags: string) =>
        fetch(`http://127.0.0.1:${port}/search?q=la`, { headers: { 'x-flags': flags } })
      expect((await search('none')).status).toBe(404)
      expect(await (await search('search')).json()).toEqual(['lamp'])
    }, 120_000)
  })
})

describe('the first minute of the README', () => {
  const readme = readPage('README.md')
  const lines = blocksOf(readme)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .map((line) => line.replace(/ +#.*/, ''))

  it('is true of the packed package in an empty folder, line by line', async (context) => {
    needsCurl(context)
    const folder = mkdtempSync(join(tmpdir(), 'mazurka-minute-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const sh = (line: string) => execFileSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8' })
    sh(`npm pack --ignore-scripts --silent --pack-destination . '${ROOT}'`)

    expect(lines.slice(0, 2)).toEqual([
      'npm init -y && npm pkg set type=module',
      'npm install mazurka polka zod',
    ])
    sh(`${lines[0]}`)
    const packages = [`./mazurka-${version}.tgz`, 'polka@0.5.2', `zod@${devDependencies.zod}`]
    sh(`npm install --no-audit --no-fund --prefer-offline ${packages.join(' ')}`)

    const app = blocksOf(readme).find(({ language }) => language === 'ts')?.text ?? ''
    writeFileSync(join(folder, 'app.js'), app) // JavaScript as it is
    const onAnyPort = app.replace('listen(3000)', 'listen(0, () => console.log(app.server.address().port))')
    writeFileSync(join(folder, 'any-port.js'), onAnyPort)
    const port = Number(await startIn(folder, 'any-port.js'))
    for (const { line, expected } of consoleOf(readme))
      expect((await runLine(line, port)).replace(/\n$/, ''), line).toBe(expected)

    const commands = lines.filter((line) => line.startsWith('npx mazurka') && !/\/pets| serve /.test(line))
    expect(commands.length).toBeGreaterThanOrEqual(3)
    const printed = commands.map(sh) // each exits with 0, and ends: importing app.js does not listen
    expect(printed[0]).toContain('/api/temperatures/<int:id>')
    expect(JSON.parse(readFileSync(join(folder, 'openapi.json'), 'utf8')).paths).toHaveProperty([
      '/api/temperatures',
    ])
  }, 120_000)
})

/** Starts a script. @returns the first text it prints. */
function startIn(folder: string, ...file: string[]): Promise<string> {
  const child = spawn(process.execPath, file, {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(String(chunk)))
    child.once('exit', (code) => reject(new Error(`${file.join(' ')} has exited with ${code}`)))
  })
}

const PRINT_PORT = `
function printPort() {
  const address = app.server!.address()
  console.log(typeof address === 'object' ? address?.port : address)
}
`

const DATABASE = `
import { Kysely, SqliteDialect } from 'kysely'
import Sqlite from 'libsql'
import { ApiManager, defineModel, introspect, type ManagerOptions, type Model } from 'mazurka/jsonapi'
import polka from 'polka'

const database = new Sqlite('library.db')
database.exec("create table person (id integer primary key, name text not null); insert into person (name) values ('Ada')")
const options: ManagerOptions = { db: new Kysely({ dialect: new SqliteDialect({ database }) }) }
const models = await introspect<'person'>(options.db)
const person: Model = defineModel(models.person, { computed: { initial: { get: ({ name }) => String(name)[0] } } })
// @ts-expect-error no kind of a column
export const wrongModel = () => defineModel({ table: 'person', columns: { id: 'whole' } })
// @ts-expect-error no option
export const wrongOption = () => new ApiManager(undefined, { ...options, pageSizes: 1 })
const app = polka()
new ApiManager(app, options).createApi(person, { exclude: ['initial'] })
const { server } = app.listen(0, () => {
  const address = server!.address()
  console.log(typeof address === 'object' ? address?.port : address)
})
`

/** Prints the type errors of programs that import one module each, in their own files and those of the package. */
const EACH = `
const ts = require('typescript')
const parsed = new Map()
const options = { strict: true, noEmit: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023 }
const host = ts.createCompilerHost(options, true)
const { getSourceFile } = host
host.getSourceFile = (file, ...rest) => {
  if (!parsed.has(file)) parsed.set(file, getSourceFile(file, ...rest))
  return parsed.get(file)
}
for (const name of process.argv.slice(2)) {
  const file = name.replace('/', '-') + '.ts'
  ts.sys.writeFile(file, "import * as all from '" + name + "'; export { all }")
  const program = ts.createProgram([file], options, host)
  const own = program.getSourceFiles().filter(({ fileName }) => fileName === file || /\\/mazurka\\//.test(fileName))
  const errors = [...program.getGlobalDiagnostics(), ...own.flatMap((one) => ts.getPreEmitDiagnostics(program, one))]
  if (errors.length > 0) console.log(name, ts.formatDiagnostics(errors, host))
}
`

const FAILING = `
import { createServer } from 'node:http'
import { RestBlueprint } from 'mazurka'

const logger = { info() {}, warn() {}, error: ({ err }) => console.log(err.stack) }
const api = new RestBlueprint('api', { logger })
api.get('/', { etag: true, paginate: true }, function failRequest() {
  throw new Error('from the handler')
})
const server = createServer(api.handler).listen(0, async () => {
  await fetch('http://127.0.0.1:' + server.address().port)
  server.close()
  server.closeAllConnections()
})
`
