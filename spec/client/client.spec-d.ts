/** What a client may say and what it gets, by the compiler: nothing here runs, `tsc --noEmit` checks it. */
import { arrayPager, endpoint, RestBlueprint, serializeResponse } from 'mazurka'
import { type Below, type Client, client, type Items, type ReceivedEvent, type Wire } from 'mazurka/client'
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
  .own()
  .put('/pets/<int:id>', { body: One, response: { 200: One, 204: null } }, () => pet)
  .delete('/pets/<int:id>', { response: { 204: null } }, () => {})
  .patch('/pets/<int:id>', { patch: { schema: One, current: () => pet }, response: One }, () => pet)
  .get('/dated', { response: Dated }, () => ({ at: new Date(), n: 'x' }))
  .get('/search', { query: z.object({ q: z.string(), limit: z.int().default(10) }) }, () => [1])
  .get('/list', { outgoing: ['application/json', 'text/csv'] }, () => [pet])
  .get('/more', { outgoing: [null, 'text/html'] }, () => [pet])
  .get('/table', { outgoing: ['text/csv'], response: z.array(One) }, () => [pet])
  .get('/own', { outgoing: { 'image/png': () => 'x' } }, () => 'x')
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
  it('is still what it was', () => {
    expectTypeOf(api).toExtend<Mine>()
    expectTypeOf<typeof pets>().toEqualTypeOf<Client<typeof api>>()
    expectTypeOf<keyof (typeof api)['~endpoints'] & `${string} /route/${string}`>().toEqualTypeOf<
      'GET /route/<int:id>' | 'PUT /route/<int:id>'
    >()
  })
})

describe('a path', () => {
  it('is one that was declared with the method', () => {
    // @ts-expect-error no such path
    pets.get('/pet')
    // @ts-expect-error nothing is posted there
    pets.post('/list')
    // @ts-expect-error it is left out
    pets.delete('/route/<int:id>', { params: { id: 1 } })
    pets.head('/list')
  })

  it('of a blueprint that was not declared in a chain is any, and so is what it gives', async () => {
    const loose = client<RestBlueprint>('http://localhost')
    expectTypeOf((await loose.get('/any/:thing', { params: { thing: 1 } })).data).toBeUnknown()
  })

  it('may be below a prefix', async () => {
    const below = client<Below<'/v1', typeof api>>('http://localhost')
    expectTypeOf((await below.get('/v1/pets')).data).toEqualTypeOf<Pet[]>()
    // @ts-expect-error the prefix is missing
    below.get('/pets')
  })
})

describe('what is asked for', () => {
  it('decides what comes', async () => {
    expectTypeOf((await pets.get('/pets')).data).toEqualTypeOf<Pet[]>()
    expectTypeOf((await pets.get('/pets', { accept: 'text/csv' })).data).toEqualTypeOf<string>()
    expectTypeOf((await pets.get('/pets', { accept: 'application/x-ndjson' })).data).toEqualTypeOf<
      Items<Pet>
    >()
    expectTypeOf((await pets.get('/pets', { accept: 'text/event-stream' })).data).toEqualTypeOf<Items<Pet>>()
    expectTypeOf((await pets.get('/pets', { accept: 'application/vnd.x+json' })).data).toEqualTypeOf<Pet[]>()
    expectTypeOf((await pets.get('/pets', { accept: 'image/png' })).data).toEqualTypeOf<Blob>()
  })

  it('can be read in other ways', async () => {
    expectTypeOf((await pets.get('/pets', { as: 'text' })).data).toEqualTypeOf<string>()
    expectTypeOf((await pets.get('/pets', { as: 'bytes' })).data).toEqualTypeOf<ArrayBuffer>()
    expectTypeOf((await pets.get('/pets', { as: 'blob' })).data).toEqualTypeOf<Blob>()
    const { data } = await pets.get('/pets', { accept: 'text/csv', as: 'stream' })
    expectTypeOf(data).toEqualTypeOf<ReadableStream<Uint8Array>>()
    const events = await pets.get('/pets', { accept: 'text/event-stream', as: 'events' })
    expectTypeOf(events.data).toEqualTypeOf<Items<ReceivedEvent<Pet>>>()
  })

  it('is on offer, where the offers are known', async () => {
    expectTypeOf((await pets.get('/list')).data).toEqualTypeOf<Pet[]>()
    pets.get('/list', { accept: 'text/csv' })
    pets.get('/more', { accept: 'text/html' })
    pets.get('/more', { accept: 'application/x-other' })
    // @ts-expect-error not on offer
    pets.get('/list', { accept: 'application/x-ndjson' })
    // @ts-expect-error JSON is not, so one has to be named
    pets.get('/table')
    expectTypeOf((await pets.get('/table', { accept: 'text/csv' })).data).toEqualTypeOf<string>()
    expectTypeOf((await pets.get('/own', { accept: 'image/png' })).data).toEqualTypeOf<Blob>()
    // @ts-expect-error renderers of its own are a list, too
    pets.get('/own', { accept: 'text/csv' })
  })

  it('may have a schema of its own', async () => {
    expectTypeOf((await pets.get('/types')).data).toEqualTypeOf<Pet>()
    const rows = await pets.get('/types', { accept: 'application/x-ndjson' })
    expectTypeOf(rows.data).toEqualTypeOf<Items<{ owner: string }>>()
  })
})

