/** Bare Polka with the packages that its README recommends: body-parser and send-type. */
import send from '@polka/send-type'
import accepts from 'accepts'
import bodyParser from 'body-parser'
import { stringify } from 'csv-stringify/sync'
import etag from 'etag'
import fresh from 'fresh'
import typeIs from 'type-is'
import { createByAjv, createByZod, rowsByAjv, rowsByZod } from '../schemas.js'
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
  stateOf,
  TYPES,
} from '../work.js'

/** @param variant the package: `polka`, or `polka-next`. */
export async function start(variant) {
  const { default: polka } = await import(variant || 'polka')
  const json = bodyParser.json({ limit: MAX_BODY_BYTES })
  const app = polka({ onError: fail })
    .get('/hello/:id', ({ params }, response) => {
      send(response, 200, { hello: 'world', id: params.id })
    })
    .get('/readings', guarded(list))
    .get('/states/:id', guarded(state))
    .get(
      '/rows',
      guarded((_request, response) => send(response, 200, rowsByZod())),
    )
    .get(
      '/rows-json',
      guarded((_request, response) => send(response, 200, rowsByAjv())),
    )
    .post('/readings', json, creating(readingOf))
    .post('/checked', json, creating(createByZod))
    .post('/checked-json', json, creating(createByAjv))
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

/** @param createBy throws, or returns undefined, when the content is invalid. */
export function creating(createBy) {
  return guarded((request, response) => {
    if (!typeIs(request, [JSON_TYPE])) throw new HttpError(415, `Send ${JSON_TYPE}`)
    const reading = createBy(request.body)
    if (!reading) throw new HttpError(422, 'Not a reading')
    send(response, 201, reading)
  })
}

function state(request, response) {
  const content = JSON.stringify(stateOf(request.params.id))
  const fields = { ETag: etag(content), 'Content-Type': JSON_TYPE }
  if (fresh(request.headers, { etag: fields.ETag })) response.writeHead(304, { ETag: fields.ETag }).end()
  else send(response, 200, content, fields)
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

export function fail(error, _request, response) {
  const problem = problemFrom(error)
  send(response, problem.status, problem, { 'Content-Type': PROBLEM_TYPE })
}
