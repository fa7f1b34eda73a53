/**
 * Many responses of a million rows at once, to slow clients: memory per response, the latency of a small GET beside
 * them, and how evenly they proceed.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { wire } from './load.js'
import { Server } from './server.js'

const STREAMS = 200
const SECONDS = 12
/** What a client reads before it waits. */
const PORTION = 65_536
const WAIT_MILLISECONDS = 500
const GET_MILLISECONDS = 10
const ACCEPT = { csv: 'text/csv', ndjson: 'application/x-ndjson' }

/** Servers of streaming.js. */
const variants = {
  'csv mazurka': 'Mazurka, CSV',
  'csv iterable': 'Mazurka, CSV, synchronous',
  'csv batches': 'CSV in batches of 64 kB by hand',
  'ndjson mazurka': 'Mazurka, NDJSON',
  'ndjson iterable': 'Mazurka, NDJSON, synchronous',
  'ndjson batches': 'NDJSON in batches of 64 kB by hand',
  'csv mazurka sparing': 'Mazurka, CSV, sparing',
  'csv iterable sparing': 'Mazurka, CSV, synchronous, sparing',
  'csv batches sparing': 'CSV in batches of 64 kB by hand, sparing',
}
/** V8 collects garbage early: what is left is what the streams need. */
const SPARING = ['--optimize-for-size', '--max-semi-space-size=2']

/** @returns one sample per round for each variant. */
export async function measureCrowd({ rounds }) {
  const samples = Object.fromEntries(Object.keys(variants).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    console.error(`crowd, round ${round + 1} of ${rounds}`)
    for (const name of Object.keys(variants)) samples[name].push(await measure(name))
  }
  return { rounds, streams: STREAMS, seconds: SECONDS, variants, samples }
}

async function measure(name) {
  const flags = name.endsWith('sparing') ? SPARING : []
  const server = await Server.start('./streaming.js', { variant: name, flags })
  const accept = ACCEPT[name.split(' ')[0]]
  const agent = new Agent({ keepAlive: true })
  await (await fetch(`${server.origin}/rows/10000`, { headers: { accept } })).text()
  for (let count = 0; count < 100; count++) await smallGet(server, agent)
  const idle = megabytes(await server.ask('memory'))
  const readers = Array.from({ length: STREAMS }, () => new Reader(server.port, accept))
  const latencies = []
  const end = performance.now() + SECONDS * 1000
  while (performance.now() < end) {
    latencies.push(await smallGet(server, agent))
    await sleep(GET_MILLISECONDS)
  }
  for (const reader of readers) reader.stop()
  const memory = megabytes(await server.ask('memory'))
  const { peakMegabytes } = await server.ask('vitals')
  for (const reader of readers) reader.close()
  agent.destroy()
  await server.stop()
  latencies.sort((a, b) => a - b)
  const bytes = readers.map((reader) => reader.bytes)
  return {
    kilobytes: ((memory - idle) * 1024) / STREAMS,
    peakKilobytes: ((peakMegabytes - idle) * 1024) / STREAMS,
    p50: latencies[latencies.length >> 1],
    p99: latencies[Math.floor(latencies.length * 0.99)],
    slowest: Math.min(...bytes) / 1e6,
    fastest: Math.max(...bytes) / 1e6,
    longestWait: Math.max(...readers.map((reader) => reader.longestWait)) / 1000,
  }
}

function megabytes({ rss }) {
  return rss / 1024 ** 2
}

/**
 * A server that blocks its event loop closes a kept connection at which the next request has arrived: it is sent again.
 *
 * @returns the milliseconds until the response is complete.
 */
async function smallGet({ port }, agent, start = performance.now()) {
  const request = get({ port, host: '127.0.0.1', path: '/hello', agent })
  let response
  try {
    ;[response] = await once(request, 'response')
  } catch (error) {
    if (error.code !== 'ECONNRESET' || !request.reusedSocket) throw error
    return smallGet({ port }, agent, start)
  }
  response.resume()
  await once(response, 'end')
  assert.equal(response.statusCode, 200)
  return performance.now() - start
}

/** A client that reads a portion of a response, waits, and reads the next one. */
class Reader {
  bytes = 0
  /** Milliseconds between it was ready to read and had data. */
  longestWait = 0
  #ready = performance.now()
  #portion = 0
  #socket
  #timer

  constructor(port, accept) {
    this.#socket = connect({ port, host: '127.0.0.1' })
    this.#socket.write(wire({ method: 'GET', path: '/rows/1000000', headers: { accept } }))
    this.#socket.on('data', (chunk) => this.#receive(chunk))
  }

  #receive(chunk) {
    const now = performance.now()
    this.longestWait = Math.max(this.longestWait, now - this.#ready)
    this.#ready = now
    this.bytes += chunk.length
    this.#portion += chunk.length
    if (this.#portion < PORTION) return
    this.#portion = 0
    this.#socket.pause()
    this.#timer = setTimeout(() => {
      this.#ready = performance.now()
      this.#socket.resume()
    }, WAIT_MILLISECONDS)
  }

  stop() {
    this.longestWait = Math.max(
      this.longestWait,
      this.#socket.isPaused() ? 0 : performance.now() - this.#ready,
    )
    clearTimeout(this.#timer)
    this.#socket.pause()
  }

  close() {
    this.#socket.destroy()
  }
}
