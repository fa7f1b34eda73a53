/** Fastify with @fastify/accepts, @fastify/accepts-serializer, @fastify/etag and @fastify/swagger. */
import accepts from '@fastify/accepts'
import acceptsSerializer from '@fastify/accepts-serializer'
import etag from '@fastify/etag'
import swagger from '@fastify/swagger'
import fastify from 'fastify'
import { column } from '../column.js'
import { brokenStream, change, csv, report, state, stream } from '../data.js'

const text = { type: 'string' }
const number = { type: 'number' }
const object = (properties) => ({ type: 'object', properties, required: Object.keys(properties) })

async function start() {
  const app = fastify()
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Comparison', version: '1.0.0' } },
  })
  await app.register(accepts)
  app.get('/openapi.json', () => app.swagger())

  const rows = { type: 'array', items: object({ id: { type: 'integer' }, city: text }) }
  const content = { 'application/json': { schema: rows }, 'text/csv': { schema: text } }
  await app.register(async (scope) => {
    await scope.register(acceptsSerializer)
    const config = { serializers: [{ regex: /^text\/csv$/, serializer: csv }] }
    scope.get('/plain', (_request, reply) => reply.send(report))
    scope.get('/report', { config, schema: { response: { 200: { content } } } }, (_request, reply) =>
      reply.send(report),
    )
    await scope.register(async (vendor) => {
      const parse = vendor.getDefaultJsonParser('error', 'error')
      vendor.addContentTypeParser('application/vnd.acme+json', { parseAs: 'string' }, parse)
      vendor.post('/report', { config }, ({ body }, reply) => reply.code(201).send(change(body)))
    })
    scope.post('/plain', ({ body }, reply) => reply.code(201).send(change(body)))
  })

  app.get('/chosen', (request, reply) => {
    const type = request.type(['application/json', 'text/csv'])
    if (!type) throw Object.assign(new Error('Not acceptable'), { statusCode: 406 })
    reply.type(type)
    return type === 'text/csv' ? csv(report) : report
  })
  app.get('/missing', () => {
    throw Object.assign(new Error('No such thing'), { statusCode: 404 })
  })
  app.get('/stream', async () => stream())
  app.get('/broken', async () => brokenStream())

  const body = object({ city: text, celsius: number })
  const querystring = object({ copies: { type: 'integer' } })
  const response = { 200: object({ city: text, celsius: number, copies: { type: 'integer' } }) }
  app.post('/validated', { schema: { body, querystring, response } }, async (request) => ({
    ...request.body,
    ...request.query,
    secret: 1,
  }))
  // its compiler takes JSON Schemas; another one is written by hand or a third-party package
  app.post('/standard', async (request) => request.body)

  await app.register(async (scope) => {
    await scope.register(etag)
    scope.get('/tagged', async () => state)
    scope.put('/tagged', async (request) => change(request.body))
  })

  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return { url, document: '/openapi.json', app }
}

await column({
  title: 'Fastify',
  packages: [
    'fastify',
    '@fastify/accepts',
    '@fastify/accepts-serializer',
    '@fastify/etag',
    '@fastify/swagger',
  ],
  start,
})
