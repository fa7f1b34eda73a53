/** The types of a handler’s arguments: nothing here runs, `tsc --noEmit` checks it. */
import type { IncomingHttpHeaders } from 'node:http'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import type { HandlerRequest, Query, Schema } from 'mazurka'
import { Arguments, Blueprint, ContentNegotiation, endpoint, RestBlueprint } from 'mazurka'
import { jsonSchema } from 'mazurka/json-schema'
import type { FilePart, UploadedFile } from 'mazurka/multipart'
import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'

const api = new RestBlueprint('api')
const page = z.object({ page: z.int().default(1), since: z.iso.date().transform((day) => new Date(day)) })
interface Page {
  page: number
  since: Date
}

describe('params, query, headers, cookies', () => {
  it('are the output of their schemas', () => {
    api.get('/<int:page>/:since', { params: page }, ({ params, query }) => {
      expectTypeOf(params).toEqualTypeOf<Page>()
      expectTypeOf(query).toEqualTypeOf<Query>()
    })
    api.get('/<int:id>', { query: page }, ({ params, query }) => {
      expectTypeOf(query).toEqualTypeOf<Page>()
      expectTypeOf(params).toEqualTypeOf<{ readonly id: number }>()
    })
    api.get('/', { cookies: page }, ({ cookies }) => expectTypeOf(cookies).toEqualTypeOf<Page>())
  })

  it('are those of any library', () => {
    api.get('/', { query: v.object({ n: v.number() }) }, ({ query }) =>
      expectTypeOf(query).toEqualTypeOf<{ n: number }>(),
    )
    api.get('/', { query: toStandardJsonSchema(v.object({ n: v.optional(v.number(), 1) })) }, ({ query }) =>
      expectTypeOf(query).toEqualTypeOf<{ n: number }>(),
    )
    api.get('/', { query: type({ 'n?': 'number' }) }, ({ query }) =>
      expectTypeOf(query).toEqualTypeOf<{ n?: number }>(),
    )
    api.get('/', { query: jsonSchema<{ n: number }>({}) }, ({ query }) =>
      expectTypeOf(query).toEqualTypeOf<{ n: number }>(),
    )
    api.get('/', { query: jsonSchema({}) }, ({ query }) => expectTypeOf(query).toBeUnknown())
  })

  it('of header fields are added to those of Node', () => {
    const headers = z.object({ 'X-Count': z.int(), 'x-flag': z.boolean(), authorization: z.string() })
    api.get('/', { headers }, ({ headers }) => {
      expectTypeOf(headers['X-Count']).toEqualTypeOf<number>()
      expectTypeOf(headers['x-flag']).toEqualTypeOf<boolean>()
      expectTypeOf(headers.authorization).toEqualTypeOf<string>()
      expectTypeOf(headers.accept).toEqualTypeOf<string | undefined>()
    })
  })

  it('are strings or unknown without schemas', () => {
    api.get('/<int:id>', { summary: 'x' }, (request) => {
      expectTypeOf(request.params).toEqualTypeOf<{ readonly id: number }>()
      expectTypeOf(request.query).toEqualTypeOf<Query>()
      expectTypeOf(request.headers).toEqualTypeOf<IncomingHttpHeaders>()
      expectTypeOf(request.body).toBeUnknown()
      // @ts-expect-error: the endpoint has no cookies option
      request.cookies
      expectTypeOf(request.files).toEqualTypeOf<Express.Request['files']>() // without the option files: Multer's
    })
    api.get('/<int:id>', (request) => {
      expectTypeOf(request.params).toEqualTypeOf<{ readonly id: number }>()
      // @ts-expect-error: the endpoint has no cookies option
      request.cookies
    })
  })
})

