/** The jobs: the request of each, and the checks on its response. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { stringify } from 'csv-stringify/sync'
import {
  CSV_OPTIONS,
  CSV_TYPE,
  JSON_TYPE,
  MAX_BODY_BYTES,
  ORIGIN,
  PROBLEM_TYPE,
  readings,
  table,
} from './work.js'

const reading = { station: 'Uppsala', at: '2026-11-24T12:00:00.000Z', celsius: -3.5 }

const get = (path, accept) => ({ method: 'GET', path, headers: { accept } })
const post = (path, content, type = JSON_TYPE) => ({
  method: 'POST',
  path,
  headers: { accept: JSON_TYPE, 'content-type': type },
  content: typeof content === 'string' ? content : JSON.stringify(content),
})

const fromPage = (sent) => ({ ...sent, headers: { ...sent.headers, origin: ORIGIN } })
const preflight = {
  method: 'OPTIONS',
  path: '/checked',
  headers: { origin: ORIGIN, 'access-control-request-method': 'POST' },
}

const created = (text) => assert.deepEqual(JSON.parse(text), { id: 101, ...reading })
const listed = (text) => assert.deepEqual(JSON.parse(text), readings)
const refusedBy = (path) => [
  [post(path, '<reading/>', 'text/xml'), 415],
  [post(path, '{"station"'), 400],
  [post(path, { ...reading, celsius: 'cold' }), [400, 422]],
  [post(path, { ...reading, at: 'noon' }), [400, 422]],
  [post(path, { ...reading, station: 'x'.repeat(MAX_BODY_BYTES) }), 413],
]

/**
 * `requests` is the number of requests of one measurement; `status`, `type` and `content` check the response;
 * `refusals` are sent once, and only their status is checked. `servers` names the files of the servers that do the job;
 * all without it; `folder` is their folder in `servers/`. `isConditional`: the request is measured with the ETag of that
 * response in If-None-Match, and answered by a 304. `isLogged`: the access log has a line of each request. `alike` names
 * two servers whose responses and log lines have the same members.
 */
