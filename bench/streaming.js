/**
 * A million rows from an async or a synchronous generator: rows per second, CPU, peak memory, and the delay of the event
 * loop. Each server loads the packages that it uses, and no others.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { measureRounds } from './deviation.js'
import { wire } from './load.js'
import { importEntry } from './mazurka.js'
import { Server } from './server.js'
import { COLUMNS, CSV_OPTIONS, CSV_TYPE, JSON_TYPE, readingAt } from './work.js'

const ROWS = 1_000_000
const NDJSON_TYPE = 'application/x-ndjson'
const CHUNK_LENGTH = 65_536

const variants = {
  'csv mazurka': 'Mazurka',
  'csv iterable': 'Mazurka, synchronous',
  'csv stream': 'csv-stringify’s stream, piped',
  'csv batches': 'batches of 64 kB by hand',
  'ndjson mazurka': 'Mazurka',
  'ndjson iterable': 'Mazurka, synchronous',
  'ndjson validated': 'Mazurka, each row validated by a zod schema',
  'ndjson stream': 'a stream of lines, piped',
  'ndjson batches': 'batches of 64 kB by hand',
  'json mazurka': 'Mazurka',
  'json iterable': 'Mazurka, synchronous',
  'json batches': 'batches of 64 kB by hand',
}

/** @returns one sample per round for each variant. */
export async function measureStreaming({ rounds }) {
  const samples = Object.fromEntries(Object.keys(variants).map((name) => [name, []]))
  const measureAll = async (round) => {
    for (const name of Object.keys(variants)) samples[name][round] = await measure(name, round === 0)
  }
  const floors = Object.keys(variants).filter((name) => name.endsWith('batches'))
  const again = await measureRounds('streaming', rounds, measureAll, () =>
    floors.map((name) => samples[name]),
  )
  return { rounds, rows: ROWS, variants, samples, again }
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

const accept = { csv: CSV_TYPE, ndjson: NDJSON_TYPE, json: JSON_TYPE }

/** Compares the content of a thousand rows; checks only the length of longer responses. */
async function check({ origin, port }, format) {
  const response = await fetch(`${origin}/rows/1000`, { headers: { accept: accept[format] } })
  assert.equal(response.headers.get('content-type')?.split(';')[0], accept[format])
  assert.equal(await response.text(), textOf(format, 1000))
  const [small, large] = [await download(port, 1000, format), await download(port, 3000, format)]
  assert.ok(large - small >= textOf(format, 3000).length - textOf(format, 1000).length)
}

function textOf(format, count) {
  const rows = Array.from({ length: count }, (_, index) => line[format](readingAt(index), index))
  return header[format] + rows.join('') + tail[format]
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
  if (!(kind in senders)) return mazurka(kind)
  return createServer((request, response) => {
    const [, name, count] = request.url.split('/')
    if (name !== 'rows') return response.setHeader('Content-Type', JSON_TYPE).end('{"hello":"world"}')
    response.writeHead(200, { 'Content-Type': accept[format] })
    senders[kind](rowsOf(Number(count)), format, response)
  }).listen(0, '127.0.0.1')
}

async function* rowsOf(count) {
  for (let id = 0; id < count; id++) yield readingAt(id)
}

/** Rows as the `iterate()` of better-sqlite3 yields them. */
function* iterate(count) {
  for (let id = 0; id < count; id++) yield readingAt(id)
}

async function mazurka(kind) {
  const { RestBlueprint } = await importEntry('index')
  const { csv, json, ndjson } = await importEntry('renderers')
  const api = new RestBlueprint('streaming')
  api.outgoing.addMimetype(CSV_TYPE).addMimetype(NDJSON_TYPE).addMimetype(JSON_TYPE)
  api.contentRenderer.renders(CSV_TYPE, csv()).renders(NDJSON_TYPE, ndjson()).renders(JSON_TYPE, json())
  const response = kind === 'validated' ? { response: await fullReadings() } : {}
  const rows = kind === 'iterable' ? iterate : rowsOf
  api.get('/rows/<int:count>', response, ({ params }) => rows(params.count))
  api.get('/hello', { outgoing: [JSON_TYPE] }, () => ({ hello: 'world' }))
  const { default: polka } = await import('polka')
  const app = polka()
  api.register(app)
  return app.listen(0, '127.0.0.1').server
}

/** In the order of the members of a row: zod writes them in that of the schema. */
async function fullReadings() {
  const { NewReading } = await import('./schemas.js')
  const { z } = await import('zod')
  return z.array(
    z.object({
      id: z.int(),
      ...NewReading.shape,
      humidity: z.number(),
      pressure: z.number(),
      wind: z.string(),
      note: z.string(),
    }),
  )
}

const senders = {
  stream: async (rows, format, response) => {
    if (format !== 'csv') return pipeline(Readable.from(rows), linesOf, response)
    const { stringify } = await import('csv-stringify')
    return pipeline(Readable.from(rows), stringify(CSV_OPTIONS), response)
  },
  batches: async (rows, format, response) => {
    const lineOf = line[format]
    let text = header[format]
    let count = 0
    for await (const row of rows) {
      text += lineOf(row, count++)
      if (text.length < CHUNK_LENGTH) continue
      if (!response.write(text)) await once(response, 'drain')
      text = ''
    }
    response.end(text + tail[format])
  },
}

async function* linesOf(rows) {
  for await (const row of rows) yield line.ndjson(row)
}

const header = { csv: `${COLUMNS.join(',')}\r\n`, ndjson: '', json: '[' }
const tail = { csv: '', ndjson: '', json: ']' }

const line = {
  csv: (row) => {
    let text = field(row[COLUMNS[0]])
    for (let index = 1; index < COLUMNS.length; index++) text += `,${field(row[COLUMNS[index]])}`
    return `${text}\r\n`
  },
  ndjson: (row) => `${JSON.stringify(row)}\n`,
  json: (row, index) => (index > 0 ? ',' : '') + JSON.stringify(row),
}

function field(value) {
  if (typeof value !== 'string') return String(value)
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
