/** An API with every option and schemas of every library. */
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { arrayPager, RestBlueprint } from '../../lib/index.ts'
import { jsonPatch } from '../../lib/json-patch.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { multipart } from '../../lib/multipart.ts'
import { csv, json, ndjson, sse } from '../../lib/renderers.ts'

export const Owner = z.object({ name: z.string() }).meta({ id: 'Owner' })
export const Pet = z
  .object({
    id: z.int(),
    name: z.string().min(1).describe('The name'),
    kind: z.enum(['cat', 'dog']).default('cat'),
    tags: z.array(z.string()).optional(),
    nick: z.string().nullable(),
    weight: z.number().positive().optional(),
    size: z.tuple([z.number(), z.number()]).optional(),
    either: z.union([z.string(), z.number()]).optional(),
    fixed: z.literal('x').optional(),
    born: z.date().optional(),
    owner: Owner.nullable(),
    keeper: Owner.describe('Who feeds it').optional(),
    notes: z.record(z.string(), z.number()).optional(),
  })
  .meta({ id: 'Pet', description: 'A pet' })
interface Folder {
  name: string
  folders: Folder[]
}
export const Folder: z.ZodType<Folder> = z.object({
  name: z.string(),
  folders: z.lazy(() => z.array(Folder)),
})
export const Reading = toStandardJsonSchema(
  v.pipe(
    v.object({
      celsius: v.pipe(v.number(), v.minValue(-90)),
      at: v.pipe(v.string(), v.isoTimestamp()),
      note: v.nullable(v.string()),
      place: v.optional(v.picklist(['in', 'out']), 'in'),
    }),
    v.title('Reading'),
  ),
)
export const Shop = type({
  name: 'string > 0',
  'open?': 'boolean',
  kind: "'big' | 'small'",
  note: 'string | null',
})
export const Plain = jsonSchema({
  $id: 'https://example.org/plain.schema.json',
  type: 'object',
  properties: {
    next: { $ref: '#' },
    word: { $ref: '#/$defs/Word' },
    score: { exclusiveMinimum: 0, type: 'number' },
  },
  $defs: { Word: { type: ['string', 'null'], examples: ['a', 'b'] } },
  additionalProperties: false,
})

/** A new blueprint on each call. */
export function kitchen(): RestBlueprint {
  const api = new RestBlueprint('kitchen', { description: 'All there is', prefix: '/kitchen' })
  api.contentRenderer.renders('text/csv', csv()).renders('application/x-ndjson', ndjson())
  api.contentRenderer.renders('text/event-stream', sse())
  api.contentParser
    .parses('multipart/form-data', multipart())
    .parses('application/json-patch+json', jsonPatch())
  const pet = { id: 1, name: 'Tom', kind: 'cat' as const, nick: null, owner: null }
  const id = { params: z.object({ id: z.int().describe('Which pet') }) }
  api.get(
    '/pets',
    {
      name: 'list',
      summary: 'Pets',
      outgoing: [null, 'text/csv', 'application/x-ndjson', 'text/event-stream'],
      query: z.object({ kind: z.enum(['cat', 'dog']).optional(), tag: z.array(z.string()).optional() }),
      headers: z.object({ 'X-Trace': z.string().optional(), 'X-Ids': z.array(z.int()).optional() }),
      cookies: z.object({ session: z.string() }),
      response: {
        200: { schema: z.array(Pet), examples: { one: [pet] }, headers: { 'X-Count': 'How many' } },
      },
      paginate: arrayPager,
      etag: true,
    },
    () => [pet],
  )
  api.post(
    '/pets',
    { name: 'add', body: { schema: Pet, examples: { tom: pet } }, response: { 201: Pet, 409: null } },
    () => pet,
  )
  api.get('/pets/<int:id>', { name: 'show', ...id, response: Pet, etag: { current: () => pet } }, () => pet)
  api.put(
    '/pets/<int:id>',
    { name: 'replace', body: Pet, response: Pet, etag: { current: () => pet } },
    () => pet,
  )
  api.patch(
    '/pets/<int:id>',
    { name: 'change', patch: { schema: Pet, current: () => pet }, response: Pet },
    () => pet,
  )
  api.delete('/pets/:id', { name: 'remove', status: 204, etag: true }, ({ checkEtag }) => checkEtag(pet))
  api.post(
    '/pets/<uuid:id>/photos',
    {
      name: 'photos',
      body: z.object({ title: z.string() }),
      files: {
        photo: { types: ['image/png'], required: true },
        more: { multiple: true, types: ['image/*'] },
      },
    },
    () => null,
  )
  api.post(
    '/readings',
    { body: { 'application/json': Reading }, response: { 202: Reading } },
    function read() {
      return { celsius: 1, at: '2026-01-01T00:00:00Z', note: null, place: 'in' as const }
    },
  )
  api.post(
    '/shops',
    { name: 'shops', body: Shop, response: { 200: { 'application/json': Shop } } },
    ({ body }) => body,
  )
  api.get('/folders', { name: 'folders', response: Folder }, () => ({ name: '', folders: [] }))
  api.put('/plain', { name: 'plain', body: Plain, response: Plain }, () => ({}))
  api.query('/search', { name: 'search', body: z.object({ words: z.string() }) }, () => [])
  api.get(
    '/anything',
    {
      name: 'anything',
      outgoing: { 'application/json': json(), 'text/csv': csv(), '*/*': json() },
      formats: { json: 'application/json', csv: 'text/csv' },
      response: z.array(z.object({ name: z.string() })),
    },
    () => [{ name: 'Tom' }],
  )
  api.get('/raw', { name: 'raw', outgoing: false }, (_, res) => void res.end())
  api.get('/secret', { name: 'secret', hidden: true }, () => 1)
  return api
}
