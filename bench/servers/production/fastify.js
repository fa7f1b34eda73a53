/** Fastify with @fastify/cors, @fastify/helmet, its request ids, and its request log: two lines per request. */
import { randomUUID } from 'node:crypto'
import fastifyCors from '@fastify/cors'
import fastifyHelmet from '@fastify/helmet'
import fastify from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { NewReading, Reading } from '../../schemas.js'
import { sink } from '../../sink.js'
import { MAX_BODY_BYTES, ORIGIN, PROBLEM_TYPE, problemFrom } from '../../work.js'

export async function start() {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    logger: { stream: sink },
    requestIdHeader: 'x-request-id',
    genReqId: () => randomUUID(),
  })
  app.removeContentTypeParser('text/plain')
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  await app.register(fastifyCors, { origin: [ORIGIN], credentials: true })
  await app.register(fastifyHelmet)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  app.setErrorHandler((error, _request, reply) => {
    const problem = problemFrom(error)
    reply.code(problem.status).type(PROBLEM_TYPE).serializer(JSON.stringify).send(problem)
  })

  const schema = { body: NewReading, response: { 201: Reading } }
  app.post('/checked', { schema }, async ({ body }, reply) => {
    reply.code(201)
    return { id: 101, ...body }
  })

  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server
}
