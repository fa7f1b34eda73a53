/** Bare Polka with the packages that its README recommends: body-parser and send-type. */
import send from '@polka/send-type'
import accepts from 'accepts'
import bodyParser from 'body-parser'
import { stringify } from 'csv-stringify/sync'
import polka from 'polka'
import typeIs from 'type-is'
import {
  CSV_OPTIONS,
  CSV_TYPE,
  HttpError,
  JSON_TYPE,
  MAX_BODY_BYTES,
  PROBLEM_TYPE,
  problemFrom,
  readingOf,
  readings,
  TYPES,
} from '../work.js'

export function start() {
  const app = polka({ onError: fail })
    .get('/hello/:id', ({ params }, response) => {
      send(response, 200, { hello: 'world', id: params.id })
    })
    .get('/readings', guarded(list))
    .post('/readings', bodyParser.json({ limit: MAX_BODY_BYTES }), guarded(create))
    .get(
      '/missing/:id',
      guarded(() => {
        throw new HttpError(404, 'No such reading')
      }),
    )
  return app.listen(0, '127.0.0.1').server
}

function list(request, response) {
  const type = accepts(request).type(TYPES)
  if (!type) throw new HttpError(406, `Choose one of ${TYPES.join(', ')}`)
  if (type === CSV_TYPE) {
    const fields = { 'Content-Type': `${CSV_TYPE}; charset=utf-8`, Vary: 'Accept' }
    send(response, 200, stringify(readings, CSV_OPTIONS), fields)
  } else send(response, 200, readings, { Vary: 'Accept' })
}

function create(request, response) {
  if (!typeIs(request, [JSON_TYPE])) throw new HttpError(415, `Send ${JSON_TYPE}`)
  const reading = readingOf(request.body)
  if (!reading) throw new HttpError(422, 'Not a reading')
  send(response, 201, reading)
}

/** Catches errors: in Polka 0.5 an error of a handler ends the process. */
function guarded(handler) {
  return (request, response) => {
    try {
      handler(request, response)
    } catch (error) {
      fail(error, request, response)
    }
  }
}

function fail(error, _request, response) {
  const problem = problemFrom(error)
  send(response, problem.status, problem, { 'Content-Type': PROBLEM_TYPE })
}
