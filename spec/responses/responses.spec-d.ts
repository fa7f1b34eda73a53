/** The types that handlers may return: nothing here runs, `tsc --noEmit` checks it. */
import { Readable } from 'node:stream'
import type {
  Answer,
  DataOf,
  PageRequest,
  Pager,
  Representation,
  ResponseOption,
  Returned,
  Schema,
} from 'mazurka'
import {
  abort,
  arrayPager,
  created,
  HttpException,
  NotFound,
  RestBlueprint,
  redirect,
  serializeResponse,
} from 'mazurka'
import { jsonSchema } from 'mazurka/json-schema'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'

interface Pet {
  readonly id: number
  readonly name: string
}

const api = new RestBlueprint('api')
const One = z.object({ id: z.int(), name: z.string() })
const Many = z.array(One)
const pet: Pet = { id: 1, name: 'Rex' }
const pets: readonly Pet[] = [pet]
const wrong = { id: '1', name: 'Rex' }
declare const find: (id: number) => Pet | undefined

const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree)
  },
})
interface TreeNode {
  readonly name: string
  readonly children: readonly TreeNode[]
}
declare const leaf: TreeNode

class ObjectId {
  toJSON(): string {
    return '6650'
  }
}

describe('response', () => {
  it('accepts valid data: plain, a promise, a Representation, a Response', () => {
    api
      .get('/a', { response: One }, () => pet)
      .get('/b', { response: One }, async () => pet)
      .get('/c', { response: { 203: One } }, () => serializeResponse(pet, { status: 203 }))
      .get('/d', { response: { 201: One } }, async () => created('/pets/1', pet))
      .get('/g', { response: One }, () => ({ ...pet, password: 'stripped' }))
      .get('/h/<int:id>', { response: One }, ({ params }) => find(params.id) ?? abort(404))
      .get('/i/<int:id>', { response: One }, async ({ params }) => find(params.id) ?? abort(404))
      .get('/j', { response: One }, () => abort(404))
      .get('/k', { response: jsonSchema<Pet>({ type: 'object' }) }, () => pet)
      .get('/l', { response: { schema: One, description: 'A pet' } }, () => pet)
  })

  it('refuses data that is always a 500', () => {
    // @ts-expect-error a text is iterable, but no list
    api.get('/a', { response: z.array(z.string()) }, () => 'abc')
    // @ts-expect-error the status would be 200
    api.post('/b', { response: { 201: One, 202: Many } }, () => pet)
    // @ts-expect-error undefined is a 204
    api.get('/c', { response: One.optional() }, () => undefined)
    // @ts-expect-error as above
    api.get('/d', { response: { 201: One.optional() } }, async () => undefined)
    api
      .get('/e', { response: z.array(z.string()) }, () => new Set(['abc']))
      .post('/f', { response: { 201: One, 202: Many } }, () => serializeResponse(pet, { status: 201 }))
      .post('/g', { status: 202, response: { 201: One, 202: Many } }, () => pets)
      .post('/h', { response: { 200: One, 202: Many } }, () => pet)
      .post('/i', { response: { 201: One, '2XX': Many } }, () => pets)
      .get('/j', { response: One.optional() }, () => pet)
      .get('/k', { response: { 201: One, 204: null } }, () => undefined)
      .get('/l', { response: { 200: One, 204: null } }, () => (pets.length > 1 ? pet : undefined))
  })

  it('accepts an HttpException, which is as good as thrown', () => {
    api
      .get('/a/<int:id>', { response: One }, ({ params }) => find(params.id) ?? new NotFound())
      .get('/b', { response: { 200: Many, 204: null } }, async () => new NotFound())
      .get('/c', { response: One }, () => new HttpException(418))
  })

  it('accepts the response that the handler writes', () => {
    const isOdd = Math.random() > 0.5
    api
      .get('/a', { response: One }, (_request, response) => (isOdd ? pet : response.end('mine')))
      .get('/b', { response: One }, async (_request, response) =>
        isOdd ? pet : response.writeHead(304).end(),
      )
      .get('/c', { response: One }, (_request, response) => Readable.from(['mine']).pipe(response))
      .get('/f', { response: { 204: null } }, (_request, response) => void response.end())
      .get('/g', { response: One }, (_request, response, next) => {
        if (isOdd) return pet
        next()
        return response
      })
    // @ts-expect-error without a response the request is never answered
    api.get('/g', { response: One }, (_request, response) => void response.statusCode)
  })

  it('accepts raw responses', () => {
    const bytes = new ReadableStream<Uint8Array>()
    api
      .get('/a', { response: One }, () => new Response('mine'))
      .get('/b', { response: One }, () => Readable.from(['x']))
      .get('/c', { response: One }, () => new Blob(['x']))
      .get('/d', { response: One }, async () => bytes)
      .get('/f', { response: One }, () => Readable.toWeb(Readable.from(['x'])))
    // @ts-expect-error a Buffer is data
    api.get('/e', { response: One }, () => Buffer.from('x'))
  })

  it('refuses invalid data', () => {
    // @ts-expect-error the id is text
    api.get('/a', { response: One }, () => wrong)
    // @ts-expect-error as above
    api.get('/b', { response: One }, async () => wrong)
    // @ts-expect-error as above
    api.get('/c', { response: One }, () => serializeResponse(wrong))
    // @ts-expect-error as above
    api.get('/d', { response: One }, async () => created('/pets/1', wrong))
    // @ts-expect-error there may be no such pet
    api.get('/e/<int:id>', { response: One }, ({ params }) => find(params.id))
    // @ts-expect-error a list is not one
    api.get('/f', { response: One }, () => pets)
    // @ts-expect-error one is no list
    api.get('/g', { response: Many }, () => pet)
    // @ts-expect-error the id is text
    api.get('/h', { response: { schema: One, description: 'A pet' } }, () => wrong)
    // @ts-expect-error as above
    api.get('/i', { response: jsonSchema<Pet>({ type: 'object' }) }, () => wrong)
    // @ts-expect-error null is a value like others
    api.get('/j', { response: One }, () => null)
    // @ts-expect-error an error that is no HttpException is a 500
    api.get('/k', { response: One }, () => new TypeError('x'))
    // @ts-expect-error data with the members of an error
    api.get('/l', { response: One }, () => ({ name: 'x', message: 'x' }))
  })

  it('takes rows of a list that are at hand or come over time', () => {
    async function* rows() {
      yield pet
    }
    async function* wrongRows() {
      yield wrong
    }
    api
      .get('/a', { response: Many }, () => pets)
      .get('/b', { response: Many }, rows)
      .get('/c', { response: Many }, () => ReadableStream.from(rows()))
      .get('/d', { response: Many }, () => new Set(pets))
      .get('/e', { response: Many }, () => pets.values())
      .get('/f', { response: Many }, async () => serializeResponse(rows(), { headers: { 'x-mine': '1' } }))
      .get('/g', { response: Many }, () => Readable.from(pets))
    // @ts-expect-error the ids are text
    api.get('/h', { response: Many }, wrongRows)
    // @ts-expect-error as above
    api.get('/i', { response: Many }, () => serializeResponse(wrongRows()))
    // @ts-expect-error as above
    api.get('/j', { response: Many }, () => new Set([wrong]))
    // @ts-expect-error rows are no single pet
    api.get('/k', { response: One }, rows)
  })

  it('accepts lists that are readonly, anywhere in the data', () => {
    const Page = z.object({
      tags: z.array(z.string()),
      range: z.tuple([z.int(), z.int()]),
      owner: z.object({ pets: z.array(One) }).optional(),
    })
    const page = { tags: ['a'], range: [1, 2], owner: { pets } } as const
    const json = { tags: ['a'], range: [1, { at: [null] }] } as const
    api
      .get('/a', { response: Page }, () => page)
      .get('/b', { response: Page }, async () => serializeResponse(page))
      .get('/c', { response: z.array(Page) }, () => Object.freeze([page]))
      .get('/d', { response: Tree }, () => leaf)
      .get('/e', { response: jsonSchema<typeof leaf>({ type: 'object' }) }, () => leaf)
      .get('/f', { response: z.json() }, () => json)
    // @ts-expect-error the items are numbers
    api.get('/g', { response: Page }, () => ({ ...page, tags: [1] as const }))
    // @ts-expect-error the range has two items
    api.get('/h', { response: Page }, () => ({ ...page, range: [1] as const }))
  })

  it('accepts values that JSON writes as text where the schema has text', () => {
    const Row = z.object({ id: z.string(), at: z.iso.datetime().nullable(), kind: z.enum(['a', 'b']) })
    const row = { id: new ObjectId(), at: new Date(), kind: 'a' } as const
    async function* rows() {
      yield row
    }
    api
      .get('/a', { response: Row }, () => row)
      .get('/b', { response: Row }, () => ({ id: 7n, at: new Date(), kind: 'a' }))
      .get('/c', { response: z.array(Row) }, rows)
      .get('/d', { response: z.record(z.string(), z.string()) }, () => ({ at: new Date() }))
      .get('/e', { response: { 404: Row } }, () => serializeResponse(row, { status: 404 }))
      .get('/f', { response: z.json() }, () => [row])
      .get('/g', { response: z.string() }, () => new Date())
    // @ts-expect-error an id is a text
    api.get('/h', { response: Row }, () => ({ ...row, id: 7 }))
    // @ts-expect-error as above
    api.get('/i', { response: Row }, () => ({ ...row, id: { toJSON: () => 7 } }))
    // @ts-expect-error a date is not one of the texts
    api.get('/j', { response: Row }, () => ({ ...row, kind: new Date() }))
    // @ts-expect-error a date of a schema is no text
    api.get('/k', { response: z.object({ at: z.date() }) }, () => ({ at: '2026-05-01' }))
  })

  it('has texts of JSON in place of Dates, and readonly lists, also under a type that is given', () => {
    const row = { id: 1, at: new Date(), tags: ['a'] as readonly string[] }
    const Row = jsonSchema<{ id: number; at: string; tags: string[] }>({ type: 'object' })
    api
      .get('/a', { response: Row }, () => row)
      .get('/b', { response: { 200: Row, 204: null } }, async () => row)
    // @ts-expect-error a number is no text
    api.get('/c', { response: Row }, () => ({ ...row, at: 1 }))
  })

  it('may be of a type parameter that is not undefined', () => {
    function crud<T extends object, U extends Pet, V extends string | null>(
      any: Schema<T>,
      one: Schema<U>,
      text: z.ZodType<V, V>,
      load: <R>() => R,
    ) {
      api
        .get('/a', { response: any }, () => load<T>())
        .get('/b', { response: one }, async () => load<U>())
        .get('/c', { response: text }, () => load<V>())
        .get('/d', { response: { 200: one, 404: any } }, () => load<U>())
        .get('/e', { response: { 200: one, 204: null } }, () => load<U | undefined>())
        .get('/f', { response: one }, () => serializeResponse(load<U>()))
        .post('/g', { response: { 201: { schema: one } } }, () => created('/g/1', load<U>()))
      // @ts-expect-error an object of another type
      api.get('/h', { response: any }, () => pet)
      // @ts-expect-error there may be none
      api.get('/i', { response: one }, () => load<U | undefined>())
      // @ts-expect-error it may have more members than a pet
      api.get('/j', { response: one }, () => pet)
    }
    crud(One, One, z.string(), abort.bind(undefined, 404))
  })

  it('may be of a type parameter, within a list or an object', () => {
    function list<T>(schema: Schema<T[]>, page: Schema<{ items: T[] }>, items: () => readonly T[]) {
      api
        .get('/a', { response: schema }, () => items())
        .get('/b', { response: page }, () => ({ items: [...items()] }))
    }
    list(Many, z.object({ items: Many }), () => [])
  })

  it('is the input of a schema that transforms', () => {
    const Year = z.object({ at: z.date().transform((date) => date.getUTCFullYear()) })
    api.get('/a', { response: Year }, () => ({ at: new Date() }))
    // @ts-expect-error a year is the output
    api.get('/b', { response: Year }, () => ({ at: 2026 }))
  })
})