describe('body', () => {
  const one = z.object({ n: z.int() })

  it('is the output of the schema, described or not', () => {
    api.post('/', { body: page }, ({ body }) => expectTypeOf(body).toEqualTypeOf<Page>())
    api.post('/', { body: { schema: page, description: 'A page' } }, ({ body }) =>
      expectTypeOf(body).toEqualTypeOf<Page>(),
    )
    api.post('/', { body: one.optional() }, ({ body }) =>
      expectTypeOf(body).toEqualTypeOf<{ n: number } | undefined>(),
    )
    api.post('/', { body: z.array(one), incoming: ['text/csv'] }, ({ body }) =>
      expectTypeOf(body).toEqualTypeOf<{ n: number }[]>(),
    )
    api.post('/', { body: type('number[]') }, ({ body }) => expectTypeOf(body).toEqualTypeOf<number[]>())
  })

  it('by media type is one of them', () => {
    api.post('/', { body: { 'application/json': one, 'text/plain': z.string() } }, ({ body }) =>
      expectTypeOf(body).toEqualTypeOf<{ n: number } | string>(),
    )
    api.post('/', { body: { 'application/json': one } }, ({ body }) =>
      expectTypeOf(body).toEqualTypeOf<{ n: number }>(),
    )
  })

  it('is inferred in resources and in handlers written elsewhere', () => {
    api.route('/<int:id>', { put: endpoint({ body: one }, ({ body }) => expectTypeOf(body.n).toBeNumber()) })
    const save = ({ body }: HandlerRequest<'/', { readonly body: typeof one }>) => body.n
    api.post('/', { body: one }, save)
    // @ts-expect-error: without the schema the body has no n
    api.post('/', save)
  })
})

describe('files', () => {
  it('are there when they are required, lists when they are multiple', () => {
    const files = { photo: { required: true }, scan: {}, pages: { multiple: true } } as const
    api.post('/', { files }, ({ files, body }) => {
      expectTypeOf(files.photo).toEqualTypeOf<UploadedFile>()
      expectTypeOf(files.scan).toEqualTypeOf<UploadedFile | undefined>()
      expectTypeOf(files.pages).toEqualTypeOf<UploadedFile[] | undefined>()
      expectTypeOf(body).toBeUnknown()
      // @ts-expect-error: others are left out
      files.other
    })
    api.post('/', { files: { pages: { multiple: true, required: true, types: ['image/*'] } } }, ({ files }) =>
      expectTypeOf(files.pages).toEqualTypeOf<UploadedFile[]>(),
    )
  })

  it('arrive one after the other when they are streamed', () => {
    api.post('/', { files: { stream: true, maxBytes: 9 }, body: page }, ({ files, body }) => {
      expectTypeOf(files).toEqualTypeOf<AsyncIterable<FilePart>>()
      expectTypeOf(body).toEqualTypeOf<Page>()
    })
  })

  it('have rules with types', () => {
    // @ts-expect-error: bytes are a number
    api.post('/', { files: { photo: { maxBytes: '1' } } }, () => 1)
    // @ts-expect-error: types come as a list
    api.post('/', { files: { photo: { types: 'image/*' } } }, () => 1)
  })
})

describe('an option', () => {
  it('that is unknown is refused beside schemas', () => {
    // @ts-expect-error: an unknown option
    api.get('/', { query: page, qeury: page }, () => 1)
    // @ts-expect-error: an unknown option
    api.post('/', { body: page, bdoy: page }, () => 1)
    // @ts-expect-error: an unknown option
    api.post('/', { files: {}, fiels: {} }, () => 1)
  })

  it('is a schema, or a policy', () => {
    // @ts-expect-error: a plain JSON Schema has to be wrapped
    api.get('/', { query: { type: 'object' } }, () => 1)
    // @ts-expect-error: no policy
    api.get('/', { unknown: 'ignore' }, () => 1)
    api.get('/', { query: page as Schema, unknown: 'drop' }, () => 1)
  })

  it('is legal only where its mixin is', () => {
    // @ts-expect-error: nothing here reads a query
    new Blueprint('x').get('/', { query: page }, () => 1)
    class Reading extends Arguments(ContentNegotiation(Blueprint)) {}
    new Reading('x').post('/', { query: page, body: page }, ({ query, body }) =>
      expectTypeOf([query, body]).toEqualTypeOf<Page[]>(),
    )
  })
})