export const jobs = {
  a: {
    title: 'small JSON GET',
    requests: 20_000,
    request: get('/hello/42', JSON_TYPE),
    status: 200,
    type: JSON_TYPE,
    content: (text) => assert.deepEqual(JSON.parse(text), { hello: 'world', id: '42' }),
    refusals: [],
  },
  'b-json': {
    title: '100 rows, as JSON by Accept',
    requests: 4_000,
    request: get('/readings', JSON_TYPE),
    status: 200,
    type: JSON_TYPE,
    varies: true,
    content: listed,
    refusals: [
      [get('/readings', 'image/png'), 406],
      [get('/readings', '*/*'), 200],
      [get('/readings', 'text/csv;q=0.1, application/json;q=0.9'), 200],
    ],
  },
  'b-csv': {
    title: '100 rows, as CSV by Accept',
    requests: 2_000,
    request: get('/readings', CSV_TYPE),
    status: 200,
    type: CSV_TYPE,
    varies: true,
    content: (text) => assert.equal(text, stringify(readings, CSV_OPTIONS)),
    refusals: [],
  },
  c: {
    title: 'POST: 415, parse, validate, 201',
    requests: 12_000,
    request: post('/readings', reading),
    status: 201,
    type: JSON_TYPE,
    content: created,
    refusals: refusedBy('/readings'),
  },
  'c-schema': {
    title: 'the same by zod, content and response',
    requests: 12_000,
    request: post('/checked', reading),
    status: 201,
    type: JSON_TYPE,
    content: created,
    refusals: refusedBy('/checked'),
  },
  'c-json': {
    title: 'the same by JSON Schema, content and response',
    requests: 12_000,
    request: post('/checked-json', reading),
    status: 201,
    type: JSON_TYPE,
    content: created,
    refusals: refusedBy('/checked-json'),
  },
  'b-page': {
    title: 'a page of 100 rows of 1,000: X-Pagination, Link, ETag',
    requests: 4_000,
    servers: ['node-http', 'mazurka', 'fastify', 'hono'],
    request: get('/table?page=3&page_size=100', JSON_TYPE),
    status: 200,
    type: JSON_TYPE,
    content: (text, headers) => {
      assert.deepEqual(JSON.parse(text), table.slice(200, 300))
      assert.match(headers.get('etag'), /^(W\/)?"/)
      assert.match(headers.get('link'), /page=2.*rel="?prev/)
      assert.equal(JSON.parse(headers.get('x-pagination')).total, 1000)
    },
    refusals: [[get('/table?page=0', JSON_TYPE), [400, 422]]],
  },
  d: {
    title: 'thrown 404 as problem+json',
    requests: 12_000,
    request: get('/missing/7', JSON_TYPE),
    status: 404,
    type: PROBLEM_TYPE,
    content: (text) => {
      const { status, title, detail } = JSON.parse(text)
      assert.deepEqual([status, title, detail], [404, 'Not Found', 'No such reading'])
    },
    refusals: [],
  },
  e: {
    title: 'GET by id, If-None-Match → 304',
    requests: 16_000,
    isConditional: true,
    request: get('/states/42', JSON_TYPE),
    status: 200,
    type: JSON_TYPE,
    content: (text, headers) => {
      assert.deepEqual(JSON.parse(text), table[41])
      assert.match(headers.get('etag'), /^(W\/)?"/)
    },
    refusals: [
      [{ ...get('/states/42'), headers: { accept: JSON_TYPE, 'if-none-match': '"another"' } }, 200],
      [get('/states/0', JSON_TYPE), 404],
    ],
  },
  f: {
    title: 'c-schema behind CORS, security headers, request id, access log',
    requests: 10_000,
    folder: 'production/',
    servers: ['node-http', 'polka', 'mazurka', 'fastify', 'hono', 'koa', 'express'],
    isLogged: true,
    alike: ['node-http', 'mazurka'],
    request: fromPage(post('/checked', reading)),
    status: 201,
    type: JSON_TYPE,
    content: (text, headers) => {
      created(text)
      assert.equal(headers.get('access-control-allow-origin'), ORIGIN)
      assert.equal(headers.get('access-control-allow-credentials'), 'true')
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.match(headers.get('content-security-policy'), /default-src '/)
      assert.match(headers.get('x-request-id'), /^[\da-f-]{36}$/)
    },
    refusals: [
      ...refusedBy('/checked').map(([refused, status]) => [fromPage(refused), status]),
      [preflight, [200, 204]],
    ],
  },
  'g-zod': {
    title: '100 rows through a zod schema of the response',
    requests: 3_000,
    request: get('/rows', JSON_TYPE),
    status: 200,
    type: JSON_TYPE,
    content: listed,
    refusals: [],
  },
  'g-json': {
    title: '100 rows through a JSON Schema of the response',
    requests: 3_000,
    request: get('/rows-json', JSON_TYPE),
    status: 200,
    type: JSON_TYPE,
    content: listed,
    refusals: [],
  },
}

/**
 * Sends each request of a job once.
 *
 * @param server has the `origin`, and the answer to `ask('log')`.
 * @returns the names of the fields of the response, and those of the members of its log line.
 * @throws {AssertionError} when a response is wrong.
 */
export async function check(server, job) {
  const { origin } = server
  const { status, headers, text } = await send(origin, job.request)
  assert.equal(status, job.status)
  assert.equal(headers.get('content-type')?.split(';')[0], job.type)
  if (job.varies) assert.match(headers.get('vary') ?? 'no Vary', /\baccept\b/i)
  job.content(text, headers)
  const members = job.isLogged ? await checkLog(server, job) : []
  if (job.isConditional) await checkNotModified(origin, job)
  for (const [refused, statuses] of job.refusals) {
    const { status } = await send(origin, refused)
    const isRight = [statuses].flat().includes(status)
    assert.ok(isRight, `${status} instead of ${statuses} for ${describe(refused)}`)
  }
  return { fields: [...headers.keys()], members }
}

/** @returns the request of a job as it is measured, and the status of its response. */
export async function measured(origin, { request, status, isConditional }) {
  if (!isConditional) return { request, status }
  const { headers: received } = await send(origin, request)
  const headers = { ...request.headers, 'if-none-match': received.get('etag') }
  return { request: { ...request, headers }, status: 304 }
}

/** The lines of a request have its path and its status; some logs write two. @returns the members of a line of JSON. */
async function checkLog(server, { request, status }) {
  await setTimeout(50) // the line is written when the response has closed
  const lines = await server.ask('log')
  const text = lines.join('')
  assert.ok(text.includes(request.path) && text.includes(String(status)), `log: ${text}`)
  return text.startsWith('{') ? Object.keys(JSON.parse(lines[0])) : []
}

async function checkNotModified(origin, job) {
  const conditional = await measured(origin, job)
  const { status, headers, text } = await send(origin, conditional.request)
  assert.equal(status, conditional.status)
  assert.equal(headers.get('etag'), conditional.request.headers['if-none-match'])
  assert.equal(text, '')
}

/** By `node:http`: `fetch` adds Cache-Control where If-None-Match is, and servers then send no 304. */
async function send(origin, { method, path, headers, content }) {
  const open = async () => {
    const sent = request(origin + path, { method, headers })
    sent.end(content)
    const [response] = await once(sent, 'response')
    return response
  }
  const response = await open().catch(open) // a server may have closed the connection behind a 413
  return {
    status: response.statusCode,
    headers: new Headers(response.headers),
    text: (await response.toArray()).join(''),
  }
}

function describe({ method, path, headers, content = '' }) {
  return `${method} ${path} ${JSON.stringify(headers)} ${content.slice(0, 60)}`
}
