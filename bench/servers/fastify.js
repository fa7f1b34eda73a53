/** Fastify with its schemas for request and response, its zod type provider, @fastify/accepts and @fastify/etag. */
import fastifyAccepts from '@fastify/accepts'
import fastifyEtag from '@fastify/etag'
import { stringify } from 'csv-stringify/sync'
import fastify from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { NewReading, newReading, Reading, Rows, reading, rows } from '../schemas.js'
import {
  CSV_OPTIONS,
  CSV_TYPE,
  HttpError,
  JSON_TYPE,
  MAX_BODY_BYTES,
  PROBLEM_TYPE,
  pageFields,
  problemFrom,
  readings,
  stateOf,
  TYPES,
  table,
} from '../work.js'

const text = { type: 'string' }
const integer = { type: 'integer' }
const object = (properties) => ({ type: 'object', properties })
const json = (schema) => ({ content: { [JSON_TYPE]: { schema } } })

const Hello = object({ hello: text, id: text })
const Problem = object({ type: text, title: text, status: integer, detail: text })
const failures = { '4xx': { content: { [PROBLEM_TYPE]: { schema: Problem } } } }

export async function start() {
  const app = fastify({ bodyLimit: MAX_BODY_BYTES })
  app.removeContentTypeParser('text/plain')
  await app.register(fastifyAccepts)
  app.setErrorHandler((error, _request, reply) => {
    const problem = problemFrom(error)
    reply.code(problem.status).type(PROBLEM_TYPE).send(problem)
  })

  app.get('/hello/:id', { schema: { response: { 200: Hello } } }, async ({ params }) => ({
    hello: 'world',
    id: params.id,
  }))

  const list = { response: { 200: json(rows), ...failures } }
  app.get('/readings', { schema: list }, async (request, reply) => {
    const type = request.type(TYPES)
    if (!type) throw new HttpError(406, `Choose one of ${TYPES.join(', ')}`)
    reply.header('vary', 'Accept').type(type)
    return type === CSV_TYPE ? stringify(readings, CSV_OPTIONS) : readings
  })

  const create = { body: newReading, response: { 201: reading, ...failures } }
  app.post('/readings', { schema: create }, async ({ body }, reply) => {
    reply.code(201)
    return { id: 101, ...body }
  })

  app.post('/checked-json', { schema: create }, async ({ body }, reply) => {
    reply.code(201)
    return { id: 101, ...body }
  })
  app.get('/rows-json', { schema: { response: { 200: rows } } }, async () => readings)

  await app.register(async (checked) => {
    checked.setValidatorCompiler(validatorCompiler)
    checked.setSerializerCompiler(serializerCompiler)
    const schema = { body: NewReading, response: { 201: Reading } }
    checked.post('/checked', { schema }, async ({ body }, reply) => {
      reply.code(201)
      return { id: 101, ...body }
    })
    checked.get('/rows', { schema: { response: { 200: Rows } } }, async () => readings)
  })

  await app.register(async (tagged) => {
    await tagged.register(fastifyEtag)
    const querystring = object({
      page: { type: 'integer', minimum: 1, default: 1 },
      page_size: { type: 'integer', minimum: 1, maximum: 100, default: 100 },
    })
    const paged = { querystring, response: { 200: rows } }
    tagged.get('/table', { schema: paged }, async ({ query: { page, page_size: size } }, reply) => {
      reply.headers(pageFields(page, size, table.length, '/table'))
      return table.slice((page - 1) * size, page * size)
    })
    const state = { response: { 200: rows.items, ...failures } }
    tagged.get('/states/:id', { schema: state }, async ({ params }) => stateOf(params.id))
  })

  app.get('/missing/:id', { schema: { response: failures } }, async () => {
    throw new HttpError(404, 'No such reading')
  })

  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server
}
