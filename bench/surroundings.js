/** Cost of what stands around the endpoints: CPU per request of job a, each part alone and all of them. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import fastifyCors from '@fastify/cors'
import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import fastify from 'fastify'
import polka from 'polka'
import { measureRounds } from './deviation.js'
import { importEntry } from './mazurka.js'
import { Server } from './server.js'
import { start as startFloor } from './servers/node-http.js'
import { cpuOf, takeTurns } from './turns.js'
import { JSON_TYPE } from './work.js'

const COUNT = 20_000

const KEY = 'a key of at least thirty-two characters'
const ORIGIN = 'https://shop.example'
const POINTS = 2_000_000_000

const fields = { accept: JSON_TYPE, origin: ORIGIN, 'x-api-key': KEY }

/** A logger that keeps nothing: the text of a line is not part of the measurement. */
const sink = { info: () => {}, warn: () => {}, error: () => {}, child: () => sink }

const around = {
  requestId: { requestId: true },
  accessLog: { accessLog: { logger: sink } },
  securityHeaders: { securityHeaders: true },
  cors: { cors: { origin: [ORIGIN], credentials: true } },
  rateLimit: { rateLimit: { points: POINTS, seconds: 3600 } },
  apiKey: { security: [{ key: [] }] },
  cache: { cache: { maxAgeSeconds: 60 } },
  host: { trustProxy: ['loopback'], allowedHosts: ['127.0.0.1', 'bench'] },
  csrf: { csrf: { secrets: [KEY], session: () => undefined } },
}

const byIdentity = {
  rateLimit: {
    limits: {
      address: { points: POINTS, seconds: 60 },
      identity: { points: POINTS, seconds: 3600, by: 'identity' },
    },
  },
}

/** By the name in the table: options of an Api; without them a server that is not Mazurka. */
const variants = {
  floor: { title: 'node:http by hand, nothing around it' },
  none: { title: 'Mazurka, nothing around it', options: {} },
  ...Object.fromEntries(
    Object.entries(around).map(([name, options]) => [name, { title: `+ ${name}`, options }]),
  ),
  plugins: {
    title: 'Mazurka, cors, securityHeaders and rateLimit',
    options: { ...around.cors, ...around.securityHeaders, ...around.rateLimit },
  },
  all: { title: 'Mazurka, all of these, a second limit by identity', options: allOf(around, byIdentity) },
  jwt: {
    title: 'the same with a JWT (RS256) in place of the API key',
    options: { ...allOf(around, byIdentity), security: [{ token: [] }] },
    hasToken: true,
  },
  'jwt-cached': {
    title: 'the same, tokens remembered for 60 s',
    options: { ...allOf(around, byIdentity), security: [{ token: [] }] },
    hasToken: true,
    cacheSeconds: 60,
  },
  'fastify-none': { title: 'Fastify, nothing around it' },
  'fastify-plugins': { title: 'Fastify, @fastify/cors, helmet and rate-limit' },
  'fastify-all': { title: 'the same, API key, request log to a sink' },
}

function allOf(parts, more) {
  return Object.assign({}, ...Object.values(parts), more)
}

/**
 * @returns for each variant one sample per round: `{ cpu, ratio }`, CPU microseconds and the ratio to the floor; and how many
 * rounds were run again, because the floor deviated.
 */
export async function measureSurroundings({ rounds }) {
  const names = Object.keys(variants)
  const samples = Object.fromEntries(names.map((name) => [name, []]))
  const measure = async (round) => {
    const running = new Map()
    for (const name of names) running.set(name, await open(name))
    const clients = new Map()
    for (const [name, { server, request }] of running)
      clients.set(name, await server.connect({ requests: [request] }))
    const turns = await takeTurns(clients, COUNT, round)
    for (const [name, own] of turns) samples[name][round] = cpuOf(own, turns.get('floor'))
    for (const { server } of running.values()) await server.stop()
  }
  const again = await measureRounds('surroundings', rounds, measure, () => [samples.floor])
  return { rounds, variants, samples, again }
}

