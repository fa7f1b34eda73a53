/** Every example is served, and responds to the requests of its README as the README shows. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { ROOT, readPage, requestsOf } from '../support/readme.ts'
import { serve } from '../support/server.ts'
import { needsCurl, run } from '../support/shell.ts'
import { expectAnswer } from '../support/shown-answer.ts'

const examples = readdirSync(`${ROOT}examples`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

/** Lines of `index.ts` where an example needs more than 60. */
const LINES: Readonly<Record<string, number>> = {
  auth: 70,
  library: 95,
  petstore: 110,
  production: 90,
  records: 80,
  tutorial: 125,
}

/** Examples keep their files here: a worker of the specs ends without telling them. */
const folder = mkdtempSync(join(tmpdir(), 'examples-'))
for (const sent of ['examples', 'package.json']) symlinkSync(ROOT + sent, join(folder, sent)) // requests run here
vi.stubEnv('TMPDIR', folder)
vi.stubEnv('LOG_LEVEL', 'silent')
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** An example with nothing done to it yet. */
async function serveExample(name: string) {
  vi.resetModules()
  const { app } = (await import(`../../examples/${name}/index.ts`)) as { app: { handler: RequestListener } }
  return serve(app)
}

describe.each(examples)('the example %s', (name) => {
  const requests = () => requestsOf(readPage(`examples/${name}/README.md`))

  it('responds to the requests of its README as the README shows', async (context) => {
    needsCurl(context)
    const { port } = await serveExample(name)
    expect(requests().length).toBeGreaterThan(0)
    for (const { line, form, expected } of requests()) {
      if (form === 'text') expect((await run(line, port, '-sS', folder)).trimEnd(), line).toBe(expected)
      else expectAnswer(await run(line, port, '-sS -i', folder), expected, line)
    }
  })

  it('has a start page with all of them', async () => {
    const { fetch, port } = await serveExample(name)
    const page = await fetch('/', { headers: { accept: 'text/html' } })
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const text = (await page.text()).replaceAll('&lt;', '<').replaceAll('&amp;', '&')
    for (const { line } of requests()) {
      expect(text).toContain(line.replaceAll('localhost:3000', `127.0.0.1:${port}`))
    }
    expect((await fetch('/', { method: 'HEAD' })).status).toBe(200)
  })

  it('has a comment on top, exports its app and listens only when it is run', () => {
    const source = readPage(`examples/${name}/index.ts`)
    expect(source).toMatch(/^\/\*\*/)
    expect(source).toMatch(/^export const app = /m)
    expect(source).toContain('if (process.argv[1] === import.meta.filename) serve(')
    expect(source.split('\n').length).toBeLessThan(LINES[name] ?? 60)
  })

  it('is listed in the README of the project with the command that starts it', () => {
    expect(readPage('README.md')).toContain(`(examples/${name}/README.md)`)
    expect(readPage(`examples/${name}/README.md`)).toMatch(new RegExp(`\`npm start -- ${name}\``))
  })
})

describe('npm start', () => {
  it('serves the petstore and prints its address and requests to try', async () => {
    const { line, url } = await start('', { PORT: '0' })
    expect(line).toBe(`petstore at ${url}/`)
    expect((await fetch(url)).status).toBe(200)
    expect(await (await fetch(`${url}/pets/1`)).json()).toMatchObject({ name: 'Burek' })
  })

  it('prints curl lines that can be pasted', async () => {
    const { url, output } = await start('streaming', { PORT: '0' })
    for (const { line } of requestsOf(readPage('examples/streaming/README.md'))) {
      const pasted = line.replaceAll('localhost:3000', new URL(url).host)
      await vi.waitFor(() => expect(output()).toContain(`  ${pasted}\n`))
    }
  })

  it('lists the examples when the name is unknown', async () => {
    const { code, output, errors } = await finished('NOPE', { PORT: '0' })
    expect([code, output]).toEqual([1, ''])
    expect(errors).toBe(`There is no example 'NOPE'. There are: ${examples.join(', ')}\n`)
  })

  it('reports in one line a port that is in use or invalid', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, resolve))
    onTestFinished(() => void taken.close())
    const port = String((taken.address() as AddressInfo).port)
    const inUse = await finished('', { PORT: port })
    expect([inUse.code, inUse.output]).toEqual([1, ''])
    expect(inUse.errors).toMatch(
      new RegExp(`^The port ${port} is in use; another one: PORT=\\d+ npm start\n$`),
    )
    const none = await finished('', { PORT: 'http' })
    expect([none.code, none.errors]).toEqual([1, `'http' is no port\n`])
  })
})

describe('the example bare-polka-handlers', () => {
  it('serves the same blueprint without Polka, 404 and 405 included', async () => {
    vi.resetModules()
    const { fetch } = await serve((await import('../../examples/bare-polka-handlers/index.ts')).server)
    expect(await (await fetch('/data')).json()).toEqual({ data: true })
    expect((await fetch('/plain')).status).toBe(404)
    expect((await fetch('/data', { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  })
})

describe('the example production', () => {
  it('does not start in production without one of its secrets', async () => {
    const secrets = {
      API_KEY: 'key',
      SESSION_KEY: 'session',
      CSRF_SECRET: 'x'.repeat(32),
      PASSWORD: 'password',
    }
    const stub = (variables: object) => {
      for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
    }
    onTestFinished(() => stub(before))
    const before = Object.fromEntries(
      [...Object.keys(secrets), 'NODE_ENV'].map((name) => [name, process.env[name]]),
    )
    stub({ ...secrets, NODE_ENV: 'production' })
    for (const name of Object.keys(secrets)) {
      stub({ ...secrets, [name]: undefined })
      await expect(serveExample('production')).rejects.toThrow(`${name} is missing`)
    }
    stub(secrets)
    const { status } = await serveExample('production')
    expect(await status('/animals')).toBe(200)
  }, 60_000)
})

/** `npm start -- NAME`, without npm. */
function launch(name: string, variables: Record<string, string>) {
  const { scripts } = JSON.parse(readPage('package.json')) as { scripts: { start: string } }
  const child = spawn('sh', ['-c', `exec npx ${scripts.start} ${name}`], {
    cwd: ROOT,
    detached: true, // so that all it starts ends with it
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid as number), 'SIGTERM')
  })
  return { output: () => output, errors: () => errors, ended }
}

/** Waits until it is served. */
async function start(name: string, variables: Record<string, string>) {
  const { output, errors } = launch(name, variables)
  const line = await vi.waitFor(
    () => {
      if (errors() !== '') throw new Error(errors())
      return (/^.*$/m.exec(output()) as RegExpExecArray)[0] || Promise.reject(new Error('nothing yet'))
    },
    { timeout: 15_000 },
  )
  return { line, output, url: /http:\/\/[^/]+/.exec(line)?.[0] ?? '' }
}

/** Waits until it has given up. */
async function finished(name: string, variables: Record<string, string>) {
  const { output, errors, ended } = launch(name, variables)
  return { code: await ended, output: output(), errors: errors() }
}
