/** The endpoints: login, logout, a new password, and who has logged in. */
import type {} from 'cookie-session' // has the type of request.session
import { abort, type HookRequest, RestBlueprint, Unauthorized } from 'mazurka'
import type { SecurityScheme } from 'mazurka/security'
import { z } from 'zod'
import { hashPassword, isPassword } from './passwords.ts'
import { endSession, endSessionsOf, startSession, userOf } from './sessions.ts'

declare global {
  namespace CookieSessionInterfaces {
    interface CookieSessionObject {
      id?: string
    }
  }
}

const User = z.object({ name: z.string(), role: z.string() })
const Password = z.string().max(200) // of any length it would be work for scrypt
const Credentials = z.object({ name: z.string().max(80), password: Password })
const NewPassword = z.object({ password: Password, newPassword: Password.min(12) })

/** A table in your database. */
const users = new Map([
  ['tom', { name: 'tom', role: 'keeper', passwordHash: await hashPassword('correct horse') }],
])

const session: SecurityScheme<z.infer<typeof User>> = {
  document: { type: 'apiKey', in: 'cookie', name: 'session' },
  challenge: 'Session',
  hasScopes: false,
  authenticate(request: HookRequest) {
    const id = request.session?.id
    if (id === undefined) return undefined
    const user = users.get(userOf(id) ?? '')
    if (user) return user
    request.session = null // removes the cookie
    throw new Unauthorized('The session has ended')
  },
}

const onlyUsers = [{ session: [] }]
const challenged = { 401: { headers: { 'WWW-Authenticate': 'How to authenticate' } } }
const headers = { 'WWW-Authenticate': session.challenge }
const byAddress = { points: 10, seconds: 60 }

export const accounts = new RestBlueprint('accounts').security({ session })

accounts.post(
  '/login',
  { security: false, rateLimit: byAddress, body: Credentials, response: { 200: User, ...challenged } },
  async (request) => {
    const { name, password } = request.body
    const user = users.get(name)
    const isRight = await isPassword(password, user?.passwordHash)
    if (!user || !isRight) abort(401, 'Wrong name or password', { headers })
    endSession(request.session?.id)
    request.session = { id: startSession(name) } // another id at each login
    return user // without the hash: it is not in the schema
  },
)

accounts.get(
  '/me',
  { security: onlyUsers, response: User, cache: { noStore: true } },
  ({ identity }) => identity,
)

accounts.put(
  '/me/password',
  { security: onlyUsers, rateLimit: byAddress, body: NewPassword, status: 204 },
  async (request) => {
    const { password, newPassword } = request.body
    const user = users.get(request.identity.name)
    if (!user || !(await isPassword(password, user.passwordHash))) abort(403, 'Wrong password')
    user.passwordHash = await hashPassword(newPassword)
    endSessionsOf(user.name) // of all devices
    request.session = { id: startSession(user.name) }
  },
)

accounts.post('/logout', { security: onlyUsers, status: 204 }, (request) => {
  endSession(request.session?.id)
  request.session = null
})