describe('a map of statuses', () => {
  const Job = z.object({ job: z.string() })
  const Trouble = z.object({ trouble: z.string() })

  it('takes the data of the status that it gets as it is, of all by a Representation', () => {
    const response = { 200: One, 202: Job, 404: Trouble } as const
    const accepted = () => serializeResponse({ job: 'x' }, { status: 202 })
    const byText = { '200': One, '202': Job, '204': null } as const
    api
      .get('/a', { response }, () => pet)
      .get('/b', { response }, accepted)
      .get('/c', { response }, () => (Math.random() > 0.5 ? pet : accepted()))
      .get('/d', { response }, () => serializeResponse({ trouble: 'x' }, { status: 404 }))
      .get('/g', { status: 202, response }, () => ({ job: 'x' }))
      .get('/h', { status: 202, response: { '2XX': Job, 200: One } }, () => ({ job: 'x' }))
      .get('/i', { status: 202, response }, () => serializeResponse({ job: 'x' }))
      .get('/j', { status: Math.random() > 0.5 ? 200 : (202 as number), response }, () => ({ job: 'x' }))
      .get('/k', { response: byText }, () => (Math.random() > 0.5 ? pet : undefined))
    // @ts-expect-error the status would be 200
    api.get('/l', { response }, () => ({ job: 'x' }))
    // @ts-expect-error as above
    api.get('/m', { response }, async () => (Math.random() > 0.5 ? pet : { job: 'x' }))
    // @ts-expect-error as above
    api.get('/n', { response }, () => serializeResponse({ job: 'x' }))
    // @ts-expect-error as above
    api.get('/o', { response: byText }, () => ({ job: 'x' }))
    // @ts-expect-error the status of the endpoint is 202
    api.get('/p', { status: 202, response }, () => pet)
    // @ts-expect-error data of the 404 needs a Representation
    api.get('/e', { response }, () => ({ trouble: 'x' }))
    // @ts-expect-error none of them
    api.get('/f', { response }, () => serializeResponse({ other: 'x' }))
    expectTypeOf<DataOf<typeof response>>().toEqualTypeOf<
      { id: number; name: string } | { job: string } | { trouble: string }
    >()
  })

  it('decides the data of a Representation by its status', () => {
    const response = { 200: One, 201: One, 202: Job, 303: null, 404: Trouble } as const
    const status = Math.random() > 0.5 ? 200 : 202
    const options: { readonly status: number } = { status }
    api
      .get('/a', { response }, () => serializeResponse(pet, { status: 200 }))
      .get('/b', { response }, () => serializeResponse({ job: 'x' }, { status: 202 }))
      .get('/c', { response }, () => serializeResponse({ trouble: 'x' }, { status: 404 }))
      .get('/d', { response }, () => serializeResponse(undefined, { status: 303 }))
      .get('/e', { response }, () => redirect('/pets', 303))
      .get('/f', { response }, () => (status === 200 ? pet : created('/pets/1', pet)))
      .get('/g', { response }, () => created('/jobs/1', { job: 'x' }, { status: 202 }))
      .get('/h', { response }, () => serializeResponse(pet, { headers: { 'x-mine': '1' } }))
      .put('/i', { response }, () => serializeResponse(pet, { status: status === 200 ? 200 : 201 }))
      .put('/j', { response }, () => serializeResponse(status === 200 ? pet : { job: 'x' }, { status }))
      .put('/k', { response }, () => serializeResponse(pet, options))
      .put('/l', { response }, (): Representation<Pet> => serializeResponse(pet, { status: 201 }))
      .put('/m', { response: { 201: Many } }, () => serializeResponse(new Set(pets), { status: 201 }))
      .put('/n', { status: 201, response: One }, () => serializeResponse(pet, { status: 201 }))
      .put('/t', { response }, () => serializeResponse<Pet>(pet, { status: 201 }))
      .put('/u', { response }, () => created<Pet>('/pets/1', pet, { status: 201 }))
    // @ts-expect-error a job is of the 202
    api.get('/o', { response }, () => serializeResponse({ job: 'x' }, { status: 200 }))
    // @ts-expect-error the trouble is a text
    api.get('/p', { response }, () => serializeResponse({ trouble: 1 }, { status: 404 }))
    // @ts-expect-error as above, without a status that the types know
    api.get('/q', { response }, () => serializeResponse({ trouble: 1 }, options))
    // @ts-expect-error a 303 has no content here
    api.get('/r', { response }, () => serializeResponse(pet, { status: 303 }))
    // @ts-expect-error a trouble without a status would be a 200
    api.get('/s', { response }, () => serializeResponse({ trouble: 'x' }))
  })

  it('refuses a status that is not declared, which is a 500', () => {
    const response = { 200: One, 404: Trouble } as const
    // @ts-expect-error a failure that is returned has to be declared, too
    api.get('/a', { response }, () => serializeResponse({ trouble: 'x' }, { status: 409 }))
    // @ts-expect-error as above
    api.get('/b', { response }, async () => serializeResponse(pet, { status: 203 }))
    // @ts-expect-error the status of a schema alone is 200
    api.post('/c', { response: One }, () => created('/pets/1', pet))
    // @ts-expect-error as above
    api.get('/d', { response: One }, () => redirect('/pets'))
    // @ts-expect-error the status of the endpoint is another one
    api.post('/e', { status: 202, response: One }, () => created('/pets/1', pet))
    api
      .get('/g', { response: { 404: Trouble } }, () => serializeResponse('anything', { status: 203 }))
      .get('/h', { response: { 404: Trouble } }, () => serializeResponse('anything'))
      .get('/i', { response: { '2XX': One, '3XX': null } }, () => created('/pets/1', pet))
      .get('/j', { response: { '2XX': One, '3XX': null } }, () => redirect('/pets'))
      .get('/k', { response: { 200: One, default: Trouble } }, () =>
        serializeResponse({ trouble: 'x' }, { status: 409 }),
      )
      .get('/l', { response: {} as ResponseOption }, () => serializeResponse(pet, { status: 409 }))
      .get('/m', { response: {} as Record<number, Schema> }, () => serializeResponse(pet, { status: 409 }))
      .get('/n', { response: {} as Record<string, Schema> }, () => serializeResponse(pet, { status: 409 }))
  })

  it('accepts undefined only where a response without content is declared', () => {
    api
      .delete('/a', { response: { 204: null } }, () => undefined)
      .delete('/b', { response: { 204: null } }, async () => {})
      .delete('/c', { response: { 204: { description: 'Gone' } } }, () => undefined)
      .delete('/d', { response: { 200: One, 204: null } }, () => find(1))
      .delete('/e', { response: { 200: One, 204: { schema: null, description: 'Gone' } } }, () => find(1))
      .delete('/f', { response: { 204: null } }, () => void find(1))
    // @ts-expect-error 200 is all there is
    api.delete('/g', { response: { 200: One } }, () => find(1))
    // @ts-expect-error undefined is no data
    api.delete('/h', { response: { 204: null } }, () => pet)
    // @ts-expect-error as above
    api.delete('/i', { response: { 204: { description: 'Gone' } } }, () => pet)
  })

  it('of errors alone leaves the data of successes free', () => {
    api.get('/a', { response: { 404: { description: 'No such pet' } } }, () => 'anything')
    api.get('/b', { response: { 200: One, 404: { description: 'No such pet' } } }, () => pet)
    // @ts-expect-error the success is declared
    api.get('/c', { response: { 200: One, 404: { description: 'No such pet' } } }, () => wrong)
    // @ts-expect-error by a Representation as well
    api.get('/d', { response: { 200: One, 404: { description: 'None' } } }, () => serializeResponse(wrong))
    api.get('/e', { response: { 200: { description: 'Anything' } } }, () => 7)
  })

  it('of a class of statuses, or default, are of the successes or failures in it', () => {
    api.get('/a', { response: { '2XX': One, '4XX': z.string(), default: z.string() } }, () => pet)
    api.get('/b', { response: { default: z.string() } }, () => 'anything')
    // @ts-expect-error neither of them is a success
    api.get('/c', { response: { '2XX': One, '4XX': z.string() } }, () => 'x')
    // @ts-expect-error as above
    api.get('/d', { response: { 200: One, default: z.string() } }, () => 'x')
  })

  it('may differ by media type', () => {
    const byType = { 'application/json': One, 'text/csv': z.array(Job) }
    api
      .get('/a', { response: byType }, () => pet)
      .get('/b', { response: { 200: byType } }, () => [{ job: 'x' }])
    // @ts-expect-error for neither of them
    api.get('/c', { response: byType }, () => ({ job: 1 }))
    // @ts-expect-error as above
    api.get('/d', { response: { 200: { schema: byType, description: 'By type' } } }, () => 'x')
  })
})

