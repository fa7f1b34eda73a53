/** Types of the client's calls and results. Nothing here runs: `tsc --noEmit` checks it. */
import { arrayPager, endpoint, NotFound, RestBlueprint, serializeResponse } from 'mazurka'
import { Api } from 'mazurka/api'
import {
  type Below,
  type Client,
  client,
  type Items,
  isClientError,
  type ReceivedEvent,
  type Wire,
} from 'mazurka/client'
import { event, type ServerSentEvent } from 'mazurka/renderers'
import polka from 'polka'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'

interface Pet {
  id: number
  name: string
}

const One = z.object({ id: z.int(), name: z.string() })
const Dated = z.object({ at: z.date(), n: z.string().transform((text) => text.length) })
const Missing = z.object({ suggestion: z.string() })
const Taken = z.object({ owner: z.string() })
declare const pet: Pet

class Mine extends RestBlueprint {
  own(): this {
    return this
  }
}

const api = new Mine('api')
  .get('/pets', { response: z.array(One), query: z.object({ tag: z.string().optional() }) }, () => [pet])
  .get('/pets/<int:id>', { response: { 200: One, 404: Missing, 409: Taken } }, () => pet)
  .post('/pets', { body: One, response: { 201: One } }, () => pet)
  .get('/sheets/<int:id>', { outgoing: ['text/csv'] }, () => [pet])
  .get('/bare', { response: { 200: One, 404: null, '5XX': null } }, () => pet)
  .own()
  .put('/pets/<int:id>', { body: One, response: { 200: One, 204: null } }, () => pet)
  .delete('/pets/<int:id>', { response: { 204: null } }, () => {})
  .patch('/pets/<int:id>', { patch: { schema: One, current: () => pet }, response: One }, () => pet)
  .patch(
    '/merged',
    { patch: { schema: One, current: () => pet }, incoming: ['application/merge-patch+json'], response: One },
    () => pet,
  )
  .get('/dated', { response: Dated }, () => ({ at: new Date(), n: 'x' }))
  .get('/search', { query: z.object({ q: z.string(), limit: z.int().default(10) }) }, () => [1])
  .get('/list', { outgoing: ['application/json', 'text/csv'] }, () => [pet])
  .get('/more', { outgoing: [null, 'text/html'] }, () => [pet])
  .get('/table', { outgoing: ['text/csv'], response: z.array(One) }, () => [pet])
  .get('/own', { outgoing: { 'image/png': () => 'x' } }, () => 'x')
  .get('/any', { outgoing: { 'text/csv': () => 'x', '*/*': () => 'x' } }, () => 'x')
  .get('/types', { response: { 'application/json': One, 'application/x-ndjson': z.array(Taken) } }, () => pet)
  .get('/plain', async () => [{ a: 1, at: new Date() }])
  .get('/represented', () => serializeResponse({ b: 'x' }, { status: 200 }))
  .get('/rows', async function* () {
    yield { c: true }
  })
  .get('/nothing', () => {})
  .get('/made', () => new Response('x'))
  .get('/events', async function* (): AsyncGenerator<ServerSentEvent> {
    yield event({ data: 1 })
  })
  .get('/wrapped', { paginate: { pager: arrayPager, envelope: true } }, () => [pet])
  .get('/named', { headers: z.object({ 'x-count': z.int() }) }, () => 1)
  .get('/files/<path:file>/:a/<any(day,week):span>', () => 1)
  .post('/forms', { body: { 'application/json': One, 'text/csv': z.string() } }, () => 1)
  .post('/scans', { files: { scan: {} } }, () => 1)
  .post('/photos', { files: { photo: { required: true }, more: { multiple: true } } }, () => 1)
  .route('/route/<int:id>', {
    get: ({ params }) => params.id,
    put: endpoint({ body: One, response: One }, ({ body }) => body),
    delete: null,
  })
  .before(() => {})
  .errorHandler(404, () => 1)
  .register(polka())

const pets = client<typeof api>('http://localhost')

describe('a blueprint declared in a chain', () => {
  it('keeps its class', () => {
    expectTypeOf(api).toExtend<Mine>()
    expectTypeOf<typeof pets>().toEqualTypeOf<Client<typeof api>>()
    expectTypeOf<keyof (typeof api)['~endpoints'] & `${string} /route/${string}`>().toEqualTypeOf<
      'GET /route/<int:id>' | 'PUT /route/<int:id>'
    >()
  })
})

