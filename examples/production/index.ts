/**
 * An Api with everything on, as it runs behind the nginx.conf of this folder: sessions and API keys, limits, CORS, CSRF,
 * security headers, caching, request ids, logs in JSON, timings, health, and a shutdown that loses no request.
 */
import { createServer } from 'node:http'
import cookieSession from 'cookie-session'
import { Redis } from 'ioredis'
import type { Middleware } from 'mazurka'
import { Api } from 'mazurka/api'
import { apiKey, clientOf, type SecurityScheme, safeEqual } from 'mazurka/security'
import { production, type ShutdownOptions } from 'mazurka/server'
import { pino } from 'pino'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'
import { secret } from './secret.ts'
import { shelter, userOf } from './shelter.ts'

const { REDIS_URL, LOG_LEVEL = 'info' } = process.env
const API_KEY = secret('API_KEY', 'secret')
const SESSION_KEY = secret('SESSION_KEY', 'session key')
const CSRF_SECRET = secret('CSRF_SECRET', 'a secret of 32 characters or more')

const logger = pino({ level: LOG_LEVEL })
const redis = REDIS_URL === undefined ? undefined : new Redis(REDIS_URL)
redis?.on('error', ({ message }) => logger.warn(message))

const { options, apply } = production({ proxy: true, uploads: true })
export const app = polka({ server: apply(createServer(options)) })
app.use(startPage('production', { documentation: '/docs' }))

const api = new Api(app, {
  title: 'Shelter',
  version: '1.0.0',
  logger,
  trustProxy: ['loopback'],
  allowedHosts: ['api.example.org', 'localhost', '127.0.0.1'],
  requestId: true,
  accessLog: { fields: (request) => ({ user: userOf(request) }) },
  openTelemetry: true,
  serverTiming: LOG_LEVEL === 'debug',
  securityHeaders: true,
  cors: { origin: ['https://app.example.org'], credentials: true },
  csrf: { secrets: [CSRF_SECRET], session: userOf },
  rateLimit: {
    limits: {
      burst: { points: 200, seconds: 10 },
      daily: { points: 10_000, seconds: 86_400, by: 'identity' },
    },
    store: redis ? { redis } : 'memory',
  },
  security: [{ session: [] }, { key: [] }],
  health: true, // without a check of Redis: its outage stops no request
})

const setProtocol: Middleware = (request, _response, next) => {
  Object.assign(request, { protocol: clientOf(request).scheme }) // makes the cookie of the session Secure
  next()
}
api.root.use(setProtocol)
api.root.use(cookieSession({ name: 'session', keys: [SESSION_KEY], sameSite: 'lax' }) as Middleware)

const session: SecurityScheme<{ readonly name: string }> = {
  document: { type: 'apiKey', in: 'cookie', name: 'session' },
  challenge: 'Session',
  authenticate(request) {
    const name = userOf(request)
    return name === undefined ? undefined : { name }
  },
}
const key = apiKey({ header: 'x-api-key', verify: (sent) => safeEqual(sent, API_KEY) && { name: 'machine' } })
api.root.security({ session, key })
api.registerBlueprint(shelter)

/** The load balancer sees that `/health/ready` is 503, requests are completed, and the connection to Redis is closed. */
export const stop: ShutdownOptions = {
  delaySeconds: 5,
  graceSeconds: 20,
  close: redis ? [() => redis.quit()] : [],
  logger,
}

if (process.argv[1] === import.meta.filename) serve('production', app, stop)
