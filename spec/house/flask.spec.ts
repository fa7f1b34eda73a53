/** The example `tutorial` does what the Flask tutorial of 2012 does, row by row, without its mistakes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { readPage } from '../support/readme.ts'
import { type Served, serve } from '../support/server.ts'
import { testApp } from '../support/test-app.ts'

/** The files of the example are in a folder of this one. */
const folder = mkdtempSync(join(tmpdir(), 'flask-'))
vi.stubEnv('TMPDIR', folder)
vi.stubEnv('TUTORIAL_KEY', 'the key')
const { app } = await import('../../examples/tutorial/index.ts')
const [created = ''] = readdirSync(folder)
const files = () => readdirSync(join(folder, created)).filter((name) => name !== 'app.log')
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

const BYTES = { 'content-type': 'application/octet-stream' }

/** `GET /echo 200 ECHO: GET`: a request with the status and the content of its response. */
async function say(
  { ask }: Served,
  line: string,
  ...more: [fields?: Record<string, string>, content?: unknown]
) {
  const { status, text } = await ask(line, ...more)
  return `${line} ${status} ${text}`
}

describe('resources', () => {
  it('greet as text, not as a page (TUT-01, TUT-23)', async () => {
    const { status, text, headers } = await (await serve(app)).ask('/')
    expect([status, text, headers.get('content-type')]).toEqual([200, 'Welcome', 'text/plain; charset=utf-8'])
  })

  it('name their address by urlFor (TUT-02)', async () => {
    expect(await say(await serve(app), '/articles')).toBe('/articles 200 List of /articles')
  })

  it('decode a part of the path once; a malformed one is a 400 (TUT-03)', async () => {
    const served = await serve(app)
    expect(await say(served, '/articles/123')).toBe('/articles/123 200 You are reading 123')
    expect(await say(served, '/articles/a%20b')).toBe('/articles/a%20b 200 You are reading a b')
    expect(await say(served, '/articles/a%2520b')).toBe('/articles/a%2520b 200 You are reading a%20b')
    expect(await served.status('/articles/%zz')).toBe(400)
  })

  it('take text without a slash, but for an encoded one (TUT-04)', async () => {
    const served = await serve(app)
    expect(await served.status('/articles/a/b')).toBe(404)
    expect(await served.status('/articles//')).toBe(404)
    expect(await say(served, '/articles/a%2Fb')).toBe('/articles/a%2Fb 200 You are reading a/b')
  })

  it('ignore a slash at the end (TUT-06)', async () => {
    expect(await say(await serve(app), '/articles/')).toBe('/articles/ 200 List of /articles')
  })

  it('convert int, float and path; no match is a 404 (TUT-05)', async () => {
    const served = await serve(app)
    expect(await served.ask('/users/2')).toMatchObject({ status: 200, text: '{"2":"steve"}' })
    expect((await served.ask('/users/002')).text).toBe('{"2":"steve"}')
    for (const path of ['/users/two', '/users/-2', '/users/+2', '/users/2.0', '/users/'])
      expect([path, await served.status(path)]).toEqual([path, 404])
    const { get, status } = await testApp((api) => {
      api.get('/at/<float:degrees>', ({ params }) => params.degrees)
      api.get('/files/<path:file>', ({ params }) => params.file)
    })
    expect(await get('/at/21.5')).toEqual({ status: 200, value: 21.5 })
    expect(await get('/files/a/b.txt')).toEqual({ status: 200, value: 'a/b.txt' })
    for (const path of ['/at/-1.5', '/at/x', '/files/'])
      expect([path, await status(path)]).toEqual([path, 404])
  })
})

describe('parameters of the query', () => {
  it('have a default, and an empty one counts (TUT-07)', async () => {
    const served = await serve(app)
    expect(await say(served, '/hello')).toBe('/hello 200 Hello John Doe')
    expect(await say(served, '/hello?name=Luis')).toBe('/hello?name=Luis 200 Hello Luis')
    expect(await say(served, '/hello?name=')).toBe('/hello?name= 200 Hello ')
  })

  it('are not chosen from two of one name: 422 (TUT-07)', async () => {
    const { outcome } = await serve(app)
    const { status, errors } = await outcome('/hello?name=a&name=b')
    expect([status, errors?.[0]]).toMatchObject([422, { in: 'query', parameter: 'name' }])
  })
})

