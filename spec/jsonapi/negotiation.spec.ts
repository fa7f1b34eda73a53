/** The media type of JSON:API with its parameters, in Accept and in Content-Type. */
import { describe, expect, it } from 'vitest'
import { getBestMimetype, HttpException, RestBlueprint } from '../../lib/index.ts'
import { jsonApiObject } from '../../lib/jsonapi/protocol/applied-extensions.ts'
import {
  JsonApiBlueprint,
  type JsonApiBlueprintOptions,
} from '../../lib/jsonapi/protocol/json-api-blueprint.ts'
import { csv, ndjson } from '../../lib/renderers.ts'
import { type JsonApi, jsonApi } from '../support/json-api.ts'
import { quiet } from '../support/logger.ts'
import { polka } from '../support/polka.ts'
import { type Served, serve } from '../support/server.ts'

const TYPE = 'application/vnd.api+json'
const ATOMIC = 'https://jsonapi.org/ext/atomic'
const CURSOR = 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination/'
const PERSON = { type: 'person', id: '1', attributes: { name: 'Ada' } }

interface People extends Served {
  readonly api: JsonApi
  /** Calls of handlers that write. */
  readonly writes: string[]
}

/** People in all the forms of endpoints: a collection that is also CSV, a resource, operations. */
async function people(options: JsonApiBlueprintOptions = {}): Promise<People> {
  const writes: string[] = []
  const blueprint = new JsonApiBlueprint('people', { logger: quiet(), ...options })
  blueprint.contentRenderer.renders('text/csv', csv()).renders('application/x-ndjson', ndjson())
  const types = [null, 'text/csv', 'application/x-ndjson']
  blueprint
    .get('/people', { outgoing: types, profiles: [CURSOR] }, function list(request) {
      const isDocument = getBestMimetype(request) === TYPE
      return isDocument ? { data: [PERSON], jsonapi: jsonApiObject(request) } : [PERSON.attributes]
    })
    .get('/people/:id', (request) => ({ data: PERSON, jsonapi: jsonApiObject(request) }))
    .post('/people', { status: 201 }, function add(request) {
      writes.push('POST')
      return { data: PERSON, jsonapi: jsonApiObject(request) }
    })
    .delete('/people/:id', function remove() {
      writes.push('DELETE')
    })
    .post('/operations', { requiredExtensions: [ATOMIC] }, function operate(request) {
      writes.push('operations')
      return { 'atomic:results': [{ data: PERSON }], jsonapi: jsonApiObject(request) }
    })
  const app = polka()
  blueprint.register(app, { prefix: '/api' })
  const served = await serve(app)
  return { ...served, api: jsonApi(served), writes }
}

const NEW = { data: { type: 'person', attributes: { name: 'Ada' } } }
const OPERATION = { 'atomic:operations': [{ op: 'add', data: NEW.data }] }