describe('a path', () => {
  it('must be declared with the method of the call', () => {
    // @ts-expect-error no such path
    pets.get('/pet')
    // @ts-expect-error no POST at this path
    pets.post('/list')
    // @ts-expect-error set to null
    pets.delete('/route/<int:id>', { params: { id: 1 } })
    pets.head('/list')
  })

  it('is a compile error that names the chain, when the blueprint was declared in separate statements', () => {
    const loose = client<RestBlueprint>('http://localhost')
    // @ts-expect-error The type has no endpoints: declare them in a chain
    loose.get('/any')
    // @ts-expect-error an Api without registered blueprints
    client<Api>('http://localhost').get('/any')
  })

  it('is any string, and the data unknown, of a client without a type', async () => {
    const loose = client('http://localhost')
    expectTypeOf((await loose.get('/any/:thing', { params: { thing: 1 } })).data).toBeUnknown()
  })

  it('may be below a prefix', async () => {
    const below = client<Below<'/v1', typeof api>>('http://localhost')
    expectTypeOf((await below.get('/v1/pets')).data).toEqualTypeOf<Pet[]>()
    // @ts-expect-error the prefix is missing
    below.get('/pets')
  })
})

describe('a whole application', () => {
  const photos = new RestBlueprint('photos').get('/photos', { response: z.array(One) }, () => [])
  const shop = new Api(polka(), { title: 'Shop', version: '1' })
    .registerBlueprint(api, { prefix: '/v1' })
    .registerBlueprint(photos)

  it('is an Api, whose type has the endpoints of its blueprints below their prefixes', async () => {
    const remote = client<typeof shop>('http://localhost')
    expectTypeOf((await remote.get('/v1/pets')).data).toEqualTypeOf<Pet[]>()
    expectTypeOf((await remote.get('/photos')).data).toEqualTypeOf<Pet[]>()
    remote.put('/v1/pets/<int:id>', { params: { id: 1 }, body: pet })
    // @ts-expect-error the prefix is missing
    remote.get('/pets')
  })

  it('may be a list of blueprints, nested ones below their prefixes', async () => {
    const nested = new RestBlueprint('nested')
      .get('/photos', { response: z.array(One) }, () => [])
      .register(api, { prefix: '/pets/<int:id>' })
    const remote = client<[typeof api, typeof nested]>('http://localhost')
    expectTypeOf((await remote.get('/pets')).data).toEqualTypeOf<Pet[]>()
    expectTypeOf((await remote.get('/pets/<int:id>/photos', { params: { id: 1 } })).data).toEqualTypeOf<
      Pet[]
    >()
    // @ts-expect-error the prefix is missing
    remote.get('/photos')
  })
})

describe('each', () => {
  it('is for lists only', () => {
    pets.each('/pets')
    pets.each('/plain')
    // @ts-expect-error one pet is not a list
    pets.each('/pets/<int:id>', { params: { id: 1 } })
    // @ts-expect-error one pet is not a list
    pets.each('/represented')
  })
})

