/** Koa with @koa/router and @koa/bodyparser. */
import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import { stringify } from 'csv-stringify/sync'
import Koa from 'koa'
import {
  CSV_OPTIONS,
  CSV_TYPE,
  JSON_TYPE,
  MAX_BODY_BYTES,
  PROBLEM_TYPE,
  problemFrom,
  readingOf,
  readings,
  TYPES,
} from '../work.js'

export function start() {
  const app = new Koa()
  const router = new Router()

  app.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const problem = problemFrom(error)
      ctx.status = problem.status
      ctx.type = PROBLEM_TYPE
      ctx.body = problem
    }
  })

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

  router.post('/readings', bodyParser({ enableTypes: ['json'], jsonLimit: MAX_BODY_BYTES }), (ctx) => {
    if (!ctx.is(JSON_TYPE)) ctx.throw(415, `Send ${JSON_TYPE}`)
    const reading = readingOf(ctx.request.body)
    if (!reading) ctx.throw(422, 'Not a reading')
    ctx.status = 201
    ctx.body = reading
  })

  router.get('/missing/:id', (ctx) => ctx.throw(404, 'No such reading'))

  app.use(router.routes()).use(router.allowedMethods())
  return app.listen(0, '127.0.0.1')
}
