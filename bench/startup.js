/** Start-up: milliseconds of an import over bare Node.js, and from the start of a process to its first response. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { onBothCores } from './cores.js'
import { measureRounds } from './deviation.js'
import { importEntry, urlOf } from './mazurka.js'

const ROUTES = [1000, 10_000]

/** The modules that a server needs, by the title of the row; nothing for bare Node.js. */
const imports = {
  'bare Node.js': [],
  'node:http': ['node:http'],
  Mazurka: [urlOf('index')],
  Fastify: ['fastify'],
  'Hono, @hono/node-server': ['hono', '@hono/node-server'],
  'node:http, accepts': ['node:http', 'accepts'],
  'node:http, type-is': ['node:http', 'type-is'],
  'both of these': ['node:http', 'accepts', 'type-is'],
  'node:http, content-type, cookie, @polka/send-type': [
    'node:http',
    'content-type',
    'cookie',
    '@polka/send-type',
  ],
}

const variants = {
  'node-http': 'node:http with a Map of paths',
  handler: 'Mazurka, its handler on node:http',
  polka: 'Mazurka on Polka',
  fastify: 'Fastify',
  hono: 'Hono',
}

/** Whose routes have JSON Schemas, too. */
const DESCRIBING = ['handler', 'fastify']

/**
 * @returns one sample per round: milliseconds of each import, and of each first response by number of routes, without schemas
 * and with them.
 */
export async function measureStartup({ rounds }) {
  const imported = Object.fromEntries(Object.keys(imports).map((name) => [name, []]))
  const started = ROUTES.map((routes) => ({ routes, samples: emptySamples(Object.keys(variants)) }))
  const described = [{ routes: ROUTES[0], samples: emptySamples(DESCRIBING) }]
  const measure = async (round) => {
    for (const [name, modules] of Object.entries(imports)) imported[name][round] = importing(modules)
    for (const { routes, samples } of started)
      for (const name of Object.keys(samples)) samples[name][round] = starting(name, routes)
    for (const { routes, samples } of described)
      for (const name of Object.keys(samples)) samples[name][round] = starting(`${name}-schemas`, routes)
  }
  const bare = imported['bare Node.js']
  const again = await measureRounds('startup', rounds, measure, () => [bare.map((cpu) => ({ cpu }))])
  return { rounds, variants, imported, started, described, again }
}

function emptySamples(names) {
  return Object.fromEntries(names.map((name) => [name, []]))
}

/** Milliseconds of a process that imports these modules and ends. */
function importing(modules) {
  const source = modules.map((name) => `import ${JSON.stringify(name)}`).join('\n')
  const start = performance.now()
  run(['--input-type=module', '--eval', source])
  return performance.now() - start
}

/** Milliseconds from the start of a server's process to its first response. */
function starting(name, routes) {
  return Number(run([import.meta.filename, name, String(routes)]))
}

function run(parameters) {
  const options = {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  }
  const [command, ...before] = [...onBothCores, process.execPath]
  const { status, stdout, stderr } = spawnSync(command, [...before, ...parameters], options)
  if (status !== 0) throw new Error(`node ${parameters.join(' ')} failed: ${stderr}`)
  return stdout
}

const greeting = { hello: 'world' }

/** Schemas of a route: its query, and its response. */
const querySchema = (index) => ({ type: 'object', properties: { [`filter-${index}`]: { type: 'string' } } })
const responseSchema = (index) => ({
  type: 'object',
  required: ['hello'],
  properties: {
    hello: { type: 'string' },
    [`name-${index}`]: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    place: { type: 'object', properties: { x: { type: 'number' }, y: { type: 'number' } } },
  },
})

/** Servers with a GET route for each path; each returns a `node:http` server. */
const servers = {
  'node-http': (paths) => {
    const known = new Map(paths.map((path) => [path.replace('/:id', '/'), () => JSON.stringify(greeting)]))
    return createServer(({ url }, response) => {
      const content = known.get(url.replace(/\/\d+$/, '/'))()
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': content.length })
      response.end(content)
    }).listen(0, '127.0.0.1')
  },
  handler: async (paths) => createServer((await blueprintOf(paths)).handler).listen(0, '127.0.0.1'),
  polka: async (paths) => {
    const { default: polka } = await import('polka')
    const app = polka()
    const api = await blueprintOf(paths)
    api.register(app)
    return app.listen(0, '127.0.0.1').server
  },
  fastify: async (paths) => {
    const { default: fastify } = await import('fastify')
    const app = fastify()
    for (const path of paths) app.get(path, async () => greeting)
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  },
  'handler-schemas': async (paths) => {
    const [{ RestBlueprint }, { jsonSchema }] = await Promise.all([
      importEntry('index'),
      importEntry('json-schema'),
    ])
    const api = new RestBlueprint('startup')
    for (const [index, path] of paths.entries()) {
      const schemas = { query: jsonSchema(querySchema(index)), response: jsonSchema(responseSchema(index)) }
      api.get(path, schemas, () => greeting)
    }
    return createServer(api.handler).listen(0, '127.0.0.1')
  },
  'fastify-schemas': async (paths) => {
    const { default: fastify } = await import('fastify')
    const app = fastify()
    for (const [index, path] of paths.entries()) {
      const schema = { querystring: querySchema(index), response: { 200: responseSchema(index) } }
      app.get(path, { schema }, async () => greeting)
    }
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  },
  hono: async (paths) => {
    const [{ Hono }, { serve }] = await Promise.all([import('hono'), import('@hono/node-server')])
    const app = new Hono()
    for (const path of paths) app.get(path, (c) => c.json(greeting))
    return serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  },
}

async function blueprintOf(paths) {
  const { RestBlueprint } = await importEntry('index')
  const api = new RestBlueprint('startup')
  for (const path of paths) api.get(path, () => greeting)
  return api
}

/** Runs in the server's process: half of the routes have a parameter. Prints milliseconds since its start. */
async function startAndRespond(name, routes) {
  const paths = Array.from({ length: routes }, (_, index) => `/resource-${index}${index % 2 ? '/:id' : ''}`)
  const server = await servers[name](paths)
  if (!server.listening) await once(server, 'listening')
  const socket = connect(server.address().port, '127.0.0.1')
  socket.write(`GET /resource-${routes - 1}/7 HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n`)
  const [response] = await once(socket, 'data')
  const milliseconds = performance.now()
  if (!response.toString().startsWith('HTTP/1.1 200 ')) throw new Error(`Wrong response: ${response}`)
  process.stdout.write(String(milliseconds), () => process.exit())
}

if (process.argv[1] === import.meta.filename) await startAndRespond(process.argv[2], Number(process.argv[3]))