describe('Accept', () => {
  it.each([
    ['no field', undefined],
    ['an empty field (RES-061)', ''],
    ['anything', '*/*'],
    ['anything beside other types (RES-062)', 'application/json, text/plain, */*'],
    ['any application', 'application/*'],
    ['the type', TYPE],
    ['the type in capitals', 'APPLICATION/VND.API+JSON'],
    ['the type with a weight', `${TYPE};q=0.8`],
    ['a plain instance beside one with a parameter (RES-064, FJ-119)', `${TYPE}; version=2, ${TYPE}`],
    ['an unknown profile, which is ignored', `${TYPE}; profile="https://example.com/unknown"`],
    ['an unsupported extension beside a plain instance', `${TYPE}; ext="https://example.com/x", ${TYPE}`],
    ['a type with a parameter beside anything', `${TYPE}; charset=utf-8, */*;q=0.1`],
  ])('is met by JSON:API where it is %s (RES-065, JA-4)', async (_, accept) => {
    const { fetch } = await people()
    const response = await fetch('/api/people/1', accept === undefined ? {} : { headers: { accept } })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(TYPE)
    expect(response.headers.get('vary')).toBe('Accept')
  })

  it('is a 406 for other types, for all methods and before anything is written (RES-063, RES-070, FJ-118)', async () => {
    const { api, writes } = await people()
    const accept = 'application/json'
    for (const line of ['GET /api/people/1', 'POST /api/people', 'DELETE /api/people/1']) {
      const { status, document } = await api.send(line, line.startsWith('POST') ? NEW : undefined, { accept })
      expect(status).toBe(406)
      expect(document.errors[0].detail).toBe(`Available media types: ${TYPE}`)
      expect(document.errors[0].source).toEqual({ header: 'Accept' })
    }
    expect(writes).toEqual([])
  })

  it.each([
    ['a charset', `${TYPE}; charset=utf-8`, "parameter 'charset'"],
    ['a version, in all instances', `${TYPE}; version=1;q=0.2, ${TYPE}; version=2`, "parameter 'version'"],
    ['an unsupported extension', `${TYPE}; ext="${ATOMIC}"`, `extension ${ATOMIC} is not supported`],
    ['one that no other type replaces', `${TYPE}; a=b, text/html`, "parameter 'a'"],
    ['no extension where one is refused', `${TYPE}; ext="x y", ${TYPE};q=0`, 'extension x'],
  ])(
    'is a 406 with a reason where each instance of the type has a parameter: %s (RES-064, RES-065, FJ-119, JA-6)',
    async (_, accept, reason) => {
      const { api } = await people()
      const { status, document } = await api.get('/api/people/1', { accept })
      expect(status).toBe(406)
      expect(document.errors[0].detail).toContain(`Accept has ${TYPE} only with parameters`)
      expect(document.errors[0].detail).toContain(reason)
    },
  )

  it('does not take a longer name for the type (RES-065)', async () => {
    const { api } = await people()
    expect((await api.get('/api/people/1', { accept: `${TYPE}x` })).status).toBe(406)
  })

  it('chooses among the other types of a collection, with Vary (JA-6)', async () => {
    const { api } = await people()
    const csv = await api.get('/api/people', { accept: 'text/csv' })
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(csv.text).toBe('name\r\nAda\r\n')
    const rows = await api.get('/api/people', {
      accept: `${TYPE}; charset=utf-8, application/x-ndjson;q=0.1`,
    })
    expect(rows.text).toBe('{"name":"Ada"}\n')
    const first = await api.get('/api/people', { accept: '*/*' })
    expect(first.document.data).toEqual([PERSON])
    const weighed = await api.get('/api/people', { accept: `${TYPE};q=0.5, text/csv;q=0.4` })
    expect(weighed.document.data).toEqual([PERSON])
  })

  it('may have a charset where the blueprint allows it', async () => {
    const { api } = await people({ allowCharset: true })
    expect((await api.get('/api/people/1', { accept: `${TYPE}; charset=utf-8` })).status).toBe(200)
    expect((await api.get('/api/people/1', { accept: `${TYPE}; version=1` })).status).toBe(406)
  })

  it('is explained by the endpoint', () => {
    const blueprint = new JsonApiBlueprint('people')
    blueprint.get('/people', { profiles: [CURSOR] }, function list() {})
    const [list] = blueprint.endpoints
    const explained = (accept: string) => list?.explain({ accept })
    expect(explained(`${TYPE}; profile="${CURSOR}"`)?.reason).toContain(`has weight 1 by range ${TYPE}`)
    expect(explained(`${TYPE}; a=b`)?.contentType).toBeUndefined()
  })
})

