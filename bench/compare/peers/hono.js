/** Hono on @hono/node-server, with its own middleware, @hono/zod-openapi and @hono/standard-validator. */
import { serve } from '@hono/node-server'
import { sValidator } from '@hono/standard-validator'
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { accepts } from 'hono/accepts'
import { etag } from 'hono/etag'
import { HTTPException } from 'hono/http-exception'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { validator } from 'hono/validator'
import { column } from '../column.js'
import { brokenStream, City, change, csv, report, state, stream } from '../data.js'

async function start() {
  const app = new OpenAPIHono()
  app.use(methodNotAllowed({ app }))

  const content = {
    'application/json': { schema: z.array(z.object({ id: z.int(), city: z.string() })) },
    'text/csv': { schema: z.string() },
  }
  const responses = { 200: { description: 'The report', content } }
  app.openapi(createRoute({ method: 'get', path: '/report', responses }), (c) => c.json(report))
  const json = validator('json', (value) => value)
  app.post('/report', json, (c) => c.json(change(c.req.valid('json')), 201))
  app.get('/plain', (c) => c.json(report))
  app.post('/plain', json, (c) => c.json(change(c.req.valid('json')), 201))

  app.get('/chosen', (c) => {
    const supports = ['application/json', 'text/csv']
    const type = accepts(c, { header: 'Accept', supports, default: 'application/json' })
    return type === 'text/csv' ? c.body(csv(report), 200, { 'Content-Type': type }) : c.json(report)
  })
  app.get('/missing', () => {
    throw new HTTPException(404, { message: 'No such thing' })
  })
  app.get('/stream', (c) => c.json(stream()))
  app.get('/broken', (c) => c.json(brokenStream()))

  const body = z.object({ city: z.string(), celsius: z.number() })
  const validated = createRoute({
    method: 'post',
    path: '/validated',
    request: {
      query: z.object({ copies: z.coerce.number().int() }),
      body: { content: { 'application/json': { schema: body } }, required: true },
    },
    responses: {
      200: {
        description: 'Both',
        content: { 'application/json': { schema: body.extend({ copies: z.int() }) } },
      },
    },
  })
  app.openapi(validated, (c) => c.json({ ...c.req.valid('json'), ...c.req.valid('query'), secret: 1 }))
  app.post('/standard', sValidator('json', City), (c) => c.json(c.req.valid('json')))

  app.use('/tagged', etag())
  app.get('/tagged', (c) => c.json(state))
  app.put('/tagged', json, (c) => c.json(change(c.req.valid('json'))))

  app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Comparison', version: '1.0.0' } })
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve({ url: `http://127.0.0.1:${port}`, document: '/openapi.json', app }),
    )
  })
}

await column({
  title: 'Hono',
  packages: ['hono', '@hono/node-server', '@hono/zod-openapi', '@hono/standard-validator'],
  start,
})
