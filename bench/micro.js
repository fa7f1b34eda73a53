/** Cost of negotiation and of the route table: CPU per request over real sockets, and of the route table alone. */
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import accepts from 'accepts'
import polka from 'polka'
import { measureRounds } from './deviation.js'
import { importEntry } from './mazurka.js'
import { Server } from './server.js'
import { cpuOf, takeTurns } from './turns.js'
import { CSV_TYPE, JSON_TYPE, TYPES } from './work.js'

const COUNT = 10_000
/** Lookups of the table alone, and how often they are repeated. */
const LOOKUPS = 50_000
const PASSES = 20
const CHROME =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7'

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
  { paths: 10_000, blueprints: 1 },
  { paths: 1000, blueprints: 20 },
  { paths: 10_000, blueprints: 20 },
]

/** @returns one sample per round for each row and server. */
export async function measureMicro({ rounds }) {
  const negotiation = Object.fromEntries(Object.keys(negotiations).map((name) => [name, {}]))
  const routing = tables.map((table) => ({ ...table, mazurka: [], polka: [], alone: [] }))
  const measure = async (round) => {
    await measureNegotiation(negotiation, round)
    await measureRouting(routing, round)
    for (const table of routing) table.alone[round] = lookingUp(table)
  }
  const floors = () => [negotiation['no Accept'].accepts, routing[0].polka]
  const samplesOf = (all) => all.map((cpu) => ({ cpu }))
  const again = await measureRounds('micro', rounds, measure, () => floors().map(samplesOf))
  return { rounds, negotiation, routing, again }
}

async function measureNegotiation(samples, round) {
  const running = []
  const clients = new Map()
  for (const kind of ['mazurka', 'accepts']) {
    const server = await Server.start('./micro.js', { variant: `negotiation ${kind}` })
    running.push(server)
    for (const [name, fields] of Object.entries(negotiations)) {
      const requests = fields.map((accept) => ({
        method: 'GET',
        path: '/hello',
        headers: accept === undefined ? {} : { accept },
      }))
      clients.set({ kind, name }, await server.connect({ requests }))
    }
  }
  for (const [{ kind, name }, turns] of await takeTurns(clients, COUNT, round)) {
    samples[name][kind] ??= []
    samples[name][kind][round] = cpuOf(turns).cpu
  }
  for (const server of running) await server.stop()
}

async function measureRouting(routing, round) {
  const running = []
  const clients = new Map()
  for (const table of routing) {
    const { paths, blueprints } = table
    const requests = targetsOf(paths, blueprints).map((path) => ({ method: 'GET', path }))
    for (const kind of blueprints === 1 ? ['mazurka', 'polka'] : ['mazurka']) {
      const server = await Server.start('./micro.js', { variant: `routing ${kind} ${paths} ${blueprints}` })
      running.push(server)
      clients.set(table[kind], await server.connect({ requests }))
    }
  }
  for (const [samples, turns] of await takeTurns(clients, COUNT, round)) samples[round] = cpuOf(turns).cpu
  for (const server of running) await server.stop()
}

/** Nanoseconds of one lookup, in a process of its own. */
function lookingUp({ paths, blueprints }) {
  const source = `import { timeLookups } from './micro.js'
    console.log(JSON.stringify(await timeLookups(${paths}, ${blueprints})))`
  const options = { cwd: import.meta.dirname, encoding: 'utf8' }
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', source], options))
}

/**
 * Nanoseconds of one lookup: of ten of the paths, of all paths in turn, and of all in a Map of the same texts, which
 * shows what the memory of many paths costs by itself.
 */
export async function timeLookups(paths, blueprints) {
  const { RestBlueprint } = await importEntry('index')
  const root = new RestBlueprint('micro')
  for (const api of blueprintsOf(RestBlueprint, paths, blueprints)) api.register(root)
  const { table } = root['~registration'].compiled
  const targets = targetsOf(paths, blueprints)
  const map = new Map(targets.map((target) => [target, { target }]))
  const find = (text) => table.find('GET', text)
  const ten = timeEach(find, targets.slice(-10))
  return { ten, all: timeEach(find, targets), map: timeEach((text) => map.get(text), targets) }
}

/** The fastest pass, because other load can only add to it. Each text comes from bytes, as in a request, for one use. */
function timeEach(find, targets) {
  const passes = Array.from({ length: PASSES }, () => {
    const texts = Array.from({ length: LOOKUPS }, (_, index) =>
      Buffer.from(targets[(index * 7919) % targets.length]).toString('latin1'),
    )
    const start = process.hrtime.bigint()
    for (const text of texts) if (!find(text)) throw new Error(`${text} is not found`)
    return Number(process.hrtime.bigint() - start) / LOOKUPS
  })
  return Math.min(...passes)
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
    for (const api of blueprintsOf(RestBlueprint, paths, blueprints)) api.register(app)
    return app.listen(0, '127.0.0.1').server
  },
  polka: (paths) => {
    const app = polka()
    for (const { prefix, path } of pathsOf(paths, 1))
      app.get(prefix + path, sendGreeting).post(prefix + path, sendGreeting)
    return app.listen(0, '127.0.0.1').server
  },
}

/** Blueprints with a prefix each, among which the paths are divided. */
function blueprintsOf(RestBlueprint, paths, blueprints) {
  const byPrefix = new Map()
  for (const { prefix, path } of pathsOf(paths, blueprints)) {
    const api = byPrefix.get(prefix) ?? new RestBlueprint(`micro${byPrefix.size}`, { prefix })
    byPrefix.set(prefix, api)
    api.get(path, { name: `show ${path}` }, () => greeting)
    api.post(path, { name: `create ${path}` }, () => greeting)
  }
  return byPrefix.values()
}

/** A target for each path. */
function targetsOf(paths, blueprints) {
  return pathsOf(paths, blueprints).map(({ prefix, path }) => prefix + path.replace(':id', '7'))
}

function pathsOf(count, blueprints) {
  return Array.from({ length: count }, (_, index) => ({
    prefix: `/part-${index % blueprints}`, // also with one blueprint, so that all paths have as many segments
    path: `/resource-${index}/:id`,
  }))
}

function sendGreeting(_request, response) {
  const content = JSON.stringify(greeting)
  response.writeHead(200, { 'Content-Type': JSON_TYPE, 'Content-Length': Buffer.byteLength(content) })
  response.end(content)
}