describe('the requested media type', () => {
  it('determines the type of the data', async () => {
    expectTypeOf((await pets.get('/pets')).data).toEqualTypeOf<Pet[]>()
    expectTypeOf((await pets.get('/pets', { accept: 'text/csv' })).data).toEqualTypeOf<string>()
    expectTypeOf((await pets.get('/pets', { accept: 'application/x-ndjson' })).data).toEqualTypeOf<
      Items<Pet>
    >()
    expectTypeOf((await pets.get('/pets', { accept: 'text/event-stream' })).data).toEqualTypeOf<Items<Pet>>()
    expectTypeOf((await pets.get('/pets', { accept: 'application/vnd.x+json' })).data).toEqualTypeOf<Pet[]>()
    expectTypeOf((await pets.get('/pets', { accept: 'image/png' })).data).toEqualTypeOf<Blob>()
  })

  it('can be overridden by as', async () => {
    expectTypeOf((await pets.get('/pets', { as: 'text' })).data).toEqualTypeOf<string>()
    expectTypeOf((await pets.get('/pets', { as: 'bytes' })).data).toEqualTypeOf<ArrayBuffer>()
    expectTypeOf((await pets.get('/pets', { as: 'blob' })).data).toEqualTypeOf<Blob>()
    const { data } = await pets.get('/pets', { accept: 'text/csv', as: 'stream' })
    expectTypeOf(data).toEqualTypeOf<ReadableStream<Uint8Array>>()
    const events = await pets.get('/pets', { accept: 'text/event-stream', as: 'events' })
    expectTypeOf(events.data).toEqualTypeOf<Items<ReceivedEvent<Pet>>>()
  })

  it('must be offered, where the endpoint lists its types', async () => {
    expectTypeOf((await pets.get('/list')).data).toEqualTypeOf<Pet[]>()
    pets.get('/list', { accept: 'text/csv' })
    pets.get('/more', { accept: 'text/html' })
    pets.get('/more', { accept: 'application/x-other' })
    // @ts-expect-error not offered
    pets.get('/list', { accept: 'application/x-ndjson' })
    // @ts-expect-error JSON is not offered, so accept is required
    pets.get('/table')
    pets.get(
      '/sheets/<int:id>',
      // @ts-expect-error as above: the error is that of the argument, not of its members
      {
        params: { id: 1 },
      },
    )
    expectTypeOf((await pets.get('/table', { accept: 'text/csv' })).data).toEqualTypeOf<string>()
    expectTypeOf((await pets.get('/own', { accept: 'image/png' })).data).toEqualTypeOf<Blob>()
    pets.get('/any', { accept: 'application/x-other' }) // a fallback serves any type
    pets.get('/any')
    // @ts-expect-error renderers in the options list the types, too
    pets.get('/own', { accept: 'text/csv' })
  })

  it('may have its own schema', async () => {
    expectTypeOf((await pets.get('/types')).data).toEqualTypeOf<Pet>()
    const rows = await pets.get('/types', { accept: 'application/x-ndjson' })
    expectTypeOf(rows.data).toEqualTypeOf<Items<{ owner: string }>>()
  })
})