describe('methods', () => {
  it('are handled by one function, with a line end each (TUT-08)', async () => {
    const served = await serve(app)
    for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'])
      expect(await say(served, `${method} /echo`)).toBe(`${method} /echo 200 ECHO: ${method}\n`)
  })

  it('are a 405 with Allow otherwise; HEAD and OPTIONS are there (TUT-09)', async () => {
    const { ask } = await serve(app)
    const allow = 'GET, HEAD, OPTIONS'
    const refused = await ask('DELETE /articles')
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, allow])
    const head = await ask('HEAD /articles')
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', '17'])
    const options = await ask('OPTIONS /articles')
    expect([options.status, options.headers.get('allow'), options.text]).toEqual([204, allow, ''])
  })
})

describe('content', () => {
  it('is handled by its media type; every other type is a 415 (TUT-10, TUT-B2)', async () => {
    const served = await serve(app)
    const post = (type: string, content: unknown) =>
      say(served, 'POST /messages', { 'content-type': type }, content)
    expect(await post('text/plain', 'Hello')).toBe('POST /messages 200 Text Message: Hello')
    const json = { message: 'Hello Data', n: [1, null] }
    expect(await post('application/json', json)).toBe(
      'POST /messages 200 JSON Message: {"message":"Hello Data","n":[1,null]}',
    )
    const written = 'POST /messages 200 Binary message written!'
    expect(await post('application/octet-stream', Buffer.from([0, 255]))).toBe(written)
    const refused = await served.ask('POST /messages', 'application/xml', '<a/>')
    expect([refused.status, refused.json.supported]).toEqual([
      415,
      ['text/plain', 'application/json', 'application/octet-stream'],
    ])
  })

  it('has a type with parameters, in any case (TUT-B1)', async () => {
    const served = await serve(app)
    for (const type of ['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])
      expect(await say(served, 'POST /messages', { 'content-type': type }, '1')).toContain(
        ' 200 JSON Message: 1',
      )
  })

  it('without a type is bytes, so a 415 where those are not accepted, never a 500 (TUT-B3)', async () => {
    const served = await serve(app)
    expect(await say(served, 'POST /messages', {}, Buffer.from('x'))).toContain(
      ' 200 Binary message written!',
    )
    expect(await served.status('POST /files', {}, Buffer.from('x'))).toBe(415)
  })

  it('in JSON that is malformed is a 400, and missing content a 422 (TUT-11)', async () => {
    const { outcome, raw } = await serve(app)
    expect((await outcome('POST /messages', 'application/json', '{"message":')).status).toBe(400)
    const missing = await outcome('POST /messages', 'application/json', '')
    expect(missing).toEqual({ status: 422, errors: [{ detail: 'Content is required', pointer: '#' }] })
    const fields = 'hOST: a\r\ncOnTeNt-TyPe: text/plain\r\nCONTENT-LENGTH: 2\r\nConnection: close'
    expect(await raw(`POST /messages HTTP/1.1\r\n${fields}\r\n\r\nhi`)).toContain('Text Message: hi')
  })

  it('of a form has files (TUT-12)', async () => {
    const form = new FormData()
    form.set('file', new Blob(['Hello']), 'hello.txt')
    expect(await say(await serve(app), 'POST /files', {}, form)).toBe('POST /files 200 hello.txt: 5 bytes')
  })

  it('is written to a file of its own each time, as it arrives, within a limit (TUT-B6)', async () => {
    const { status } = await serve(app)
    const before = files().length
    await Promise.all(['a', 'b'].map((text) => status('POST /messages', BYTES, Buffer.from(text))))
    const added = files().map((name) => readFileSync(join(folder, created, name), 'utf8'))
    expect(added).toEqual(expect.arrayContaining(['a', 'b']))
    expect(files()).toHaveLength(before + 2)
    async function* tooMuch() {
      for (let count = 0; count < 40; count++) yield Buffer.alloc(64 * 1024)
    }
    expect(await status('POST /messages', BYTES, ReadableStream.from(tooMuch()))).toBe(413)
    await vi.waitFor(() => expect(files()).toHaveLength(before + 2))
  })
})

describe('responses', () => {
  it('have a status, a media type and fields; JSON needs no call (TUT-13)', async () => {
    const { status, text, headers } = await (await serve(app)).ask('/data')
    expect([status, text, headers.get('content-type'), headers.get('link')]).toEqual([
      200,
      '{"hello":"world","number":3}',
      'application/json',
      '<https://example.org/>; rel="related"',
    ])
  })

  it('have the type that the client asks for (TUT-14)', async () => {
    const accept = 'application/vnd.example.v2+json'
    const { headers, json } = await (await serve(app)).ask('/data', { accept })
    expect([headers.get('content-type'), json]).toEqual([accept, { hello: 'world', number: 3 }])
  })
})

describe('errors', () => {
  it('of a path and of a user that does not exist are one 404, by its path alone (TUT-15, TUT-16, TUT-B8)', async () => {
    const { ask } = await serve(app)
    for (const path of ['/users/4', '/nothing', '/users/4/pets']) {
      const { status, json, headers } = await ask(`${path}?token=1`)
      expect([status, json]).toEqual([404, { status: 404, message: `Not Found: ${path}` }])
      expect(headers.get('content-type')).toBe('application/json')
    }
    for (const [id, name] of Object.entries({ 1: 'john', 2: 'steve', 3: 'bill' }))
      expect((await ask(`/users/${id}`)).json).toEqual({ [id]: name })
  })

  it('are JSON, all of them (TUT-17, TUT-B4)', async () => {
    const { ask } = await serve(app)
    const requests: [line: string, status: number, type?: string, content?: string][] = [
      ['/articles/%zz', 400],
      ['POST /messages', 400, 'application/json', '{'],
      ['/secrets', 401],
      ['DELETE /data', 405],
      ['POST /messages', 415, 'image/png', 'x'],
      ['/hello?name=a&name=b', 422],
    ]
    for (const [line, status, type, content] of requests) {
      const answer = await ask(line, type, content)
      expect([line, answer.status, answer.json.status]).toEqual([line, status, status])
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    }
  })

  it('of the code are a 500 without details; the stack is in the log (TUT-21)', async () => {
    const { ask, logger } = await testApp((api) => {
      api.get('/bug', () => {
        throw new Error('password=hunter2')
      })
    })
    const { json } = await ask('/bug')
    expect(json).toEqual({ type: 'about:blank', title: 'Internal Server Error', status: 500 })
    const [, error] = logger.lines[0] as [string, Error]
    expect(error.stack).toMatch(/hunter2\n +at .*flask\.spec\.ts/)
  })
})

describe('secrets', () => {
  it('are for those who log in or have a key; each way has a challenge (TUT-18, TUT-20, TUT-B5)', async () => {
    const served = await serve(app)
    const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` })
    const secret = (name: string) => `/secrets 200 This is top secret spy stuff, ${name}!`
    expect(await say(served, '/secrets', basic('admin:secret'))).toBe(secret('admin'))
    expect(await say(served, '/secrets', { 'x-api-key': 'the key' })).toBe(secret('robot'))
    for (const fields of [{}, basic('admin:wrong'), basic('root:secret'), { 'x-api-key': 'wrong' }])
      expect(await served.status('/secrets', fields)).toBe(401)
    const bytes = await served.raw('GET /secrets HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(bytes.match(/^www-authenticate: .*$/gim)?.map((line) => line.toLowerCase())).toEqual([
      'www-authenticate: basic realm="example", charset="utf-8"',
      'www-authenticate: apikey in="header", name="x-api-key"',
    ])
  })
})

describe('the log', () => {
  it('is a file with a line per level (TUT-22)', async () => {
    const { text } = await (await serve(app)).ask('/log')
    const [, file = ''] = /^check your logs: (.*)$/.exec(text) ?? []
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    expect(lines.slice(-3).map((line) => JSON.parse(line))).toMatchObject([
      { level: 30, msg: 'informing' },
      { level: 40, msg: 'warning' },
      { level: 50, msg: 'screaming bloody murder!' },
    ])
  })
})

describe('the file', () => {
  it('has each path once, so that it starts (TUT-B7)', () => {
    const source = readPage('examples/tutorial/index.ts')
    const paths = [...source.matchAll(/^api\.(?:get|post|route)\('([^']+)'/gm)].map(([, path]) => path)
    expect(paths).toHaveLength(11)
    expect(new Set(paths).size).toBe(paths.length)
  })
})
