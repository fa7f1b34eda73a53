/** A million rows from an async generator: rows per second, CPU, peak memory, and the delay of the event loop. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify'
import polka from 'polka'
import { wire } from './load.js'
import { importEntry } from './mazurka.js'
import { Server } from './server.js'
import { COLUMNS, CSV_OPTIONS, CSV_TYPE, readingAt } from './work.js'

const ROWS = 1_000_000
const NDJSON_TYPE = 'application/x-ndjson'
const CHUNK_LENGTH = 65_536

const variants = {
  'csv mazurka': 'Mazurka',
  'csv stream': 'csv-stringify’s stream, piped',
  'csv batches': 'batches of 64 kB by hand',
  'ndjson mazurka': 'Mazurka',
  'ndjson stream': 'a stream of lines, piped',
  'ndjson batches': 'batches of 64 kB by hand',
}

/** @returns one sample per round for each variant. */
export async function measureStreaming({ rounds }) {
  const samples = Object.fromEntries(Object.keys(variants).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    console.error(`streaming, round ${round + 1} of ${rounds}`)
    for (const name of Object.keys(variants)) samples[name].push(await measure(name, round === 0))
  }
  return { rounds, rows: ROWS, variants, samples }
}

async function measure(name, isFirst) {
  const [format] = name.split(' ')
  const server = await Server.start('./streaming.js', { variant: name })
  if (isFirst) await check(server, format)
  await server.ask('watch')
  const before = await server.ask('cpu')
  const start = performance.now()
  await download(server.port, ROWS, format)
  const seconds = (performance.now() - start) / 1000
  const cpu = ((await server.ask('cpu')) - before) / ROWS
  const vitals = await server.ask('vitals')
  await server.stop()
  return { rate: ROWS / seconds, cpu, ...vitals }
}

const accept = { csv: CSV_TYPE, ndjson: NDJSON_TYPE }

/** Compares the content of a thousand rows; checks only the length of longer responses. */
async function check({ origin, port }, format) {
  const response = await fetch(`${origin}/rows/1000`, { headers: { accept: accept[format] } })
  assert.equal(response.headers.get('content-type')?.split(';')[0], accept[format])
  assert.equal(await response.text(), textOf(format, 1000))
  const [small, large] = [await download(port, 1000, format), await download(port, 3000, format)]
  assert.ok(large - small >= textOf(format, 3000).length - textOf(format, 1000).length)
}

function textOf(format, count) {
  const rows = Array.from({ length: count }, (_, index) => line[format](readingAt(index)))
  return header[format] + rows.join('')
}

/** Reads a response and discards it. @returns the bytes received, head and chunk sizes included. */
async function download(port, rows, format) {
  const headers = { accept: accept[format], connection: 'close' }
  const socket = connect({ port, host: '127.0.0.1' })
  socket.write(wire({ method: 'GET', path: `/rows/${rows}`, headers }))
  let bytes = 0
  let tail = ''
  socket.on('data', (chunk) => {
    bytes += chunk.length
    tail = (tail + chunk.subarray(-5).latin1Slice()).slice(-5)
  })
  await once(socket, 'close')
  assert.equal(tail, '0\r\n\r\n', 'The response is incomplete')
  return bytes
}

/** Runs in the server's process. */
export async function start(variant) {
  const [format, kind] = variant.split(' ')
  if (kind === 'mazurka') return mazurka()
  return createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': accept[format] })
    senders[kind](rowsOf(Number(request.url.slice('/rows/'.length))), format, response)
  }).listen(0, '127.0.0.1')
}

async function* rowsOf(count) {
  for (let id = 0; id < count; id++) yield readingAt(id)
}

async function mazurka() {
  const { RestBlueprint } = await importEntry('index')
  const { csv, ndjson } = await importEntry('renderers')
  const api = new RestBlueprint('streaming')
  api.outgoing.addMimetype(CSV_TYPE).addMimetype(NDJSON_TYPE)
  api.contentRenderer.renders(CSV_TYPE, csv()).renders(NDJSON_TYPE, ndjson())
  api.get('/rows/<int:count>', ({ params }) => rowsOf(params.count))
  const app = polka()
  api.register(app)
  return app.listen(0, '127.0.0.1').server
}

const senders = {
  stream: (rows, format, response) =>
    format === 'csv'
      ? pipeline(Readable.from(rows), stringify(CSV_OPTIONS), response)
      : pipeline(Readable.from(rows), linesOf, response),
  batches: async (rows, format, response) => {
    const lineOf = line[format]
    let text = header[format]
    for await (const row of rows) {
      text += lineOf(row)
      if (text.length < CHUNK_LENGTH) continue
      if (!response.write(text)) await once(response, 'drain')
      text = ''
    }
    response.end(text)
  },
}

async function* linesOf(rows) {
  for await (const row of rows) yield line.ndjson(row)
}

const header = { csv: `${COLUMNS.join(',')}\r\n`, ndjson: '' }

const line = {
  csv: (row) => {
    let text = field(row[COLUMNS[0]])
    for (let index = 1; index < COLUMNS.length; index++) text += `,${field(row[COLUMNS[index]])}`
    return `${text}\r\n`
  },
  ndjson: (row) => `${JSON.stringify(row)}\n`,
}

function field(value) {
  if (typeof value !== 'string') return String(value)
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
