/** Elysia on Node.js by @elysiajs/node, with @elysiajs/openapi. */
import { createServer } from 'node:net'
import { node } from '@elysiajs/node'
import { openapi } from '@elysiajs/openapi'
import { Elysia, NotFoundError, t } from 'elysia'
import { column } from '../column.js'
import { brokenStream, City, change, report, state, stream } from '../data.js'

async function start() {
  const app = new Elysia({ adapter: node() })
    .use(openapi())
    .get('/report', () => report, { response: t.Array(t.Object({ id: t.Integer(), city: t.String() })) })
    .post('/report', ({ body, status }) => status(201, change(body)))
    .get('/plain', () => report)
    .post('/plain', ({ body, status }) => status(201, change(body)), { parse: 'json' })
    .get('/chosen', () => report) // no helper for Accept
    .get('/missing', () => {
      throw new NotFoundError('No such thing')
    })
    .get('/stream', () => stream())
    .get('/broken', () => brokenStream())
    .post('/validated', ({ body, query }) => ({ ...body, ...query, secret: 1 }), {
      body: t.Object({ city: t.String(), celsius: t.Number() }),
      query: t.Object({ copies: t.Integer() }),
      response: t.Object({ city: t.String(), celsius: t.Number(), copies: t.Integer() }),
    })
    .post('/standard', ({ body }) => body, { body: City })
    .get('/tagged', () => state)
    .put('/tagged', ({ body }) => change(body))

  const port = await freePort() // its Node.js adapter does not tell which port it got
  await new Promise((resolve) => app.listen({ port, hostname: '127.0.0.1' }, resolve))
  return { url: `http://127.0.0.1:${port}`, document: '/openapi/json', app }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

await column({ title: 'Elysia', packages: ['elysia', '@elysiajs/node', '@elysiajs/openapi'], start })
