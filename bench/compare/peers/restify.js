/** restify: its formatters and its plugins for Accept, content, queries and preconditions. */
import { createHash } from 'node:crypto'
import restify from 'restify'
import errors from 'restify-errors'
import { column } from '../column.js'
import { brokenStream, change, csv, report, state, stream } from '../data.js'

const { acceptParser, bodyParser, conditionalRequest, queryParser } = restify.plugins

async function start() {
  const server = restify.createServer({
    formatters: {
      'text/csv': (_request, _response, rows) => (Array.isArray(rows) ? csv(rows) : String(rows)),
    },
  })
  server.on('uncaughtException', () => {})
  server.use(acceptParser(server.acceptable))
  server.use(queryParser())
  server.use(bodyParser({ mapParams: false }))

  server.get('/report', async (_request, response) => {
    response.send(report)
  })
  server.post('/report', async ({ body }, response) => {
    response.send(201, change(body))
  })
  server.get('/plain', async (_request, response) => {
    response.send(report)
  })
  server.post('/plain', async ({ body }, response) => {
    response.send(201, change(body))
  })
  server.get('/chosen', async (request, response) => {
    response.contentType = request.accepts(['application/json', 'text/csv'])
    response.send(report)
  })
  server.get('/missing', async () => {
    throw new errors.NotFoundError('No such thing')
  })
  server.get('/stream', async (_request, response) => {
    response.send(stream())
  })
  server.get('/broken', async (_request, response) => {
    response.send(brokenStream())
  })
  server.post('/validated', async ({ body, query }, response) => {
    response.send({ ...body, ...query, secret: 1 })
  })
  server.post('/standard', async ({ body }, response) => {
    response.send(body)
  })

  // the plugin compares with the ETag that an earlier handler has set
  const tag = async (_request, response) => {
    response.header('ETag', createHash('sha1').update(JSON.stringify(state)).digest('hex')) // as its README does
  }
  server.get('/tagged', tag, conditionalRequest(), async (_request, response) => {
    response.send(state)
  })
  server.put('/tagged', tag, conditionalRequest(), async ({ body }, response) => {
    response.send(change(body))
  })

  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}`, app: server }
}

await column({ title: 'restify', packages: ['restify'], start })
