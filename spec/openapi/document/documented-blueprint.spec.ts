/** A documented blueprint on a real server: every response is one of those in its document. */
import { describe, expect, it } from 'vitest'
import { kitchen } from '../../support/kitchen.ts'
import { documented, responseAt } from '../../support/open-api.ts'
import { polkas } from '../../support/polka.ts'
import { serve } from '../../support/server.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const pet = JSON.stringify({ id: 1, name: 'Tom', nick: null, owner: null })
const cookie = { cookie: 'session=1' }

interface RequestCase extends RequestInit {
  readonly method: string
  readonly path: string
  readonly status: number
}

function request(method: string, path: string, status: number, init: RequestInit = {}): RequestCase {
  return { method, path, status, ...init }
}

function send(method: string, path: string, status: number, body: string, headers: object = {}): RequestCase {
  return request(method, path, status, { body, headers: { ...JSON_TYPE, ...headers } })
}

const MERGE = { 'content-type': 'application/merge-patch+json' }
const OPERATIONS = { 'content-type': 'application/json-patch+json' }
const reading = '{"celsius":1,"at":"2026-01-01T00:00:00Z","note":null}'

const requests: readonly RequestCase[] = [
  request('GET', '/pets', 200, { headers: cookie }),
  request('GET', '/pets', 200, { headers: { ...cookie, accept: 'text/csv' } }),
  request('GET', '/pets', 200, { headers: { ...cookie, accept: 'application/x-ndjson' } }),
  request('GET', '/pets', 406, { headers: { ...cookie, accept: 'image/png' } }),
  request('GET', '/pets', 422),
  request('GET', '/pets?page_size=1000', 422, {
    headers: { ...cookie, accept: 'text/html, text/csv;q=0.1' },
  }),
  request('GET', `/pets?${'a&'.repeat(1001)}`, 400, { headers: cookie }),
  request('GET', '/pets', 412, { headers: { ...cookie, 'if-match': '"none"' } }),
  send('POST', '/pets', 201, pet),
  send('POST', '/pets', 400, '{'),
  send('POST', '/pets', 413, `"${'x'.repeat(1_100_000)}"`),
  send('POST', '/pets', 415, '<pet/>', { 'content-type': 'text/xml' }),
  send('POST', '/pets', 422, '{}', { accept: 'text/plain, application/json;q=0.1' }),
  request('GET', '/pets/1', 200),
  request('GET', '/pets/1', 304, { headers: { 'if-none-match': '*' } }),
  send('PUT', '/pets/1', 428, pet),
  send('PUT', '/pets/1', 412, pet, { 'if-match': '"none"' }),
  send('PUT', '/pets/1', 200, pet, { 'if-match': '*' }),
  send('PATCH', '/pets/1', 200, '{"name":"Tim"}', MERGE),
  send('PATCH', '/pets/1', 409, '[{"op":"remove","path":"/no"}]', OPERATIONS),
  request('PATCH', '/pets/1', 422),
  request('DELETE', '/pets/1', 204, { headers: { 'if-match': '*' } }),
  request('DELETE', '/pets/1', 428),
  send('POST', '/readings', 202, reading),
  request('GET', '/folders', 200),
]

/** Header fields of the framework. */
const FIELDS = ['etag', 'last-modified', 'x-pagination', 'link', 'vary', 'accept', 'accept-post']

describe.each(polkas)('a documented blueprint on $name', ({ polka }) => {
  it.each(requests)('sends a response of its document: $method $path → $status', async (request) => {
    const { path, status, ...init } = request
    const api = kitchen()
    const document = await documented(api)
    const app = polka()
    api.register(app)
    const { fetch } = await serve(app)
    const response = await fetch(`/kitchen${path}`, init)
    expect([response.status, (await response.text()).slice(0, 200)]).toEqual([status, expect.any(String)])
    const template = path.replace(/\?.*/, '').replace('/1', '/{id}')
    const described = responseAt(document, `/kitchen${template}`, status, request.method.toLowerCase())
    expect(described).toBeDefined()
    const type = response.headers.get('content-type')?.split(';')[0]
    expect(Object.keys(described.content ?? {})).toEqual(type ? expect.arrayContaining([type]) : [])
    const named = Object.keys(described.headers ?? {}).map((name) => name.toLowerCase())
    expect(named).toEqual(expect.arrayContaining(FIELDS.filter((name) => response.headers.has(name))))
  })
})
