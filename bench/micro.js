/** Cost of negotiation and of the route table: CPU per request over real sockets. */
import { createServer } from 'node:http'
import accepts from 'accepts'
import polka from 'polka'
import { importEntry } from './mazurka.js'
import { Server } from './server.js'
import { CSV_TYPE, JSON_TYPE, TYPES } from './work.js'

const COUNT = 10_000
const CHROME =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8'

/** More fields than any cache holds: they differ in one range that no server offers. */
const everNew = (accept) => Array.from({ length: 4096 }, (_, index) => `${accept},x/y${index};q=0.1`)

const negotiations = {
  'no Accept': [undefined],
  'application/json': [JSON_TYPE],
  'application/json, never the same twice': everNew(JSON_TYPE),
  'Chrome’s': [CHROME],
  'Chrome’s, never the same twice': everNew(CHROME),
}

const tables = [
  { paths: 10, blueprints: 1 },
  { paths: 100, blueprints: 1 },
  { paths: 1000, blueprints: 1 },
  { paths: 1000, blueprints: 20 },
]

/** @returns one sample per round for each row and server. */
export async function measureMicro({ rounds }) {
  const negotiation = Object.fromEntries(Object.keys(negotiations).map((name) => [name, {}]))
  const routing = tables.map((table) => ({ ...table, mazurka: [], polka: [] }))
  for (let round = 0; round < rounds; round++) {
    console.error(`micro, round ${round + 1} of ${rounds}`)
    for (const kind of ['mazurka', 'accepts']) await measureNegotiation(kind, negotiation)
    for (const table of routing) {
      table.mazurka.push(await measureRouting('mazurka', table))
      if (table.blueprints === 1) table.polka.push(await measureRouting('polka', table))
    }
  }
  return { rounds, negotiation, routing }
}

async function measureNegotiation(kind, samples) {
  const server = await Server.start('./micro.js', { variant: `negotiation ${kind}` })
  for (const [name, fields] of Object.entries(negotiations)) {
    const requests = fields.map((accept) => ({
      method: 'GET',
      path: '/hello',
      headers: accept === undefined ? {} : { accept },
    }))
    const { cpu } = await server.measure({ requests }, COUNT, COUNT)
    samples[name][kind] ??= []
    samples[name][kind].push(cpu)
  }
  await server.stop()
}

async function measureRouting(kind, { paths, blueprints }) {
  const server = await Server.start('./micro.js', { variant: `routing ${kind} ${paths} ${blueprints}` })
  const requests = pathsOf(paths, blueprints).map(({ prefix, path }) => ({
    method: 'GET',
    path: prefix + path.replace(':id', '7'),
  }))
  const { cpu } = await server.measure({ requests }, COUNT, COUNT)
  await server.stop()
  return cpu
}

/** Runs in the server's process. */
export async function start(variant) {
  const [what, kind, paths, blueprints] = variant.split(' ')
  const app = what === 'negotiation' ? negotiating[kind] : routed[kind]
  return app(Number(paths), Number(blueprints))
}

const greeting = { hello: 'world' }

const negotiating = {
  mazurka: async () => {
    const { RestBlueprint } = await importEntry('index')
    const { csv } = await importEntry('renderers')
    const api = new RestBlueprint('micro')
    api.outgoing.addMimetype(CSV_TYPE)
    api.contentRenderer.renders(CSV_TYPE, csv())
    api.get('/hello', () => greeting)
    const app = polka()
    api.register(app)
    return app.listen(0, '127.0.0.1').server
  },
  accepts: () =>
    createServer((request, response) => {
      if (accepts(request).type(TYPES) === JSON_TYPE) return sendGreeting(request, response)
      response.writeHead(406).end()
    }).listen(0, '127.0.0.1'),
}

const routed = {
  mazurka: async (paths, blueprints) => {
    const { RestBlueprint } = await importEntry('index')
    const app = polka()
    const byPrefix = new Map()
    for (const { prefix, path } of pathsOf(paths, blueprints)) {
      if (!byPrefix.has(prefix)) byPrefix.set(prefix, new RestBlueprint(`micro${byPrefix.size}`))
      const api = byPrefix.get(prefix)
      api.get(path, { name: `show ${path}` }, () => greeting)
      api.post(path, { name: `create ${path}` }, () => greeting)
    }
    for (const [prefix, api] of byPrefix) api.register(app, { prefix })
    return app.listen(0, '127.0.0.1').server
  },
  polka: (paths) => {
    const app = polka()
    for (const { path } of pathsOf(paths, 1)) app.get(path, sendGreeting).post(path, sendGreeting)
    return app.listen(0, '127.0.0.1').server
  },
}

function pathsOf(count, blueprints) {
  return Array.from({ length: count }, (_, index) => ({
    prefix: blueprints === 1 ? '' : `/part-${index % blueprints}`,
    path: `/resource-${index}/:id`,
  }))
}

function sendGreeting(_request, response) {
  const content = JSON.stringify(greeting)
  response.writeHead(200, { 'Content-Type': JSON_TYPE, 'Content-Length': Buffer.byteLength(content) })
  response.end(content)
}
