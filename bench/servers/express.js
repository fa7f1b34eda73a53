/**
 * Express: `res.format`, `express.json`, an error handler. ETags are off, because the other servers send none for these
 * jobs; the app of job e has them.
 */
import { createServer } from 'node:http'
import { stringify } from 'csv-stringify/sync'
import express from 'express'
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

  const json = express.json({ limit: MAX_BODY_BYTES })
  app.post('/readings', json, creating(readingOf))
  app.post('/checked', json, creating(createByZod))
  app.post('/checked-json', json, creating(createByAjv))

  app.get('/rows', (_request, response) => {
    response.json(rowsByZod())
  })
  app.get('/rows-json', (_request, response) => {
    response.json(rowsByAjv())
  })

  app.get('/missing/:id', () => {
    throw new HttpError(404, 'No such reading')
  })

  app.use(fail)

  const tagged = express().disable('x-powered-by')
  tagged.get('/states/:id', ({ params }, response) => {
    response.json(stateOf(params.id))
  })
  tagged.use(fail)

  return createServer((request, response) => {
    const isTagged = request.url.startsWith('/states/')
    if (isTagged) tagged(request, response)
    else app(request, response)
  }).listen(0, '127.0.0.1')
}

/** @param createBy throws, or returns undefined, when the content is invalid. */
export function creating(createBy) {
  return (request, response) => {
    if (!request.is(JSON_TYPE)) throw new HttpError(415, `Send ${JSON_TYPE}`)
    const reading = createBy(request.body)
    if (!reading) throw new HttpError(422, 'Not a reading')
    response.status(201).json(reading)
  }
}

/** Express recognizes an error handler by its four parameters. */
export function fail(error, _request, response, _next) {
  const problem = problemFrom(error)
  response.status(problem.status).type(PROBLEM_TYPE).json(problem)
}
