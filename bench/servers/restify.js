/** restify: its formatters, its body parser, its errors. */
import { stringify } from 'csv-stringify/sync'
import restify from 'restify'
import errors from 'restify-errors'
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
  server.post('/readings', isJson, ...parsed, async ({ body }, response) => {
    const reading = readingOf(body)
    if (!reading) throw new errors.UnprocessableEntityError('Not a reading')
    response.send(201, reading)
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