/** Starts a variant, and checks what it answers. */
async function open(name) {
  const { options, hasToken } = variants[name]
  const server = await Server.start('./surroundings.js', { variant: name })
  const headers = { ...fields }
  if (hasToken) headers.authorization = `Bearer ${await (await fetch(`${server.origin}/token`)).text()}`
  const response = await fetch(`${server.origin}/hello/42`, { headers })
  assert.equal(response.status, 200, `${name}: ${response.status}`)
  assert.deepEqual(await response.json(), { hello: 'world', id: '42' })
  const has = (field) => assert.ok(response.headers.has(field), `${name} lacks ${field}`)
  const isFull = name === 'fastify-plugins' || name === 'fastify-all' || (options?.cors && options.rateLimit)
  if (isFull) ['access-control-allow-origin', 'content-security-policy'].forEach(has)
  if (options?.security || name === 'fastify-all') {
    const refused = await fetch(`${server.origin}/hello/42`, { headers: { origin: ORIGIN } })
    assert.equal(refused.status, 401, `${name} lets everybody in`)
  }
  return { server, request: { method: 'GET', path: '/hello/42', headers } }
}

/** Runs in the server's process. */
export function start(name) {
  if (name === 'floor') return startFloor()
  return name.startsWith('fastify') ? startFastify(name) : startMazurka(variants[name])
}

async function startMazurka({ options, hasToken, cacheSeconds }) {
  const { RestBlueprint } = await importEntry('index')
  const { Api } = await importEntry('api')
  const { apiKey, bearer, safeEqual } = await importEntry('security')
  const app = polka()
  const api = new Api(app, { title: 'Bench', version: '1', docs: false, openapi: false, ...options })
  const { token, jwks } = hasToken ? keyAndToken() : {}
  if (options.security) {
    api.root.security({
      key: apiKey({
        header: 'x-api-key',
        verify: (key) => (safeEqual(key, KEY) ? { id: 'shop' } : undefined),
      }),
      ...(hasToken && {
        token: bearer({ issuer: 'bench', audience: 'bench', algorithms: ['RS256'], jwks, cacheSeconds }),
      }),
    })
  }
  const hello = new RestBlueprint('hello')
  hello.get('/hello/:id', ({ params }) => ({ hello: 'world', id: params.id }))
  hello.get('/token', { security: false, outgoing: ['text/plain'] }, () => token)
  api.registerBlueprint(hello)
  return app.listen(0, '127.0.0.1').server
}

/** A JWT that is valid for a day, and the JWK Set to verify it. */
function keyAndToken() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: 'bench', aud: 'bench', sub: 'ada', iat: now, exp: now + 86_400 }
  const signed = `${encode({ alg: 'RS256', kid: 'one' })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(signed), privateKey).toString('base64url')
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }
  return { token: `${signed}.${signature}`, jwks: { keys: [jwk] } }
}

async function startFastify(name) {
  const isFull = name === 'fastify-all'
  const app = fastify(isFull ? { logger: { stream: { write: () => {} } } } : {})
  if (name !== 'fastify-none') {
    await app.register(fastifyCors, { origin: [ORIGIN], credentials: true })
    await app.register(fastifyHelmet)
    await app.register(fastifyRateLimit, { max: POINTS, timeWindow: 3_600_000 })
  }
  if (isFull) {
    app.addHook('onRequest', async (request, reply) => {
      if (request.headers['x-api-key'] !== KEY) return reply.code(401).send({ message: 'Unauthorized' })
    })
  }
  const text = { type: 'string' }
  const schema = { response: { 200: { type: 'object', properties: { hello: text, id: text } } } }
  app.get('/hello/:id', { schema }, async ({ params }) => ({ hello: 'world', id: params.id }))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server
}
