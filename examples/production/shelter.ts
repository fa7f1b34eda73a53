/** The endpoints: a login, a list, animals with ETags, uploads, and two streams. */
import { setTimeout as sleep } from 'node:timers/promises'
import { abort, created, RestBlueprint } from 'mazurka'
import { ndjson, sse } from 'mazurka/renderers'
import { safeEqual } from 'mazurka/security'
import { z } from 'zod'
import { secret } from './secret.ts'

interface WithSession {
  readonly session?: { user?: string } | null
}

/** Who has logged in. */
export function userOf(request: object): string | undefined {
  return (request as WithSession).session?.user
}

const PASSWORD = secret('PASSWORD', 'secret') // of everybody; yours come from a database, as hashes
const Draft = z.object({ name: z.string().min(1).max(80) })
const animals = ['Burek', 'Filemon', 'Ara'].map((name, index) => ({ id: index + 1, name }))
const find = (id: number) =>
  animals.find((animal) => animal.id === id) ?? abort(404, `There is no animal ${id}`)
const etag = { current: ({ params }: { params: { id: number } }) => find(params.id) }

export const shelter = new RestBlueprint('shelter')
shelter.contentParser.parses('image/png', (content) => content.bytes())

shelter.post(
  '/session',
  {
    body: z.object({ name: z.string(), password: z.string() }),
    security: false,
    rateLimit: { points: 5, seconds: 60 },
    status: 204,
  },
  (request) => {
    const { name, password } = request.body
    if (!safeEqual(password, PASSWORD)) abort(403, 'Wrong name or password')
    Object.assign((request as WithSession).session ?? {}, { user: name })
  },
)

shelter.get(
  '/animals',
  { security: false, paginate: { pageSize: 2 }, cache: { maxAgeSeconds: 10, visibility: 'public' } },
  ({ pagination }) => {
    pagination.itemCount = animals.length
    return animals.slice(pagination.firstItem, pagination.firstItem + pagination.pageSize)
  },
)

shelter.post('/animals', { body: Draft }, ({ body }) => {
  const animal = { id: animals.length + 1, ...body }
  animals.push(animal)
  return created(shelter.urlFor('show', animal), animal)
})

shelter.get('/animals/<int:id>', { name: 'show', security: false, etag }, ({ current }) => current)

shelter.put('/animals/<int:id>', { body: Draft, etag }, ({ body, params }) =>
  Object.assign(find(params.id), body),
)

shelter.put(
  '/animals/<int:id>/photo',
  { incoming: ['image/png'], limits: { maxBodyBytes: 5_000_000 }, rateLimit: { cost: 10 } },
  ({ body }) => ({ bytes: (body as Uint8Array).length }),
)

shelter.get('/visits', { outgoing: { 'text/event-stream': sse() } }, async function* ({ signal }) {
  for (let visit = 1; !signal.aborted; visit++) {
    yield { visit }
    await sleep(1000, undefined, { signal })
  }
})

shelter.get('/export', { outgoing: { 'application/x-ndjson': ndjson({ end: true }) } }, async function* () {
  for (const animal of animals) {
    yield animal
    await sleep(1000)
  }
})