describe('data', () => {
  it('is the output type of the schema, as JSON', async () => {
    expectTypeOf((await pets.get('/dated')).data).toEqualTypeOf<{ at: string; n: number }>()
    expectTypeOf<
      Wire<{ a?: bigint; b: Set<Date>; c: [Date, 'x']; d: unknown; e: Buffer; f: Uint8Array }>
    >().toEqualTypeOf<{
      a?: string
      b: string[]
      c: [string, 'x']
      d: unknown
      e: string
      f: string
    }>()
  })

  it('is the return type of the handler, where no response is declared', async () => {
    expectTypeOf((await pets.get('/plain')).data).toEqualTypeOf<{ a: number; at: string }[]>()
    expectTypeOf((await pets.get('/represented')).data).toEqualTypeOf<{ b: string }>()
    expectTypeOf((await pets.get('/rows')).data).toEqualTypeOf<{ c: boolean }[]>()
    const rows = await pets.get('/rows', { accept: 'application/x-ndjson' })
    expectTypeOf(rows.data).toEqualTypeOf<Items<{ c: boolean }>>()
    expectTypeOf((await pets.get('/nothing')).data).toEqualTypeOf<undefined>()
    expectTypeOf((await pets.get('/made')).data).toBeUnknown()
    const events = await pets.get('/events', { accept: 'text/event-stream' })
    expectTypeOf(events.data).toEqualTypeOf<Items<unknown>>()
    const route = await pets.get('/route/<int:id>', { params: { id: 1 } })
    expectTypeOf(route.data).toEqualTypeOf<number>()
  })

  it('has nothing of an exception that a handler returns, and is unknown where it writes the response', async () => {
    const mixed = new RestBlueprint('mixed')
      .get('/found', () => (Math.random() > 0.5 ? { a: 1 } : new NotFound()))
      .get('/named', () => ({ name: 'x', message: 'x' }))
      .get('/written', (_request, response) => (Math.random() > 0.5 ? { a: 1 } : response.end()))
      .get('/blob', () => new Blob(['x']))
      .get('/bytes', () => new ReadableStream<Uint8Array>())
    const remote = client<typeof mixed>('http://localhost')
    expectTypeOf((await remote.get('/found')).data).toEqualTypeOf<{ a: number }>()
    expectTypeOf((await remote.get('/named')).data).toEqualTypeOf<{ name: string; message: string }>()
    expectTypeOf((await remote.get('/written')).data).toBeUnknown()
    expectTypeOf((await remote.get('/blob')).data).toBeUnknown()
    expectTypeOf((await remote.get('/bytes')).data).toBeUnknown()
  })

  it('is narrowed by the status', async () => {
    const answer = await pets.put('/pets/<int:id>', { params: { id: 1 }, body: pet })
    expectTypeOf(answer.data).toEqualTypeOf<Pet | undefined>()
    if (answer.status === 200) expectTypeOf(answer.data).toEqualTypeOf<Pet>()
    else expectTypeOf(answer.data).toEqualTypeOf<undefined>()
    const gone = await pets.delete('/pets/<int:id>', { params: { id: 1 } })
    expectTypeOf(gone.status).toEqualTypeOf<204>()
    expectTypeOf((await pets.head('/pets')).data).toEqualTypeOf<undefined>()
  })

  it('of pages is a list of items, or an envelope', async () => {
    expectTypeOf((await pets.get('/wrapped')).data.items).toEqualTypeOf<Pet[]>()
    expectTypeOf((await pets.get('/wrapped')).data.pagination.total).toEqualTypeOf<number>()
    for await (const one of pets.each('/wrapped')) expectTypeOf(one).toEqualTypeOf<Pet>()
    for await (const one of pets.each('/pets')) expectTypeOf(one).toEqualTypeOf<Pet>()
    for await (const { data } of pets.pages('/pets')) expectTypeOf(data).toEqualTypeOf<Pet[]>()
  })

  it('is the earlier data on a 304', async () => {
    const read = await pets.get('/pets')
    const again = await pets.get('/pets', { ifNoneMatch: read })
    expectTypeOf(again.data).toEqualTypeOf<Pet[]>()
    const other = await pets.get('/pets', { ifNoneMatch: '"x"' })
    if (other.notModified) expectTypeOf(other.data).toEqualTypeOf<undefined>()
    else expectTypeOf(other.data).toEqualTypeOf<Pet[]>()
  })
})

