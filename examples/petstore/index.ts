/**
 * The petstore, complete, over an SQLite file: lists in pages, schemas, conditional requests, patches, photos.
 * A handler says what is done with a pet; the options above it say the rest, to clients and to `/docs` alike.
 */
import { abort, created, RestBlueprint } from 'mazurka'
import { Api } from 'mazurka/api'
import { multipart } from 'mazurka/multipart'
import { csv } from 'mazurka/renderers'
import polka from 'polka'
import { z } from 'zod'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'
import { store } from './store.ts'

const Status = z.enum(['available', 'pending', 'sold'])
/** What clients may say of a pet. */
const Draft = z.object({
  name: z.string().min(1).max(80),
  species: z.string().min(1).max(40),
  status: Status.default('available'),
})
const Pet = z.object({ id: z.int(), ...Draft.shape }).meta({ id: 'Pet' })
const Photo = z.object({ type: z.string(), size: z.int() })

const pets = new RestBlueprint('pets', { prefix: '/pets', description: 'Pets and their photos' })
pets.contentRenderer.renders('text/csv', csv())
pets.contentParser.parses('multipart/form-data', multipart())

/** Tags are made of the row, and a change must name the tag of the row it means. */
const etag = { current: ({ params }: { params: { id: number } }) => store.get(params.id) }
const nothing = (id: number) => abort(404, `There is no pet ${id}`)

pets.get(
  '/',
  {
    name: 'list',
    outgoing: [null, 'text/csv'],
    query: z.object({ status: Status.optional() }),
    paginate: { pageSize: 2, maxPageSize: 50 },
    response: z.array(Pet),
  },
  ({ query, pagination }) => {
    pagination.itemCount = store.count(query.status)
    return store.list(query.status, pagination.pageSize, pagination.firstItem)
  },
)

pets.post('/', { name: 'create', body: Draft, response: { 201: Pet }, etag: true }, ({ body }) => {
  const pet = store.add(body)
  return created(pets.urlFor('show', pet), pet)
})

pets.get('/<int:id>', { name: 'show', response: Pet, etag }, ({ params, current }) => {
  return current ?? nothing(params.id)
})

pets.put('/<int:id>', { name: 'replace', body: Draft, response: Pet, etag }, ({ params, body, current }) => {
  return current ? store.set(params.id, body) : nothing(params.id)
})

// the handler gets the whole pet as it will be, checked
pets.patch(
  '/<int:id>',
  { name: 'change', patch: { schema: Draft }, response: Pet, etag },
  ({ params, body }) => store.set(params.id, body),
)

pets.delete('/<int:id>', { name: 'remove', status: 204, etag }, ({ params, current }) => {
  if (!current) nothing(params.id)
  store.remove(params.id)
})

pets.put(
  '/<int:id>/photo',
  {
    name: 'photograph',
    files: { photo: { maxBytes: 200_000, types: ['image/*'], required: true } },
    response: { 200: Photo, 201: Photo },
  },
  async ({ params, files }) => {
    if (!store.get(params.id)) nothing(params.id)
    const { type, size } = files.photo
    const isNew = store.photo(params.id) === undefined
    store.setPhoto(params.id, { type, content: await files.photo.bytes() })
    return isNew ? created(pets.urlFor('photo', params), { type, size }) : { type, size }
  },
)

// nobody knows what is in it: a browser shall neither guess nor run it
const asPicture = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'",
}

pets.get('/<int:id>/photo', { name: 'photo', outgoing: false }, ({ params }) => {
  const { type, content } = store.photo(params.id) ?? abort(404, `There is no photo of pet ${params.id}`)
  return new Response(content, { headers: { 'content-type': type, ...asPicture } })
})

export const app = polka().use(
  startPage('petstore', { documentation: '/docs', 'OpenAPI document': '/openapi.json' }),
)
new Api(app, { title: 'Petstore', version: '1.0.0' }).registerBlueprint(pets)

if (process.argv[1] === import.meta.filename) serve('petstore', app)
