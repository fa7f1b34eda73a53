/** h3 on its Node.js server, with its own helpers. */
import { createHash } from 'node:crypto'
import {
  getValidatedQuery,
  H3,
  HTTPError,
  handleCacheHeaders,
  iterable,
  readBody,
  readValidatedBody,
  requireContentType,
  serve,
} from 'h3'
import { z } from 'zod'
import { column } from '../column.js'
import { brokenStream, City, change, report, state, stream } from '../data.js'

async function start() {
  const app = new H3({ silent: true })

  app.get('/report', () => report)
  app.post('/report', async (event) => {
    requireContentType(event, ['application/json', 'application/vnd.acme+json'])
    event.res.status = 201
    return change(await readBody(event))
  })
  app.get('/plain', () => report)
  app.post('/plain', async (event) => {
    requireContentType(event, 'application/json')
    event.res.status = 201
    return change(await readBody(event))
  })
  app.get('/chosen', () => report) // no helper for Accept
  app.get('/missing', () => {
    throw new HTTPError({ status: 404, message: 'No such thing' })
  })
  app.get('/stream', () => iterable(stream()))
  app.get('/broken', () => iterable(brokenStream()))

  const body = z.object({ city: z.string(), celsius: z.number() })
  const query = z.object({ copies: z.coerce.number().int() })
  app.post('/validated', async (event) => ({
    ...(await getValidatedQuery(event, query)),
    ...(await readValidatedBody(event, body)),
    secret: 1,
  }))
  app.post('/standard', (event) => readValidatedBody(event, City))

  const etag = `"${createHash('sha1').update(JSON.stringify(state)).digest('hex')}"`
  app.get('/tagged', (event) => (handleCacheHeaders(event, { etag }) ? undefined : state))
  app.put('/tagged', async (event) => {
    if (handleCacheHeaders(event, { etag })) return
    return change(await readBody(event))
  })

  const server = serve(app, { port: 0, hostname: '127.0.0.1', silent: true })
  await server.ready()
  return { url: `http://127.0.0.1:${server.node.server.address().port}`, app }
}

await column({ title: 'h3', packages: ['h3'], start })
