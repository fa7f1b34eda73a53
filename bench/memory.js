/**
 * Memory of a server: after its start, for each idle connection, and over many requests of all kinds.
 *
 * The heap is measured after a garbage collection.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Load, wire } from './load.js'
import { Server } from './server.js'
import { CSV_TYPE, JSON_TYPE } from './work.js'

const CONNECTIONS = 5000
/** Shares of the requests after which the heap is measured. */
const POINTS = [0.05, 0.25, 0.5, 0.75, 1]

const variants = { 'node-http': 'node:http by hand', mazurka: 'Mazurka', fastify: 'Fastify', hono: 'Hono' }

/** @returns for each server one sample per round: memory after the start, per connection, and at each point. */
export async function measureMemory({ rounds, requests }) {
  const samples = Object.fromEntries(Object.keys(variants).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(variants)) {
      console.error(`memory, round ${round + 1} of ${rounds}: ${name}`)
      samples[name].push({ ...(await measureIdle(name)), heap: await measureHeap(name, requests) })
    }
  }
  return { rounds, requests, connections: CONNECTIONS, points: POINTS, variants, samples }
}

/** Bytes after the start, and per connection that has had one response and is kept alive. */
async function measureIdle(name) {
  const server = await Server.start(`./servers/${name}.js`)
  const started = await server.ask('memory')
  const request = wire({ method: 'GET', path: '/hello/7' })
  const openOne = async () => {
    const socket = connect({ port: server.port, host: '127.0.0.1' })
    socket.write(request)
    await once(socket, 'data')
    return socket
  }
  for (const socket of await openAll(200, openOne)) socket.destroy() // what is allocated once
  const before = await server.ask('memory')
  const sockets = await openAll(CONNECTIONS, openOne)
  const after = await server.ask('memory')
  for (const socket of sockets) socket.destroy()
  await server.stop()
  const perConnection = (kind) => (after[kind] - before[kind]) / CONNECTIONS
  return { rss: started.rss, connectionRss: perConnection('rss'), connectionHeap: perConnection('heapUsed') }
}

/** Opens connections, a hundred at a time. */
async function openAll(count, openOne) {
  const sockets = []
  while (sockets.length < count) sockets.push(...(await Promise.all(Array.from({ length: 100 }, openOne))))
  return sockets
}

/** Bytes of the heap at each point of the requests. */
async function measureHeap(name, requests) {
  const server = await Server.start(`./servers/${name}.js`)
  for (const kind of kinds) await check(server, kind)
  const load = await Load.open(server.port, endless)
  const heap = []
  let sent = 0
  for (const point of POINTS) {
    const count = Math.round(point * requests) - sent
    await load.run(count)
    sent += count
    heap.push((await server.ask('memory')).heapUsed)
  }
  load.close()
  await server.stop()
  return heap
}

/** Paths and fields that differ in each request. */
const kinds = [
  { status: 200, of: (serial) => ({ method: 'GET', path: `/hello/${serial}` }) },
  { status: 201, of: (serial) => post(`Station ${serial}`, JSON_TYPE) },
  { status: 404, of: (serial) => ({ method: 'GET', path: `/missing/${serial}` }) },
  { status: 404, of: (serial) => ({ method: 'GET', path: `/unknown-${serial}/${serial}` }) },
  {
    status: 406,
    of: (serial) => ({ method: 'GET', path: '/readings', headers: { accept: `image/x${serial}` } }),
  },
  { status: 415, of: (serial) => post(`Station ${serial}`, `application/x${serial}`) },
  {
    status: 200,
    of: (serial) => ({ method: 'GET', path: `/hello/${serial}`, headers: fieldsOf(serial) }),
  },
]

let serial = 0
const endless = {
  length: Number.POSITIVE_INFINITY,
  at: () => wire(kinds[serial % kinds.length].of(serial++)),
}

function fieldsOf(serial) {
  return { accept: `${JSON_TYPE},${CSV_TYPE};q=0.5,x/y${serial};q=0.1`, 'user-agent': `agent ${serial}` }
}

function post(station, type) {
  const content = JSON.stringify({ station, at: '2026-11-24T12:00:00Z', celsius: 21.5 })
  return { method: 'POST', path: '/readings', headers: { 'content-type': type }, content }
}

async function check({ origin }, { status, of }) {
  const { method, path, headers, content } = of(0)
  const response = await fetch(origin + path, { method, headers, body: content })
  assert.equal(response.status, status, `${method} ${path}: ${await response.text()}`)
}
