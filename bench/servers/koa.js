/** Koa with @koa/router, @koa/bodyparser, koa-conditional-get and @koa/etag. */
import { bodyParser } from '@koa/bodyparser'
import etag from '@koa/etag'
import Router from '@koa/router'
import { stringify } from 'csv-stringify/sync'
import Koa from 'koa'
import conditional from 'koa-conditional-get'
import { createByAjv, createByZod, rowsByAjv, rowsByZod } from '../schemas.js'
import {
  CSV_OPTIONS,
  CSV_TYPE,
  JSON_TYPE,
  MAX_BODY_BYTES,
  PROBLEM_TYPE,
  problemFrom,
  readingOf,
  readings,
  stateOf,
  TYPES,
} from '../work.js'

export const json = bodyParser({ enableTypes: ['json'], jsonLimit: MAX_BODY_BYTES })

/** @param createBy throws, or returns undefined, when the content is invalid. */
export function creating(createBy) {
  return (ctx) => {
    if (!ctx.is(JSON_TYPE)) ctx.throw(415, `Send ${JSON_TYPE}`)
    const reading = createBy(ctx.request.body)
    if (!reading) ctx.throw(422, 'Not a reading')
    ctx.status = 201
    ctx.body = reading
  }
}

export async function handleErrors(ctx, next) {
  try {
    await next()
  } catch (error) {
    const problem = problemFrom(error)
    ctx.status = problem.status
    ctx.type = PROBLEM_TYPE
    ctx.body = problem
  }
}

export function start() {
  const app = new Koa()
  const router = new Router()

  app.use(handleErrors)

  router.get('/hello/:id', (ctx) => {
    ctx.body = { hello: 'world', id: ctx.params.id }
  })

  router.get('/readings', (ctx) => {
    const type = ctx.accepts(TYPES)
    if (!type) ctx.throw(406, `Choose one of ${TYPES.join(', ')}`)
    ctx.vary('Accept')
    ctx.type = type
    ctx.body = type === CSV_TYPE ? stringify(readings, CSV_OPTIONS) : readings
  })

  router.post('/readings', json, creating(readingOf))
  router.post('/checked', json, creating(createByZod))
  router.post('/checked-json', json, creating(createByAjv))

  router.get('/rows', (ctx) => {
    ctx.body = rowsByZod()
  })
  router.get('/rows-json', (ctx) => {
    ctx.body = rowsByAjv()
  })
  router.get('/states/:id', conditional(), etag(), (ctx) => {
    ctx.body = stateOf(ctx.params.id)
  })

  router.get('/missing/:id', (ctx) => ctx.throw(404, 'No such reading'))

  app.use(router.routes()).use(router.allowedMethods())
  return app.listen(0, '127.0.0.1')
}
