/** A login with a session: passwords as hashes, a signed cookie, a check against CSRF, and limits by address. */
import { randomBytes } from 'node:crypto'
import cookieSession from 'cookie-session'
import type { Middleware } from 'mazurka'
import { Api } from 'mazurka/api'
import { clientOf } from 'mazurka/security'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'
import { accounts } from './accounts.ts'

/** From the environment: the same in all processes. Otherwise a new one, and whoever has logged in does so again. */
const secret = (name: string) => process.env[name] || randomBytes(32).toString('base64url')

export const app = polka().use(startPage('login', { documentation: '/docs' }))

export const api = new Api(app, {
  title: 'Accounts',
  version: '1.0.0',
  trustProxy: ['loopback'],
  securityHeaders: true,
  rateLimit: { points: 200, seconds: 60 },
  csrf: { secrets: [secret('CSRF_SECRET')], session: ({ session }) => session?.id, token: 'fallback' },
})

/** Makes the cookie Secure where the client uses HTTPS, also behind a proxy that ends TLS. */
const setProtocol: Middleware = (request, _response, next) => {
  Object.assign(request, { protocol: clientOf(request).scheme })
  next()
}

api.root.use(setProtocol, cookieSession({ name: 'session', keys: [secret('SESSION_KEY')], sameSite: 'lax' }))
api.registerBlueprint(accounts)

if (process.argv[1] === import.meta.filename) serve('login', app)
