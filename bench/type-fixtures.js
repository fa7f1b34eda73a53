/** Programs of n routes for the compiler, one for each way that types take. */

const times = (n, line) => Array.from({ length: n }, (_, index) => line(index)).join('\n')

const chain =
  (route, start = "new RestBlueprint('items')") =>
  (n) =>
    `import { endpoint, RestBlueprint } from 'mazurka'
import { z } from 'zod'
export const api = ${start}
${times(n, route)}
`

const chained = (i) => `  .get('/items${i}/<int:id>', ({ params }) => ({ id: params.id }))`

const withOptions = (i) =>
  `  .get('/items${i}/<int:id>', { summary: 'Item ${i}' }, ({ params }) => ({ id: params.id }))`

const withResponse = (i) => `  .get('/items${i}/<int:id>', {
    response: { 200: z.object({ id: z.int(), name${i}: z.string() }), 404: z.object({ reason: z.string() }) },
  }, ({ params }) => ({ id: params.id, name${i}: 'x' }))`

const replacing = (i) => `put('/items${i}/<int:id>', {
    name: 'put${i}',
    query: z.object({ dry: z.boolean().optional() }),
    body: Item${i},
    response: { 200: Item${i}, 204: null },
    etag: { current: ({ params }) => ({ id: Number(params.id), name: 'x', tags: ['a'] }) },
  }, ({ params, query, body, current }) => {
    const id: number = params.id
    return query.dry ? undefined : { ...current, ...body, id }
  })`

const item = (i) => `const Item${i} = z.object({ id: z.int(), name: z.string(), tags: z.array(z.string()) })`

/** A client that calls the endpoints of `api`, each once. */
const called = (n, pathOf) => `
import { client } from 'mazurka/client'
const remote = client<typeof api>('http://localhost')
${times(n, (i) => `export const id${i}: number = (await remote.get('${pathOf(i)}', { params: { id: ${i} } })).data.id`)}
`

const callsOf = (route) => (n) => chain(route)(n) + called(n, (i) => `/items${i}/<int:id>`)

const PER_BLUEPRINT = 10

/** Blueprints of ten routes each, in one Api. */
const inApi = (n) => `import { RestBlueprint } from 'mazurka'
import { Api } from 'mazurka/api'
import polka from 'polka'
${times(n / PER_BLUEPRINT, (i) => `const items${i} = new RestBlueprint('items${i}')\n${times(PER_BLUEPRINT, withOptions)}`)}
export const api = new Api(polka(), { title: 'Items', version: '1' })
${times(n / PER_BLUEPRINT, (i) => `  .registerBlueprint(items${i}, { prefix: '/v${i}' })`)}
${called(n, (i) => `/v${Math.floor(i / PER_BLUEPRINT)}/items${i % PER_BLUEPRINT}/<int:id>`)}
`

const identified = chain(
  (i) => `  .get('/items${i}/<int:id>', {
    security: [{ token: ['read'] }, { key: [] }],
  }, ({ params, identity }) => ({ id: params.id, by: 'user' in identity ? identity.user : identity.app }))`,
  `new RestBlueprint('items').security({
  token: bearer({ issuer: 'x', audience: 'x', algorithms: ['RS256'], identity: ({ sub }) => findUser(sub) }),
  key: apiKey({ header: 'x-api-key', verify: () => ({ app: 'x' }) }),
})`,
)

const identities = (n) => `import { apiKey, bearer } from 'mazurka/security'
declare const findUser: (subject: unknown) => Promise<{ readonly user: string } | undefined>
${identified(n)}`

