/** Access tokens with scopes (JWT), keys from a JWKS server, a login with Basic, and identities with their types. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { RestBlueprint } from 'mazurka'
import { Api } from 'mazurka/api'
import { basic, bearer, safeEqual } from 'mazurka/security'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'
import { Roles } from './roles.ts'

// an identity provider: elsewhere in real life
const { publicKey, privateKey } = await generateKeyPair('ES256')
const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'example' }] }
const provider = createServer((_request, response) => response.end(JSON.stringify(keys)))
await once(provider.listen(0, '127.0.0.1').unref(), 'listening')
const issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
const audience = 'pets'

interface User {
  readonly sub: string
}
const users = new Map([
  ['tom', { name: 'tom', password: 'secret', scope: 'pets:read', role: 'visitor' }],
  ['ola', { name: 'ola', password: 'hidden', scope: 'pets:read pets:write', role: 'keeper' }],
])

const login = basic({
  realm: 'pets',
  verify(name, password) {
    const user = users.get(name)
    return safeEqual(password, user?.password) && user && { name, scope: user.scope }
  },
})
const token = bearer<User>({ issuer, audience, algorithms: ['ES256'], jwks: issuer })

class Pets extends Roles(RestBlueprint) {}
const accountOf = (identity: unknown) => users.get((identity as User).sub)
const pets = new Pets('pets', { accountOf }).security({ login, token })
const names = ['Burek']

pets.get('/token', { security: [{ login: [] }], outgoing: ['text/plain'] }, ({ identity: { name, scope } }) =>
  new SignJWT({ scope })
    .setProtectedHeader({ alg: 'ES256', kid: 'example' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(name)
    .setExpirationTime('5 minutes')
    .sign(privateKey),
)
pets.get('/me', { security: [{ token: [] }, { login: [] }] }, ({ identity }) => identity)
pets.get('/pets', { security: false }, () => names)
pets.put('/pets/:name', { security: [{ token: ['pets:write'] }] }, ({ params, identity }) => {
  names.push(params.name)
  return `${params.name} belongs to ${identity.sub}`
})
pets.delete('/pets', { security: [{ token: [] }], role: 'keeper' }, ({ user }) => {
  names.length = 0
  return `${user.name}, the ${user.role}, has freed all pets`
})

export const app = polka().use(startPage('auth', { documentation: '/docs' }))
new Api(app, { title: 'Pets', version: '1.0.0' }).registerBlueprint(pets)

if (process.argv[1] === import.meta.filename) serve('auth', app)
