/** Koa with @koa/cors, koa-helmet and koa-logger (two lines per request). */
import { randomUUID } from 'node:crypto'
import cors from '@koa/cors'
import Router from '@koa/router'
import Koa from 'koa'
import helmet from 'koa-helmet'
import logger from 'koa-logger'
import { createByZod } from '../../schemas.js'
import { sink } from '../../sink.js'
import { ORIGIN } from '../../work.js'
import { creating, handleErrors, json } from '../koa.js'

export function start() {
  const app = new Koa()
  const router = new Router()
  app.use((ctx, next) => {
    ctx.set('X-Request-Id', ctx.get('X-Request-Id') || randomUUID())
    return next()
  })
  app.use(logger((line) => sink.write(`${line}\n`)))
  app.use(helmet())
  app.use(cors({ origin: ({ header }) => (header.origin === ORIGIN ? ORIGIN : ''), credentials: true }))
  app.use(handleErrors)
  router.post('/checked', json, creating(createByZod))
  app.use(router.routes()).use(router.allowedMethods())
  return app.listen(0, '127.0.0.1')
}
