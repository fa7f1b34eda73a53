/** Types of ETags and patches: nothing here runs, `tsc --noEmit` checks it. */
import { Blueprint, RestBlueprint, type StateRequest } from 'mazurka'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'

interface Pet {
  readonly name: string
}

declare function find(id: number): Promise<Pet | undefined>
const api = new RestBlueprint('api')

describe('etag', () => {
  it('gives the state that current finds, awaited', () => {
    const late = { etag: { current: ({ params }: { params: { id: number } }) => find(params.id) } } as const
    api.get('/<int:id>', { etag: { current: ({ params }) => find(params.id) } }, ({ current }) => {
      expectTypeOf(current).toEqualTypeOf<Pet | undefined>()
    })
    const ofOwner = { current: (request: StateRequest) => request.identity.id as number }
    api.put('/own', { etag: ofOwner }, ({ current }) => expectTypeOf(current).toBeNumber())
    api.put('/<int:id>', late, ({ current }) => expectTypeOf(current).toEqualTypeOf<Pet | undefined>())
    api.put('/', { etag: { current: () => ({ name: 'x' }), required: false } }, ({ current }) => {
      expectTypeOf(current).toEqualTypeOf<{ name: string }>()
    })
    api.get('/', { etag: true }, ({ current }) => expectTypeOf(current).toBeUndefined())
  })

  it('gives checkEtag, setEtag and lastModified only to endpoints with the option', () => {
    api.put('/', { etag: true }, (request) => {
      expectTypeOf(request.checkEtag).toEqualTypeOf<(state: unknown) => void>()
      expectTypeOf(request.setEtag).toEqualTypeOf<(state: unknown) => void>()
      expectTypeOf(request.lastModified).toEqualTypeOf<(date: Date) => void>()
    })
    api.put('/', { etag: { lastModified: () => new Date(), schema: z.object({}) } }, ({ setEtag }) =>
      setEtag(1),
    )
    // @ts-expect-error: the endpoint has no etag option
    api.put('/', (request) => request.checkEtag(1))
    // @ts-expect-error: as above
    api.put('/', { summary: 'x' }, (request) => request.setEtag(1))
    // @ts-expect-error: turned off
    api.get('/', { etag: false }, (request) => request.lastModified(new Date()))
    // @ts-expect-error: nothing tags on a plain blueprint
    new Blueprint('plain').get('/', { etag: true }, () => 1)
    // @ts-expect-error: an unknown member
    api.get('/', { etag: { curent: () => 1 } }, () => 1)
  })
})

describe('patch', () => {
  it('gives the body that its schema makes', () => {
    const schema = z.object({ name: z.string(), born: z.coerce.date() })
    api.patch('/', { patch: { schema, current: () => 1 } }, ({ body }) => {
      expectTypeOf(body).toEqualTypeOf<{ name: string; born: Date }>()
    })
    api.patch(
      '/<int:id>',
      { patch: { schema }, etag: { current: () => find(1) } },
      ({ body, current, params }) => {
        expectTypeOf(body.born).toEqualTypeOf<Date>()
        expectTypeOf(current).toEqualTypeOf<Pet | undefined>()
        expectTypeOf(params.id).toBeNumber()
      },
    )
    // @ts-expect-error: a patch has a schema
    api.patch('/', { patch: {} }, () => 1)
  })
})

describe('patch', () => {
  it('gives the new state, and the changes: some of its members, null for a removed one, which is optional', () => {
    const schema = z.object({
      name: z.string(),
      description: z.string().nullable(),
      nick: z.string().optional(),
      kind: z.string().default('cat'),
      names: z.record(z.string(), z.string()),
      at: z.date(),
      tags: z.array(z.string()),
      home: z.object({ city: z.string(), street: z.string().optional() }),
    })
    api.patch('/', { patch: { schema, current: () => ({}) } }, ({ body, changes }) => {
      expectTypeOf(body).toEqualTypeOf<z.infer<typeof schema>>()
      expectTypeOf(changes.name).toEqualTypeOf<string | undefined>()
      expectTypeOf(changes.description).toEqualTypeOf<string | null | undefined>()
      expectTypeOf(changes.nick).toEqualTypeOf<string | null | undefined>()
      expectTypeOf(changes.kind).toEqualTypeOf<string | undefined>()
      expectTypeOf(changes.names?.x).toEqualTypeOf<string | null | undefined>()
      expectTypeOf(changes.at).toEqualTypeOf<Date | undefined>()
      expectTypeOf(changes.tags).toEqualTypeOf<string[] | undefined>()
      expectTypeOf(changes.home?.city).toEqualTypeOf<string | undefined>()
      expectTypeOf(changes.home?.street).toEqualTypeOf<string | null | undefined>()
    })
    // @ts-expect-error: no patch, no changes
    api.patch('/', { body: schema }, ({ changes }) => changes)
  })
})