describe('pagination', () => {
  it('is there only with paginate', () => {
    api.get('/a', { paginate: true }, ({ pagination }) => {
      expectTypeOf(pagination).toEqualTypeOf<PageRequest>()
      pagination.itemCount = 1
      pagination.itemCount = '1'
      pagination.itemCount = 1n
    })
    api.get('/b', { paginate: { pageSize: 5 } }, ({ pagination }) => pagination.firstItem)
    api.get('/c', { paginate: arrayPager }, ({ pagination }) => pagination.page)
    // @ts-expect-error nothing is paged here
    api.get('/d', { response: One }, ({ pagination }) => pagination)
    // @ts-expect-error nor here
    api.get('/e', ({ pagination }) => pagination)
  })

  it('lets the handler return the page, or the pager any data', () => {
    const own: Pager = async (query: { count(): Promise<number> }, pagination) => {
      pagination.itemCount = await query.count()
      return []
    }
    const query = { count: async () => 0 }
    api
      .get('/a', { paginate: true, response: Many }, () => pets)
      .get('/b', { paginate: own, response: Many }, () => query)
      .get('/c', { paginate: { pager: own, pageSize: 5 }, response: Many }, () => query)
    // @ts-expect-error there is no pager
    api.get('/d', { paginate: true, response: Many }, () => query)
    // @ts-expect-error nor here
    api.get('/e', { paginate: { pageSize: 5 }, response: Many }, () => query)
  })
})

describe('Returned', () => {
  it('is short', () => {
    expectTypeOf<Returned<{ status: 201 }>>().toBeUnknown()
    type Numbered = { id: number }
    type Data = Numbered | Readonly<Numbered>
    type Own = Representation<Data, '200' | undefined>
    const Numbered = z.object({ id: z.int() })
    expectTypeOf<Returned<{ response: typeof Numbered }>>().toEqualTypeOf<
      Answer<Data, Own> | Promise<Answer<Data, Own>>
    >()
  })
})
