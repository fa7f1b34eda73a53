/** Clients of several versions and one handler: transforms, a deprecated version, and one that is gone. */
import { abort, RestBlueprint } from 'mazurka'
import { Api } from 'mazurka/api'
import polka from 'polka'
import { z } from 'zod'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'

const Pet = z.object({
  name: z.object({ first: z.string(), last: z.string() }),
  tags: z.array(z.string()).default([]),
})
type Pet = z.infer<typeof Pet>
const Pet2 = z.object({ first: z.string(), last: z.string() }) // no tags yet
type Pet2 = z.infer<typeof Pet2>
const upgrade = ({ first, last }: Pet2) => ({ name: { first, last } })
const downgrade = ({ name }: Pet): Pet2 => name

const pets = new RestBlueprint('pets', {
  versions: {
    current: '3',
    type: (version) => `application/vnd.acme.v${version}+json`,
    supported: {
      1: { gone: true },
      2: {
        deprecated: new Date('2026-08-16'),
        sunset: new Date('2027-09-30'),
        request: { replace: { schema: Pet2, transform: upgrade } },
        response: {
          show: { schema: Pet2, transform: downgrade },
          replace: { schema: Pet2, transform: downgrade },
          list: { schema: z.array(Pet2), transform: (all: Pet[]) => all.map(downgrade) },
        },
      },
      3: {},
    },
  },
})

const tom: Pet = { name: { first: 'Tom', last: 'Cat' }, tags: ['fat'] }
const store = new Map([['tom', tom]])
const etag = { current: ({ params }: { params: { id: string } }) => store.get(params.id) }

pets.get('/pets', { name: 'list', response: z.array(Pet) }, () => [...store.values()])
pets.get(
  '/pets/:id',
  { name: 'show', response: Pet, etag },
  ({ params }) => store.get(params.id) ?? abort(404),
)
pets.put('/pets/:id', { name: 'replace', body: Pet, response: Pet, etag }, ({ params, body }) => {
  store.set(params.id, body)
  return body
})

export const app = polka().use(startPage('versions', { documentation: '/docs' }))
new Api(app, { title: 'Pets', version: '3.0.0' }).registerBlueprint(pets)

if (process.argv[1] === import.meta.filename) serve('versions', app)
