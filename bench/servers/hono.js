/** Hono on @hono/node-server, with its helpers: accepts, bodyLimit, validator, etag, HTTPException; zod by its validator. */
import { serve } from '@hono/node-server'
import { zValidator } from '@hono/zod-validator'
import { stringify } from 'csv-stringify/sync'
import { Hono } from 'hono'
import { accepts } from 'hono/accepts'
import { bodyLimit } from 'hono/body-limit'
import { etag } from 'hono/etag'
import { HTTPException } from 'hono/http-exception'
import { validator } from 'hono/validator'
import { createdByAjv, isNewReading, NewReading, Reading, rowsByAjv, rowsByZod } from '../schemas.js'
import {
  CSV_OPTIONS,
  CSV_TYPE,
  JSON_TYPE,
  MAX_BODY_BYTES,
  PROBLEM_TYPE,
  pageFields,
  pageOf,
  problemFrom,
  readingOf,
  readings,
  stateOf,
  TYPES,
  table,
} from '../work.js'

const limit = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new HTTPException(413, { message: `At most ${MAX_BODY_BYTES} bytes` })
  },
})

/** `bodyLimit` needs a web stream, which alone costs three times the request: only where the length is unknown. */
function limited(c, next) {
  const isSmall = Number(c.req.header('content-length')) <= MAX_BODY_BYTES
  return isSmall && !c.req.header('transfer-encoding') ? next() : limit(c, next)
}

/** Middleware and handler of job c-schema. */
export const checked = [
  limited,
  (c, next) => {
    requireJson(c)
    return next()
  },
  zValidator('json', NewReading, ({ success }) => {
    if (!success) throw new HTTPException(422, { message: 'Not a reading' })
  }),
  (c) => c.json(Reading.parse({ id: 101, ...c.req.valid('json') }), 201),
]

export function fail(error, c) {
  const problem = problemFrom(error)
  return c.json(problem, problem.status, { 'Content-Type': PROBLEM_TYPE })
}

export function start() {
  const app = new Hono()
  app.onError(fail)

  app.get('/hello/:id', (c) => c.json({ hello: 'world', id: c.req.param('id') }))

  app.get('/readings', (c) => {
    const type = accepts(c, { header: 'Accept', supports: TYPES, default: '' }) || anything(c)
    if (!type) throw new HTTPException(406, { message: `Choose one of ${TYPES.join(', ')}` })
    if (type !== CSV_TYPE) return c.json(readings, 200, { Vary: 'Accept' })
    const fields = { 'Content-Type': `${CSV_TYPE}; charset=utf-8`, Vary: 'Accept' }
    return c.body(stringify(readings, CSV_OPTIONS), 200, fields)
  })

  const reading = validator('json', (value, c) => {
    requireJson(c)
    const valid = readingOf(value)
    if (!valid) throw new HTTPException(422, { message: 'Not a reading' })
    return valid
  })
  app.post('/readings', limited, reading, (c) => c.json(c.req.valid('json'), 201))

  app.post('/checked', ...checked)

  const byAjv = validator('json', (value, c) => {
    requireJson(c)
    if (!isNewReading(value)) throw new HTTPException(422, { message: 'Not a reading' })
    return value
  })
  app.post('/checked-json', limited, byAjv, (c) => c.json(createdByAjv(c.req.valid('json')), 201))

  app.get('/rows', (c) => c.json(rowsByZod()))
  app.get('/rows-json', (c) => c.json(rowsByAjv()))
  app.get('/states/:id', etag(), (c) => c.json(stateOf(c.req.param('id'))))

  app.get('/table', etag(), (c) => {
    const requested = pageOf(c.req.query())
    if (!requested) throw new HTTPException(422, { message: 'No such page' })
    const { page, size } = requested
    const fields = pageFields(page, size, table.length, '/table')
    return c.json(table.slice((page - 1) * size, page * size), 200, fields)
  })

  app.get('/missing/:id', () => {
    throw new HTTPException(404, { message: 'No such reading' })
  })

  return serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
}

/** The validator of Hono takes other types for an empty object. */
function requireJson(c) {
  const isJson = /^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')
  if (!isJson) throw new HTTPException(415, { message: `Send ${JSON_TYPE}` })
}

/** Hono's helper returns its default without Accept, for a wildcard, and when nothing matches. */
function anything(c) {
  return (c.req.header('Accept') ?? '*/*').includes('*/*') ? JSON_TYPE : undefined
}
