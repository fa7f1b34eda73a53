/** The packed package in an empty project: installed, compiled against and run. */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ROOT, readPage } from '../support/readme.ts'

const { devDependencies, version } = JSON.parse(readPage('package.json'))

/** Limit of node_modules with all dependencies and Polka. */
const MAX_INSTALLED_KILOBYTES = 4608

const TSC_OPTIONS = [
  ...['--ignoreConfig', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'],
  ...['--module', 'nodenext', '--target', 'es2023', '--types', 'node', '--rewriteRelativeImportExtensions'],
]

describe('the packed package', () => {
  let folder: string
  const run = (command: string, ...parameters: string[]) =>
    execFileSync(command, parameters, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const install = (...packages: string[]) =>
    run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...packages)

  /** Starts a script of the project. @returns the first text it prints. */
  const start = (file: string): Promise<string> => {
    const child = spawn(process.execPath, [file], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '', PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill())
    return new Promise((resolve, reject) => {
      child.stdout.once('data', (chunk) => resolve(String(chunk)))
      child.once('exit', (code) => reject(new Error(`${file} has exited with ${code}`)))
    })
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mazurka-'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }')
    run('npm', 'pack', '--ignore-scripts', '--pack-destination', folder, ROOT)
    install(`./mazurka-${version}.tgz`, 'polka@0.5.2')
  }, 120_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('needs at most 4.5 MB with its dependencies and Polka', () => {
    const [kilobytes] = run('du', '-sk', 'node_modules').split('\t')
    expect(Number(kilobytes)).toBeLessThanOrEqual(MAX_INSTALLED_KILOBYTES)
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

const PRINT_PORT = `
function printPort() {
  const address = app.server!.address()
  console.log(typeof address === 'object' ? address?.port : address)
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