describe('arguments', () => {
  it('in the path are the parameters of the template', () => {
    pets.get('/files/<path:file>/:a/<any(day,week):span>', { params: { file: 'x', a: 7, span: 'day' } })
    // @ts-expect-error neither day nor week
    pets.get('/files/<path:file>/:a/<any(day,week):span>', { params: { file: 'x', a: 7, span: 'year' } })
    // @ts-expect-error params is required
    pets.get('/pets/<int:id>')
    // @ts-expect-error id is a number
    pets.get('/pets/<int:id>', { params: { id: 'x' } })
    // @ts-expect-error no such parameter
    pets.get('/pets/<int:id>', { params: { id: 1, name: 'x' } })
  })

  it('in the query and header fields have the input types of their schemas', () => {
    pets.get('/search', { query: { q: 'x' } })
    pets.get('/search', { query: { q: 'x', limit: 5 } })
    // @ts-expect-error q is required
    pets.get('/search')
    // @ts-expect-error q is a string
    pets.get('/search', { query: { q: 1 } })
    // @ts-expect-error page is not in the schema
    pets.get('/search', { query: { q: 'x', page: 1 } })
    pets.get('/list', { query: { whatever: [1, new Date()] } })
    pets.get('/named', { headers: { 'x-count': 1, 'x-other': 'x' } })
    // @ts-expect-error x-count is required
    pets.get('/named')
  })

  it('in content have the input type of its schema', () => {
    pets.post('/pets', { body: { id: 1, name: 'x' } })
    // @ts-expect-error body is required
    pets.post('/pets')
    // @ts-expect-error id is a number
    pets.post('/pets', { body: { id: '1', name: 'x' } })
    // @ts-expect-error a GET has no content
    pets.get('/pets', { body: pet })
    pets.put('/route/<int:id>', { params: { id: 1 }, body: pet })
  })

  it('in content depend on its media type', () => {
    pets.post('/forms', { body: pet })
    pets.post('/forms', { contentType: 'text/csv', body: 'id,name' })
    // @ts-expect-error CSV is a string
    pets.post('/forms', { contentType: 'text/csv', body: pet })
    // @ts-expect-error JSON is a pet
    pets.post('/forms', { body: 'id,name' })
  })

  it('in patches need their content type', () => {
    const params = { id: 1 }
    pets.patch('/pets/<int:id>', { params, contentType: 'application/merge-patch+json', body: { name: 'x' } })
    const body = [{ op: 'replace', path: '/name', value: 'x' }] as const
    pets.patch('/pets/<int:id>', { params, contentType: 'application/json-patch+json', body })
    // @ts-expect-error contentType is required
    pets.patch('/pets/<int:id>', { params, body: { name: 'x' } })
    // @ts-expect-error name is a string
    pets.patch('/pets/<int:id>', { params, contentType: 'application/merge-patch+json', body: { name: 1 } })
    pets.patch('/merged', { contentType: 'application/merge-patch+json', body: { name: 'x' } })
    // @ts-expect-error the endpoint accepts merge patches alone
    pets.patch('/merged', { contentType: 'application/json-patch+json', body })
  })

  it('in files are blobs', () => {
    const photo = new Blob(['x'])
    pets.post('/photos', { files: { photo } })
    pets.post('/scans', { files: {} })
    // @ts-expect-error: without files the content is JSON
    pets.post('/scans', { body: {} })
    pets.post('/photos', { files: { photo, more: [photo, photo] } })
    // @ts-expect-error photo is required
    pets.post('/photos', { files: {} })
    // @ts-expect-error photo is a single file
    pets.post('/photos', { files: { photo: [photo] } })
  })

  it('with an unknown name are compile errors', () => {
    // @ts-expect-error a typo
    pets.get('/pets', { qeury: {} })
    // @ts-expect-error a typo beside a known option
    pets.get('/pets', { accept: 'text/csv', sigal: undefined })
  })
})

describe('a failure', () => {
  it('has the type of the declared problem, or of any problem', async () => {
    const answer = await pets.get('/pets/<int:id>', { params: { id: 1 }, throws: false })
    expectTypeOf(answer.ok).toEqualTypeOf<boolean>()
    if (answer.ok) return expectTypeOf(answer.data).toEqualTypeOf<Pet>()
    if (answer.status === 404) expectTypeOf(answer.error.problem.suggestion).toEqualTypeOf<string>()
    else if (answer.status === 409) expectTypeOf(answer.error.problem.owner).toEqualTypeOf<string>()
    else expectTypeOf(answer.error.problem.suggestion).toBeUnknown()
    expectTypeOf(answer.error.problem.title).toEqualTypeOf<string>()
  })

  it('has a plain problem where null is declared', async () => {
    const answer = await pets.get('/bare', { throws: false })
    if (answer.ok) return
    if (answer.status === 404) expectTypeOf(answer.error.problem.detail).toEqualTypeOf<string | undefined>()
    if (answer.status === 503) expectTypeOf(answer.error.problem.detail).toEqualTypeOf<string | undefined>()
    expectTypeOf(answer.error.problem.status).toEqualTypeOf<number>()
  })

  it('has the same type when it is caught, and asked for by its call', async () => {
    try {
      await pets.get('/pets/<int:id>', { params: { id: 1 } })
    } catch (error) {
      if (!isClientError(error, pets.get, '/pets/<int:id>')) throw error
      if (error.status === 404) expectTypeOf(error.problem.suggestion).toEqualTypeOf<string>()
      else if (error.status === 409) expectTypeOf(error.problem.owner).toEqualTypeOf<string>()
      else expectTypeOf(error.problem.suggestion).toBeUnknown()
      expectTypeOf(error.problem.title).toEqualTypeOf<string>()
      // @ts-expect-error no such path
      isClientError(error, pets.get, '/pet')
      // @ts-expect-error no DELETE at this path
      isClientError(error, pets.delete, '/list')
    }
  })

  it('is not in the return type when failures are thrown', async () => {
    const answer = await pets.get('/pets/<int:id>', { params: { id: 1 } })
    expectTypeOf(answer.ok).toEqualTypeOf<true>()
  })
})