describe('data', () => {
  it('is the output of the schema, as JSON brings it', async () => {
    expectTypeOf((await pets.get('/dated')).data).toEqualTypeOf<{ at: string; n: number }>()
    expectTypeOf<Wire<{ a?: bigint; b: Set<Date>; c: [Date, 'x']; d: unknown }>>().toEqualTypeOf<{
      a?: string
      b: string[]
      c: [string, 'x']
      d: unknown
    }>()
  })

  it('is what the handler returns, where no response is declared', async () => {
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

  it('is told apart by the status', async () => {
    const answer = await pets.put('/pets/<int:id>', { params: { id: 1 }, body: pet })
    expectTypeOf(answer.data).toEqualTypeOf<Pet | undefined>()
    if (answer.status === 200) expectTypeOf(answer.data).toEqualTypeOf<Pet>()
    else expectTypeOf(answer.data).toEqualTypeOf<undefined>()
    const gone = await pets.delete('/pets/<int:id>', { params: { id: 1 } })
    expectTypeOf(gone.status).toEqualTypeOf<204>()
    expectTypeOf((await pets.head('/pets')).data).toEqualTypeOf<undefined>()
  })

  it('of pages is a list of items, or in an envelope', async () => {
    expectTypeOf((await pets.get('/wrapped')).data.items).toEqualTypeOf<Pet[]>()
    expectTypeOf((await pets.get('/wrapped')).data.pagination.total).toEqualTypeOf<number>()
    for await (const one of pets.each('/wrapped')) expectTypeOf(one).toEqualTypeOf<Pet>()
    for await (const one of pets.each('/pets')) expectTypeOf(one).toEqualTypeOf<Pet>()
    for await (const { data } of pets.pages('/pets')) expectTypeOf(data).toEqualTypeOf<Pet[]>()
  })

  it('is there again when nothing was modified', async () => {
    const read = await pets.get('/pets')
    const again = await pets.get('/pets', { ifNoneMatch: read })
    expectTypeOf(again.data).toEqualTypeOf<Pet[]>()
    const other = await pets.get('/pets', { ifNoneMatch: '"x"' })
    if (other.notModified) expectTypeOf(other.data).toEqualTypeOf<undefined>()
    else expectTypeOf(other.data).toEqualTypeOf<Pet[]>()
  })
})

describe('arguments', () => {
  it('in the path are those of the path', () => {
    pets.get('/files/<path:file>/:a/<any(day,week):span>', { params: { file: 'x', a: 7, span: 'day' } })
    // @ts-expect-error one of these words
    pets.get('/files/<path:file>/:a/<any(day,week):span>', { params: { file: 'x', a: 7, span: 'year' } })
    // @ts-expect-error there is one to say
    pets.get('/pets/<int:id>')
    // @ts-expect-error an integer
    pets.get('/pets/<int:id>', { params: { id: 'x' } })
    // @ts-expect-error no such parameter
    pets.get('/pets/<int:id>', { params: { id: 1, name: 'x' } })
  })

  it('in the query and in fields are inputs of their schemas', () => {
    pets.get('/search', { query: { q: 'x' } })
    pets.get('/search', { query: { q: 'x', limit: 5 } })
    // @ts-expect-error q is required
    pets.get('/search')
    // @ts-expect-error q is text
    pets.get('/search', { query: { q: 1 } })
    // @ts-expect-error nothing knows that
    pets.get('/search', { query: { q: 'x', page: 1 } })
    pets.get('/list', { query: { whatever: [1, new Date()] } })
    pets.get('/named', { headers: { 'x-count': 1, 'x-other': 'x' } })
    // @ts-expect-error a field is required
    pets.get('/named')
  })

  it('as content are the input of its schema', () => {
    pets.post('/pets', { body: { id: 1, name: 'x' } })
    // @ts-expect-error there is content to send
    pets.post('/pets')
    // @ts-expect-error the id is a number
    pets.post('/pets', { body: { id: '1', name: 'x' } })
    // @ts-expect-error a GET has no content
    pets.get('/pets', { body: pet })
    pets.put('/route/<int:id>', { params: { id: 1 }, body: pet })
  })

  it('as content of several types go with their type', () => {
    pets.post('/forms', { body: pet })
    pets.post('/forms', { contentType: 'text/csv', body: 'id,name' })
    // @ts-expect-error that is no table
    pets.post('/forms', { contentType: 'text/csv', body: pet })
    // @ts-expect-error nor is that a pet
    pets.post('/forms', { body: 'id,name' })
  })

  it('as patches say which they are', () => {
    const params = { id: 1 }
    pets.patch('/pets/<int:id>', { params, contentType: 'application/merge-patch+json', body: { name: 'x' } })
    const body = [{ op: 'replace', path: '/name', value: 'x' }] as const
    pets.patch('/pets/<int:id>', { params, contentType: 'application/json-patch+json', body })
    // @ts-expect-error neither of them
    pets.patch('/pets/<int:id>', { params, body: { name: 'x' } })
    // @ts-expect-error the name is text
    pets.patch('/pets/<int:id>', { params, contentType: 'application/merge-patch+json', body: { name: 1 } })
  })

  it('as files are blobs', () => {
    const photo = new Blob(['x'])
    pets.post('/photos', { files: { photo } })
    pets.post('/photos', { files: { photo, more: [photo, photo] } })
    // @ts-expect-error the photo is required
    pets.post('/photos', { files: {} })
    // @ts-expect-error only one
    pets.post('/photos', { files: { photo: [photo] } })
  })

  it('that nobody knows are refused', () => {
    // @ts-expect-error a slip
    pets.get('/pets', { qeury: {} })
    // @ts-expect-error beside one that is known
    pets.get('/pets', { accept: 'text/csv', sigal: undefined })
  })
})

describe('a failure', () => {
  it('is one of the declared problems, or any problem', async () => {
    const answer = await pets.get('/pets/<int:id>', { params: { id: 1 }, throws: false })
    expectTypeOf(answer.ok).toEqualTypeOf<boolean>()
    if (answer.ok) return expectTypeOf(answer.data).toEqualTypeOf<Pet>()
    if (answer.status === 404) expectTypeOf(answer.error.problem.suggestion).toEqualTypeOf<string>()
    else if (answer.status === 409) expectTypeOf(answer.error.problem.owner).toEqualTypeOf<string>()
    else expectTypeOf(answer.error.problem.suggestion).toBeUnknown()
    expectTypeOf(answer.error.problem.title).toEqualTypeOf<string>()
  })

  it('is not among what comes when failures are thrown', async () => {
    const answer = await pets.get('/pets/<int:id>', { params: { id: 1 } })
    expectTypeOf(answer.ok).toEqualTypeOf<true>()
  })
})
