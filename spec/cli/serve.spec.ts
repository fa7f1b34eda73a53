/** `mazurka serve` in a process, on real databases: its output, its API, its errors and its end. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'libsql'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { run } from '../../lib/cli/run.ts'
import { describeEachDatabase, type TestDatabase, urlOf } from '../support/databases.ts'
import { ROOT } from '../support/readme.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }) // each starts processes

const folder = mkdtempSync(join(tmpdir(), 'serve-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const TABLES = [
  'create table person (id integer primary key, name varchar(40) not null, password varchar(40))',
  'create table article (id integer primary key, title varchar(40), author_id integer, foreign key (author_id) references person (id))',
  "insert into person values (1, 'Ada', 'secret')",
  "insert into article values (1, 'Engines', 1)",
  "insert into article values (2, 'Looms', null)",
]

let files = 0

/** An SQLite file with the tables. */
function libraryFile(): string {
  files += 1
  const file = join(folder, `library-${files}.db`)
  const database = new Sqlite(file)
  for (const statement of TABLES) database.exec(statement)
  database.close()
  return file
}

/** The URL of a database with the tables. */
async function libraryUrl({ open, dialect }: TestDatabase): Promise<string> {
  if (dialect === 'sqlite') return `sqlite:${libraryFile()}`
  const opened = await open()
  await opened.run(TABLES.join(';\n'))
  return urlOf(dialect, opened.schema)
}