const mixins = (n) => `import { Arguments, Blueprint, ContentNegotiation, Responses } from 'mazurka'
import type { Constructor, EndpointOptions } from 'mazurka'
import { z } from 'zod'
interface FlagOptions extends EndpointOptions { readonly flag?: string }
interface FlagMixin { readonly '~options': FlagOptions }
declare module 'mazurka' {
  interface Provides<P extends string, O> {
    readonly flags: { readonly flag: O extends { readonly flag: infer F } ? F : undefined, readonly '~flag'?: P }
  }
}
declare function Flags<T extends Constructor<Blueprint>>(Base: T): T & Constructor<FlagMixin>
class Items extends Flags(Responses(Arguments(ContentNegotiation(Blueprint)))) {}
export const api = new Items('items')
${times(n, (i) => `  .get('/items${i}', { flag: 'f${i}', query: z.object({ page: z.int() }) }, ({ flag, query }) => [flag, query.page])`)}
`

const statements = (route) => (n) =>
  `import { RestBlueprint } from 'mazurka'
import { z } from 'zod'
const api = new RestBlueprint('items')
${times(n, route)}
`

const versioned = chain(
  withResponse,
  `new RestBlueprint('items', {
  versions: { current: '2', type: (version) => \`application/vnd.acme.v\${version}+json\`, supported: { 1: {}, 2: {} } },
})`,
)

const versions = (n) => `import 'mazurka/api'
${versioned(n)}`

const jsonapi = (n) => `import type { Generated, Kysely } from 'kysely'
import { ApiManager, type Model } from 'mazurka/jsonapi'
import { client } from 'mazurka/client'
interface Tables {
${times(n, (i) => `  item${i}: { id: Generated<number>; name: string; born${i}: Date | null }`)}
}
declare const db: Kysely<Tables>
declare const models: { readonly [K in keyof Tables]: Model<Tables[K], K> }
const manager = new ApiManager(undefined, { db })
${times(
  n,
  (i) => `const items${i} = client<typeof item${i}>('http://localhost')
const item${i} = manager.createApi(models.item${i}, { methods: ['GET', 'POST'] })
export const name${i} = (await items${i}.get('/item${i}', {
  accept: 'application/vnd.api+json', query: { sort: '-born${i}', fields: { item${i}: 'name' } },
})).data.data[0]?.attributes.name`,
)}
`

/** By what a program has n of. */
export const PROGRAMS = {
  'chained routes': chain(chained),
  'chained routes with options': chain(withOptions),
  'chained routes with a body': chain(
    (i) =>
      `  .post('/items${i}', { body: z.object({ name: z.string(), size${i}: z.int() }) }, ({ body }) => body.name)`,
  ),
  'chained routes with responses': chain(withResponse),
  'chained routes with pages and an ETag': chain(
    (i) =>
      `  .get('/items${i}', { paginate: true, etag: true }, ({ pagination }) => [pagination.firstItem, ${i}])`,
  ),
  'chained routes with a patch': chain(
    (i) => `  .patch('/items${i}/<int:id>', {
    patch: { schema: z.object({ size${i}: z.int() }), current: () => ({ size${i}: 1 }) },
  }, ({ body, changes }) => [body.size${i}, changes.size${i}])`,
  ),
  'chained routes with body, query, responses and an ETag': (n) =>
    `${times(n, item)}\n${chain((i) => `  .${replacing(i)}`)(n)}`,
  'chained routes with identities': identities,
  'chained routes on own mixins': mixins,
  'chained routes with versions': versions,
  'chained resources': chain(
    (i) => `  .route('/items${i}/<int:id>', {
    get: ({ params }) => ({ id: params.id }),
    put: endpoint({ body: z.object({ name: z.string() }) }, ({ body }) => body.name),
    delete: null,
  })`,
  ),
  'routes in statements': statements((i) => `api${chained(i).trim()}`),
  'routes in statements with body, query, responses and an ETag': statements(
    (i) => `${item(i)}\napi.${replacing(i)}`,
  ),
  'calls of as many routes': callsOf(withOptions),
  'calls of as many routes with responses': callsOf(withResponse),
  'calls of an Api with as many routes': inApi,
  'models with a client each': jsonapi,
}
