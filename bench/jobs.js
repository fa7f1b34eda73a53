/** The jobs: the request of each, and the checks on its response. */
import assert from 'node:assert/strict'
import { stringify } from 'csv-stringify/sync'
import { CSV_OPTIONS, CSV_TYPE, JSON_TYPE, MAX_BODY_BYTES, PROBLEM_TYPE, readings, table } from './work.js'

const reading = { station: 'Uppsala', at: '2026-11-24T12:00:00.000Z', celsius: -3.5 }

const get = (path, accept) => ({ method: 'GET', path, headers: { accept } })
const post = (content, type = JSON_TYPE) => ({
  method: 'POST',
  path: '/readings',
  headers: { accept: JSON_TYPE, 'content-type': type },
  content: typeof content === 'string' ? content : JSON.stringify(content),
})

/**
 * `requests` is the number of requests of one measurement; `status`, `type` and `content` check the response;
 * `refusals` are sent once, and only their status is checked. `servers` names the servers that do the job; all
 * without it.
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
    content: (text) => assert.deepEqual(JSON.parse(text), readings),
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
    request: post(reading),
    status: 201,
    type: JSON_TYPE,
    content: (text) => assert.deepEqual(JSON.parse(text), { id: 101, ...reading }),
    refusals: [
      [post('<reading/>', 'text/xml'), 415],
      [post('{"station"'), 400],
      [post({ ...reading, celsius: 'cold' }), [400, 422]],
      [post({ ...reading, at: 'noon' }), [400, 422]],
      [post({ ...reading, station: 'x'.repeat(MAX_BODY_BYTES) }), 413],
    ],
  },
  'c-schema': {
    title: 'the same by a zod schema, and one for the response',
    requests: 12_000,
    servers: ['node-http', 'mazurka', 'fastify', 'hono'],
    request: { ...post(reading), path: '/checked' },
    status: 201,
    type: JSON_TYPE,
    content: (text) => assert.deepEqual(JSON.parse(text), { id: 101, ...reading }),
    refusals: [
      [{ ...post('<reading/>', 'text/xml'), path: '/checked' }, 415],
      [{ ...post('{"station"'), path: '/checked' }, 400],
      [{ ...post({ ...reading, celsius: 'cold' }), path: '/checked' }, [400, 422]],
    ],
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
}

/** Sends each request of a job once. @throws {AssertionError} when a response is wrong. */
export async function check(origin, job) {
  const { response, text } = await request(origin, job.request)
  assert.equal(response.status, job.status)
  assert.equal(response.headers.get('content-type')?.split(';')[0], job.type)
  if (job.varies) assert.match(response.headers.get('vary') ?? 'no Vary', /\baccept\b/i)
  job.content(text, response.headers)
  for (const [refused, statuses] of job.refusals) {
    const { response } = await request(origin, refused)
    const isRight = [statuses].flat().includes(response.status)
    assert.ok(isRight, `${response.status} instead of ${statuses} for ${describe(refused)}`)
  }
}

async function request(origin, { method, path, headers, content }) {
  const send = () => fetch(origin + path, { method, headers, body: content })
  const response = await send().catch(send) // a server may have closed the connection behind a 413
  return { response, text: await response.text() }
}

function describe({ method, path, headers, content = '' }) {
  return `${method} ${path} ${JSON.stringify(headers)} ${content.slice(0, 60)}`
}