describe('Content-Type', () => {
  it('is the type, in any case', async () => {
    const { api, writes } = await people()
    expect((await api.post('/api/people', NEW)).status).toBe(201)
    expect((await api.post('/api/people', NEW, { 'content-type': TYPE.toUpperCase() })).status).toBe(201)
    expect(writes).toHaveLength(2)
  })

  it('is a 415 that names the parameter, where it has another than ext and profile (RES-067, FJ-117, JA-5)', async () => {
    const { api, writes } = await people()
    for (const parameter of ['charset=utf-8', 'version=1', 'q=1']) {
      const fields = { 'content-type': `${TYPE}; ${parameter}` }
      const { status, document } = await api.post('/api/people', NEW, fields)
      expect(status).toBe(415)
      expect(document.errors).toEqual([
        {
          status: '415',
          title: 'Unsupported Media Type',
          detail: `The parameter '${parameter.split('=')[0]}' is not allowed: the media type has the parameters ext and profile alone`,
          source: { header: 'Content-Type' },
          meta: { supported: [TYPE] },
        },
      ])
    }
    expect(writes).toEqual([])
  })

  it('may have a charset where the blueprint allows it (FJ-117)', async () => {
    const { api } = await people({ allowCharset: true })
    const fields = (parameter: string) => ({ 'content-type': `${TYPE}; ${parameter}` })
    expect((await api.post('/api/people', NEW, fields('charset=utf-8'))).status).toBe(201)
    expect((await api.post('/api/people', NEW, fields('version=1'))).status).toBe(415)
  })

  it('is a 415 for another type, and where it is missing (RES-066)', async () => {
    const { api, fetch } = await people()
    const other = await api.post('/api/people', NEW, { 'content-type': 'application/json' })
    expect(other.status).toBe(415)
    expect(other.document.errors[0].detail).toBe(`Supported media types: ${TYPE}`)
    const body = new Blob([JSON.stringify(NEW)])
    expect((await fetch('/api/people', { method: 'POST', body })).status).toBe(415)
  })

  it('is a 415 for an extension that is not supported, and not for an unknown profile (JA-5)', async () => {
    const { api } = await people()
    const fields = (name: string) => ({ 'content-type': `${TYPE}; ${name}="https://example.com/x"` })
    const { status, document } = await api.post('/api/people', NEW, fields('ext'))
    expect(status).toBe(415)
    expect(document.errors[0].detail).toBe('The extension https://example.com/x is not supported')
    expect((await api.post('/api/people', NEW, fields('profile'))).status).toBe(201)
  })

  it('is not read where there is no content: GET and DELETE (RES-068)', async () => {
    const { api } = await people()
    const fields = { 'content-type': 'text/plain' }
    expect((await api.get('/api/people/1', fields)).status).toBe(200)
    expect((await api.delete('/api/people/1', undefined, fields)).status).toBe(204)
  })

  it('is read after Accept (RES-070)', async () => {
    const { api } = await people()
    const fields = { accept: 'text/html', 'content-type': 'text/plain' }
    expect((await api.post('/api/people', NEW, fields)).status).toBe(406)
  })
})

describe('an extension', () => {
  const fields = { 'content-type': `${TYPE}; ext="${ATOMIC}"`, accept: `${TYPE}; ext="${ATOMIC}"` }

  it('is in the media type and the jsonapi member of a response that uses it', async () => {
    const { api } = await people()
    const { status, headers, document } = await api.post('/api/operations', OPERATION, fields)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe(`${TYPE}; ext="${ATOMIC}"`)
    expect(document.jsonapi).toEqual({ version: '1.1', ext: [ATOMIC] })
  })

  it('is used for a client that accepts anything', async () => {
    const { api } = await people()
    const { headers } = await api.post('/api/operations', OPERATION, { ...fields, accept: '*/*' })
    expect(headers.get('content-type')).toBe(`${TYPE}; ext="${ATOMIC}"`)
  })

  it('is a 415 where a document needs it and does not name it, before anything is done', async () => {
    const { api, writes } = await people()
    const { status, document } = await api.send('POST /api/operations', OPERATION)
    expect(status).toBe(415)
    expect(document.errors[0].detail).toBe(
      `The Content-Type must name the extension: ${TYPE}; ext="${ATOMIC}"`,
    )
    expect(writes).toEqual([])
  })
})

