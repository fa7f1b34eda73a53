/** restify: its formatters, its body parser, its conditional requests, its errors. */
import { stringify } from 'csv-stringify/sync'
import restify from 'restify'
import errors from 'restify-errors'
import { createByAjv, createByZod, rowsByAjv, rowsByZod } from '../schemas.js'
import {
  CSV_OPTIONS,
  CSV_TYPE,
  hashOf,
  JSON_TYPE,
  MAX_BODY_BYTES,
  PROBLEM_TYPE,
  problemFrom,
  readingOf,
  readings,
  stateOf,
  TYPES,
} from '../work.js'

export function start() {
  const server = restify.createServer({
    formatters: {
      [CSV_TYPE]: (_request, response, rows) => sized(response, stringify(rows, CSV_OPTIONS)),
      [PROBLEM_TYPE]: (_request, response, error) => sized(response, JSON.stringify(problemFrom(error))),
    },
  })
  server.on('restifyError', (_request, response, _error, done) => {
    response.contentType = PROBLEM_TYPE
    done()
  })

  server.get('/hello/:id', async ({ params }, response) => {
    response.send({ hello: 'world', id: params.id })
  })

  server.get('/readings', async (request, response) => {
    const type = request.accepts(TYPES)
    if (!type) throw new errors.NotAcceptableError(`Choose one of ${TYPES.join(', ')}`)
    response.contentType = type
    response.send(200, readings, { Vary: 'Accept' })
  })

  const isJson = async (request) => {
    if (!request.is(JSON_TYPE)) throw new errors.UnsupportedMediaTypeError(`Send ${JSON_TYPE}`)
  }
  const parsed = restify.plugins.jsonBodyParser({ maxBodySize: MAX_BODY_BYTES })
  const creating =
    (createBy) =>
    async ({ body }, response) => {
      const reading = createBy(body)
      if (!reading) throw new errors.UnprocessableEntityError('Not a reading')
      response.send(201, reading)
    }
  server.post('/readings', isJson, ...parsed, creating(readingOf))
  server.post('/checked', isJson, ...parsed, creating(createByZod))
  server.post('/checked-json', isJson, ...parsed, creating(createByAjv))

  server.get('/rows', async (_request, response) => {
    response.send(rowsByZod())
  })
  server.get('/rows-json', async (_request, response) => {
    response.send(rowsByAjv())
  })

  const findState = async (request, response) => {
    request.state = stateOf(request.params.id)
    response.etag = hashOf(JSON.stringify(request.state)) // the plugin compares without quotes
    response.header('ETag', `"${response.etag}"`)
  }
  const isFresh = restify.plugins.conditionalRequest()
  server.get('/states/:id', findState, ...isFresh, async ({ state }, response) => {
    response.send(state)
  })

  server.get('/missing/:id', async () => {
    throw new errors.NotFoundError('No such reading')
  })

  server.listen(0, '127.0.0.1')
  return server.server
}

function sized(response, content) {
  response.setHeader('Content-Length', Buffer.byteLength(content))
  return content
}
