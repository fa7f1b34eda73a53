/** Hono with its middleware: request id, logger (two lines per request), secure headers with a policy for an API, CORS. */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { logger } from 'hono/logger'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import { sink } from '../../sink.js'
import { ORIGIN } from '../../work.js'
import { checked, fail } from '../hono.js'

export function start() {
  const app = new Hono()
  app.onError(fail)
  app.use(requestId())
  app.use(logger((line) => sink.write(`${line}\n`)))
  app.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } }))
  app.use(cors({ origin: [ORIGIN], credentials: true }))
  app.post('/checked', ...checked)
  return serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
}
