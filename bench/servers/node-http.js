/** The floor: the jobs written by hand on `node:http`. */
import { hash } from 'node:crypto'
import { createServer } from 'node:http'
import querystring from 'node:querystring'
import accepts from 'accepts'
import { stringify } from 'csv-stringify/sync'
import typeIs from 'type-is'
import {
  CSV_OPTIONS,
  CSV_TYPE,
  HttpError,
  JSON_TYPE,
  MAX_BODY_BYTES,
  NewReading,
  PROBLEM_TYPE,
  pageFields,
  pageOf,
  problemFrom,
  Reading,
  readingOf,
  readings,
  TYPES,
  table,
} from '../work.js'

export function start() {
  return createServer((request, response) => {
    try {
      handle(request, response)?.catch((error) => fail(response, error))
    } catch (error) {
      fail(response, error)
    }
  }).listen(0, '127.0.0.1')
}

/** @returns a promise where the handler is async. */
function handle(request, response) {
  const { method, url } = request
  if (method === 'GET') {
    if (url.startsWith('/hello/')) return hello(response, decodeURIComponent(url.slice('/hello/'.length)))
    if (url === '/readings') return list(request, response)
    if (url.startsWith('/table?')) return page(request, response)
    if (url.startsWith('/missing/')) throw new HttpError(404, 'No such reading')
  }
  if (method === 'POST' && url === '/readings') return create(request, response)
  if (method === 'POST' && url === '/checked') return createChecked(request, response)
  throw new HttpError(404, 'No such page')
}

function hello(response, id) {
  send(response, 200, { 'Content-Type': JSON_TYPE }, JSON.stringify({ hello: 'world', id }))
}

function list(request, response) {
  const type = accepts(request).type(TYPES)
  if (!type) throw new HttpError(406, `Choose one of ${TYPES.join(', ')}`)
  const isCsv = type === CSV_TYPE
  const content = isCsv ? stringify(readings, CSV_OPTIONS) : JSON.stringify(readings)
  send(
    response,
    200,
    { 'Content-Type': isCsv ? `${CSV_TYPE}; charset=utf-8` : type, Vary: 'Accept' },
    content,
  )
}

async function create(request, response) {
  if (!typeIs(request, [JSON_TYPE])) throw new HttpError(415, `Send ${JSON_TYPE}`)
  const reading = readingOf(parse(await contentOf(request)))
  if (!reading) throw new HttpError(422, 'Not a reading')
  send(response, 201, { 'Content-Type': JSON_TYPE }, JSON.stringify(reading))
}

async function createChecked(request, response) {
  if (!typeIs(request, [JSON_TYPE])) throw new HttpError(415, `Send ${JSON_TYPE}`)
  const { data, success } = NewReading.safeParse(parse(await contentOf(request)))
  if (!success) throw new HttpError(422, 'Not a reading')
  const reading = Reading.parse({ id: 101, ...data })
  send(response, 201, { 'Content-Type': JSON_TYPE }, JSON.stringify(reading))
}

function page(request, response) {
  const requested = pageOf(querystring.parse(request.url.slice(request.url.indexOf('?') + 1)))
  if (!requested) throw new HttpError(422, 'No such page')
  const { page, size } = requested
  const content = JSON.stringify(table.slice((page - 1) * size, page * size))
  const etag = `"${hash('sha256', content, 'base64url')}"`
  const fields = { ETag: etag, ...pageFields(page, size, table.length, '/table') }
  if (request.headers['if-none-match'] === etag) return response.writeHead(304, fields).end()
  send(response, 200, { 'Content-Type': JSON_TYPE, ...fields }, content)
}

function contentOf(request) {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > MAX_BODY_BYTES) return reject(tooLarge(request))
    const chunks = []
    let size = 0
    request.on('data', (chunk) => {
      size += chunk.length
      if (size > MAX_BODY_BYTES) reject(tooLarge(request))
      else chunks.push(chunk)
    })
    request.on('end', () => resolve((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString()))
    request.on('error', reject)
  })
}

function tooLarge(request) {
  request.resume()
  return new HttpError(413, `At most ${MAX_BODY_BYTES} bytes`)
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    throw new HttpError(400, 'Not JSON')
  }
}

function fail(response, error) {
  const problem = problemFrom(error)
  send(response, problem.status, { 'Content-Type': PROBLEM_TYPE }, JSON.stringify(problem))
}

function send(response, status, headers, content) {
  headers['Content-Length'] = Buffer.byteLength(content)
  response.writeHead(status, headers)
  response.end(content)
}
