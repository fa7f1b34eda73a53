/** Express: `res.format`, `express.json`, an error handler. ETags are off, because the other servers send none for these jobs. */
import { stringify } from 'csv-stringify/sync'
import express from 'express'
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
} from '../work.js'

export function start() {
  const app = express().disable('x-powered-by').disable('etag')

  app.get('/hello/:id', ({ params }, response) => {
    response.json({ hello: 'world', id: params.id })
  })

  app.get('/readings', (_request, response) => {
    response.format({
      [JSON_TYPE]: () => response.json(readings),
      [CSV_TYPE]: () => response.send(stringify(readings, CSV_OPTIONS)),
    })
  })

  app.post('/readings', express.json({ limit: MAX_BODY_BYTES }), (request, response) => {
    if (!request.is(JSON_TYPE)) throw new HttpError(415, `Send ${JSON_TYPE}`)
    const reading = readingOf(request.body)
    if (!reading) throw new HttpError(422, 'Not a reading')
    response.status(201).json(reading)
  })

  app.get('/missing/:id', () => {
    throw new HttpError(404, 'No such reading')
  })

  // Express recognizes an error handler by its four parameters
  app.use((error, _request, response, _next) => {
    const problem = problemFrom(error)
    response.status(problem.status).type(PROBLEM_TYPE).json(problem)
  })

  return app.listen(0, '127.0.0.1')
}
