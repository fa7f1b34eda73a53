/** The types of request.identity: nothing here runs, `tsc --noEmit` checks it. */
import { RestBlueprint } from 'mazurka'
import { apiKey, basic, bearer, type SecurityScheme } from 'mazurka/security'
import { expectTypeOf, it } from 'vitest'

interface User {
  readonly sub: string
}
interface App {
  readonly app: string
}

const token = bearer<User>({ issuer: 'i', audience: 'a', algorithms: ['RS256'], jwks: 'https://id.example' })
const key = apiKey({ header: 'x-api-key', verify: async (): Promise<App | undefined> => undefined })
const login = basic({ realm: 'r', verify: (name) => name === 'admin' && { name } })
const own: SecurityScheme<number> = { document: {}, challenge: 'Own', authenticate: () => 7 }
const pets = new RestBlueprint('pets').security({ token, key }).security({ login, own })

it('is the identity of the scheme that the endpoint requires', () => {
  pets.get('/', { security: [{ token: ['pets:read'] }] }, ({ identity }) =>
    expectTypeOf(identity).toEqualTypeOf<User>(),
  )
  pets.get('/', { security: [{ key: [] }] }, ({ identity, authenticatedBy }) => {
    expectTypeOf(identity).toEqualTypeOf<App>()
    expectTypeOf(authenticatedBy).toEqualTypeOf<readonly string[]>()
  })
  pets.get('/', { security: [{ login: [] }] }, ({ identity }) =>
    expectTypeOf(identity).toEqualTypeOf<{ name: string }>(),
  )
  pets.get('/:id', { security: [{ own: [] }] }, ({ identity, params }) => {
    expectTypeOf(identity).toEqualTypeOf<number>()
    expectTypeOf(params).toEqualTypeOf<{ readonly id: string }>()
  })
})

it('is a union for alternatives, an object by name for schemes together, undefined for anonymous requests', () => {
  pets.get('/', { security: [{ token: [] }, { key: [] }] }, ({ identity }) =>
    expectTypeOf(identity).toEqualTypeOf<User | App>(),
  )
  pets.get('/', { security: [{ token: [], key: [] }] }, ({ identity }) =>
    expectTypeOf(identity).toEqualTypeOf<{ readonly token: User; readonly key: App }>(),
  )
  pets.get('/', { security: [{ token: [] }, {}] }, ({ identity }) =>
    expectTypeOf(identity).toEqualTypeOf<User | undefined>(),
  )
  pets.get('/', { security: [] }, ({ identity }) => expectTypeOf(identity).toEqualTypeOf<undefined>())
  pets.get('/', { security: false }, ({ identity }) => expectTypeOf(identity).toEqualTypeOf<undefined>())
})

it('is any identity of the blueprint, or none, where the endpoint does not say which', () => {
  const shops = new RestBlueprint('shops', { security: [{ key: [] }] }).security({ token, key })
  shops.get('/', ({ identity }) => expectTypeOf(identity).toEqualTypeOf<User | App | undefined>())
  shops.get('/', { summary: 'All' }, ({ identity }) =>
    expectTypeOf(identity).toEqualTypeOf<User | App | undefined>(),
  )
})

it('is unknown where the scheme belongs to an outer blueprint', () => {
  new RestBlueprint('inner').get('/', { security: [{ token: [] }] }, ({ identity }) =>
    expectTypeOf(identity).toEqualTypeOf<unknown>(),
  )
  // @ts-expect-error nothing is declared
  new RestBlueprint('plain').get('/', ({ identity }) => identity)
})

it('is typed in the members of a resource', () => {
  pets.route('/x', {
    get: pets.endpoint({ security: [{ key: [] }] }, ({ identity }) =>
      expectTypeOf(identity).toEqualTypeOf<App>(),
    ),
  })
})