function launch(args: readonly string[], flags: readonly string[] = []) {
  const child = spawn(process.execPath, ['--import', 'tsx', ...flags, 'lib/cli/main.ts', 'serve', ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { out: '', errors: '' }
  child.stdout.on('data', (chunk) => {
    output.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    output.errors += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { child, output, ended }
}

/** Waits until the command fails, in a process of its own. */
async function failed(args: readonly string[], flags: readonly string[] = []) {
  const { output, ended } = launch(args, flags)
  return { code: await ended, ...output }
}

/** Waits until the command fails in this process, which is faster. */
async function failedHere(...args: readonly string[]) {
  const output = { out: '', errors: '' }
  const code = await run(['serve', ...args], {
    write: (text) => {
      output.out += text
    },
    writeError: (line) => {
      output.errors += `${line}\n`
    },
    columns: undefined,
  })
  return { code, ...output }
}

/** One line on stderr and nothing else. */
function failure(line: string | RegExp, code = 1) {
  const errors = typeof line === 'string' ? `mazurka: ${line}\n` : expect.stringMatching(line)
  return { code, out: '', errors }
}

/** Waits until the command listens. */
async function serve(...args: readonly string[]) {
  const { child, output, ended } = launch([...args, '--port', '0'])
  const origin = await vi.waitFor(
    () => {
      if (child.exitCode !== null) throw new Error(output.errors)
      return /https?:\S+(?=\/api,)/.exec(output.out)?.[0] ?? Promise.reject(new Error('not yet'))
    },
    { timeout: 30_000 },
  )
  const stop = () => {
    child.kill('SIGTERM')
    return ended
  }
  const request = async (path: string, method = 'GET', data?: object) => {
    const headers = data ? { 'content-type': 'application/vnd.api+json' } : {}
    const body = data ? { body: JSON.stringify({ data }) } : {}
    const response = await fetch(origin + path, { method, headers, ...body })
    return { status: response.status, text: await response.text() }
  }
  const get = async (path: string) => JSON.parse((await request(path)).text)
  return { origin, output, stop, request, get }
}

describeEachDatabase('mazurka serve', (database) => {
  let url = ''
  let server: Awaited<ReturnType<typeof serve>>
  beforeAll(async () => {
    url = await libraryUrl(database)
    server = await serve(url, '--write', '--exclude', 'person.password')
  })
  afterAll(() => server?.stop())

  it('serves the tables, with relationships, without the excluded column', async () => {
    const { data, included } = await server.get('/api/article?include=author&sort=id')
    expect(data.map(({ attributes }: { attributes: object }) => attributes)).toEqual([
      { title: 'Engines' },
      { title: 'Looms' },
    ])
    expect(included).toMatchObject([{ type: 'person', id: '1', attributes: { name: 'Ada' } }])
    expect((await server.request('/api/person?filter[password]=secret')).status).toBe(400)
  })

  it('prints its address and requests that can be pasted', async () => {
    const lines = server.output.out.trimEnd().split('\n')
    expect(lines[0]).toBe(`${url} at ${server.origin}/api, with --write`)
    const urls = lines.flatMap((line) => /(?<=curl .*)http[^']+/.exec(line) ?? [])
    expect(urls).toHaveLength(3)
    for (const one of urls) expect((await fetch(one)).status, one).toBe(200)
  })

  it('serves the documentation page and the OpenAPI document', async () => {
    const { info, paths } = await server.get('/openapi.json')
    expect(info.title).not.toBe('')
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/article', '/api/person/{id}']))
    expect((await server.request('/docs')).status).toBe(200)
  })

  it('creates, changes and deletes with --write', async () => {
    const created = await server.request('/api/person', 'POST', {
      type: 'person',
      id: '7',
      attributes: { name: 'Ben' },
    })
    expect(created).toMatchObject({ status: 201 })
    const patched = { type: 'person', id: '7', attributes: { name: 'Bea' } }
    expect((await server.request('/api/person/7', 'PATCH', patched)).status).toBeLessThan(300)
    expect((await server.get('/api/person/7')).data.attributes).toEqual({ name: 'Bea' })
    expect((await server.request('/api/person/7', 'DELETE')).status).toBe(204)
  })

  it('reports in one line an unknown table and an unknown column', async () => {
    const reason = (name: string) =>
      expect.stringContaining(`cannot be served: The database has no '${name}'`)
    const unknown = { code: 1, out: '' }
    expect(await failedHere(url, '--tables', 'article,persn')).toEqual({
      ...unknown,
      errors: reason('persn'),
    })
    const column = await failedHere(url, '--exclude', 'person.nam')
    expect(column).toEqual({ ...unknown, errors: reason('person.nam') })
    expect(column.errors).toMatch(/^mazurka: .*: did you mean 'person\.name'\?\n$/)
  })

  it.skipIf(database.dialect === 'sqlite')('reports in one line a user without access', async () => {
    const wrong = Object.assign(new URL(url), { username: 'eve', password: 'secret' })
    const { code, errors } = await failedHere(wrong.href)
    expect([code, errors]).toEqual([
      1,
      expect.stringMatching(/^mazurka: \w+:\/\/eve@.* cannot be served: .*'?"?eve.*\n$/),
    ])
    expect(errors).not.toContain('secret')
  })

  it('ends with 0 after SIGTERM', async () => {
    expect(await server.stop()).toBe(0)
  })
})

describe('mazurka serve', () => {
  it('is read-only without --write, and leaves the file as it is', async () => {
    const file = libraryFile()
    const before = readFileSync(file)
    const { output, request, stop } = await serve(`sqlite:${file}`, '--tables', 'article')
    expect(output.out).toContain('/api, read-only\n')
    expect((await request('/api/article/1', 'DELETE')).status).toBe(405)
    expect((await request('/api/article', 'POST', { type: 'article' })).status).toBe(405)
    expect((await request('/api/person')).status).toBe(404)
    expect(await stop()).toBe(0)
    expect(readFileSync(file)).toEqual(before)
  })

  it('refuses requests of pages whose host name leads to this machine', async () => {
    const { origin, stop } = await serve(`sqlite:${libraryFile()}`)
    const host = new URL(origin).host.replace('127.0.0.1', 'localhost')
    expect((await fetch(`http://${host}/api`)).status).toBe(200)
    const curl = spawnSync('curl', [
      '-sS',
      '-o',
      '-',
      '-w',
      '%{http_code}',
      '-H',
      'Host: evil.example',
      `${origin}/api`,
    ])
    expect(String(curl.stdout)).toMatch(/421$/)
    await stop()
  })

  it('reports in one line a URL that is none, and never shows its password', async () => {
    expect(await failedHere('library.db')).toEqual(
      failure(/^mazurka: 'library\.db' is no URL of a database: use sqlite:FILE, postgres:/, 2),
    )
    for (const url of [
      'postgres://ada:p#xyz@host/db',
      'mysql://ada:p#xyz@host',
      'oracle://ada:p#xyz@host/db',
    ]) {
      const { code, errors } = await failedHere(url)
      expect([code, errors]).toEqual([2, expect.stringMatching(/^mazurka: '.*ada@host.*\n$/)])
      expect(errors).not.toContain('xyz')
    }
    expect(await failedHere('postgres://localhost')).toEqual(failure(/has no name of a database/, 2))
  })

  it('reports in one line a file that is missing, and creates none', async () => {
    const file = join(folder, 'missing.db')
    expect(await failedHere(`sqlite:${file}`)).toEqual(failure(`File not found: ${file}`))
    expect(existsSync(file)).toBe(false)
    expect(await failedHere(`sqlite:${folder}`)).toEqual(failure(`${folder} is no file`))
  })

  it('reports in one line a file that is no database, and a database without tables', async () => {
    const [text, empty] = [join(folder, 'text.db'), join(folder, 'empty.db')]
    writeFileSync(text, 'not a database, but a text that is longer than a header'.repeat(100))
    writeFileSync(empty, '')
    expect(await failedHere(`sqlite:${text}`)).toEqual(failure(/cannot be served: file is not a database\n$/))
    expect(await failedHere(`sqlite:${empty}`)).toEqual(
      failure('The database has no table with a primary key'),
    )
  })

  it('reports in one line a server that is not there', async () => {
    const absent = await failedHere('postgres://ada:secret@127.0.0.1:1/library')
    expect(absent).toEqual(
      failure(/^mazurka: postgres:\/\/ada@127\.0\.0\.1:1\/library cannot be served: connect ECONNREFUSED/),
    )
  })

  it('reports in one line a port that is in use or invalid', async () => {
    const url = `sqlite:${libraryFile()}`
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void taken.close())
    const { port } = taken.address() as AddressInfo
    expect(await failed([url, '--port', `${port}`])).toEqual(
      failure(`The port ${port} is in use: choose another one by --port`),
    )
    expect(await failed([url, '--port', 'http'])).toEqual(failure(/^mazurka: --port must be 0 to 65535/, 2))
  })

  it('names the npm command for packages that are missing', async () => {
    const url = `sqlite:${libraryFile()}`
    const without = (...names: readonly string[]) => {
      const hook = `const names = ${JSON.stringify(names)}
        export const resolve = (specifier, context, next) => names.includes(specifier)
          ? Promise.reject(Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' }))
          : next(specifier, context)`
      const script = `import { register } from 'node:module'; register(${JSON.stringify(moduleUrl(hook))})`
      return ['--import', moduleUrl(script)]
    }
    expect(await failed([url], without('kysely', 'libsql', 'better-sqlite3'))).toEqual(
      failure(`Packages are missing for ${url}: npm install kysely libsql`),
    )
    const postgres = 'postgres://ada:secret@127.0.0.1:1/library'
    expect(await failed([postgres], without('pg'))).toEqual(
      failure('Packages are missing for postgres://ada@127.0.0.1:1/library: npm install pg'),
    )
    expect(await failed(['--help'], without('kysely'))).toMatchObject({ code: 0, errors: '' })
  })
})

function moduleUrl(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`
}