describe('a profile', () => {
  const ofProfile = `${TYPE}; profile="${CURSOR}"`

  it('is applied where the client asks for it, and named in the response (JA-4)', async () => {
    const { api } = await people()
    const accept = `${TYPE}; profile="https://example.com/unknown ${CURSOR}"`
    const { headers, document } = await api.get('/api/people', { accept })
    expect(headers.get('content-type')).toBe(ofProfile)
    expect(document.jsonapi).toEqual({ version: '1.1', profile: [CURSOR] })
    expect((await api.get('/api/people')).document.jsonapi).toEqual({ version: '1.1' })
  })

  it('belongs to the instance with the highest weight', async () => {
    const { api } = await people()
    const typeFor = async (accept: string) =>
      (await api.get('/api/people', { accept })).headers.get('content-type')
    expect(await typeFor(`${TYPE}, ${ofProfile}`)).toBe(ofProfile)
    expect(await typeFor(`${TYPE}, ${ofProfile};q=0.9`)).toBe(TYPE)
    expect(await typeFor(`${ofProfile};q=0.9, text/csv;q=0.8`)).toBe(ofProfile)
    expect(await typeFor(`${ofProfile};q=0, text/csv;q=0.8`)).toBe('text/csv; charset=utf-8')
  })
})

describe('a response', () => {
  it('has one Content-Type, and none without content (RES-071, FJ-120)', async () => {
    const { raw } = await people()
    const answer = (line: string) =>
      raw(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: ${TYPE}\r\n\r\n`)
    for (const line of ['GET /api/people', 'GET /api/unknown', 'PUT /api/people'])
      expect((await answer(line)).match(/^content-type:.+/gim)).toEqual([`content-type: ${TYPE}`])
    const empty = await answer('DELETE /api/people/1')
    expect(empty).toContain('204 No Content')
    expect(empty).not.toMatch(/content-type/i)
    expect(empty).toMatch(/^vary: accept\r$/im)
  })

  it.each(['text/csv', 'application/json', 'text/html', '*/*', undefined])(
    'is an error document for a client that accepts %s, also for 404 and 405 of the prefix (RES-054)',
    async (accept) => {
      const { api } = await people()
      const fields = accept === undefined ? {} : { accept }
      const missing = await api.get('/api/unknown', fields)
      expect(missing.status).toBe(404)
      expect(missing.document.errors[0].detail).toBe('No resource at /api/unknown')
      const wrong = await api.send('PUT /api/people', undefined, fields)
      expect(wrong.status).toBe(405)
      expect(wrong.headers.get('allow')).toContain('POST')
      expect(wrong.document.errors).toEqual([
        { status: '405', title: 'Method Not Allowed', detail: 'Allowed methods: GET, HEAD, POST, OPTIONS' },
      ])
    },
  )

  it('is an error document in the blueprints that are nested in it, too', async () => {
    const outer = new JsonApiBlueprint('outer', { logger: quiet() })
    const inner = new RestBlueprint('inner')
    inner.get('/broken', () => {
      throw new HttpException(409, 'It is taken')
    })
    inner.register(outer, { prefix: '/inner' })
    const app = polka()
    outer.register(app, { prefix: '/api' })
    const { ask } = await serve(app)
    const { headers, json } = await ask('/api/inner/broken')
    expect(headers.get('content-type')).toBe(TYPE)
    expect(json.errors[0].detail).toBe('It is taken')
  })
})

describe('a blueprint', () => {
  it('refuses an option that is not true or false', () => {
    const options = { allowCharset: 'yes' as unknown as boolean }
    expect(() => new JsonApiBlueprint('people', options)).toThrow(/cannot have allowCharset: 'yes'/)
  })
})
