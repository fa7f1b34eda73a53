/** The floor: the jobs written by hand on `node:http`. With the variant `immediate` it handles requests as Polka 1 does. */
import { createServer } from 'node:http'
import querystring from 'node:querystring'
import accepts from 'accepts'
import { stringify } from 'csv-stringify/sync'
import typeIs from 'type-is'
import { createByAjv, createByZod, rowsByAjv, rowsByZod } from '../schemas.js'
import {
  CSV_OPTIONS,
  CSV_TYPE,
  HttpError,
  hashOf,
  JSON_TYPE,
  MAX_BODY_BYTES,
  PROBLEM_TYPE,
  pageFields,
  pageOf,
  problemFrom,
  readingOf,
  readings,
  stateOf,
  TYPES,
  table,
} from '../work.js'

/** @param variant `immediate`: every request in setImmediate; `stackless`: errors capture no stack. */
export function start(variant) {
  if (variant === 'stackless') Error.stackTraceLimit = 0
  return listen(serve, variant)
}

export function listen(serve, variant) {
  const listener =
    variant === 'immediate' ? (request, response) => setImmediate(serve, request, response) : serve
  return createServer(listener).listen(0, '127.0.0.1')
}

function serve(request, response) {
  try {
    handle(request, response)?.catch((error) => fail(response, error))
  } catch (error) {
    fail(response, error)
  }
}

/** @returns a promise where the handler is async. */
function handle(request, response) {
  const { method, url } = request
  if (method === 'GET') {
    if (url.startsWith('/hello/')) return hello(response, decodeURIComponent(url.slice('/hello/'.length)))
    if (url === '/readings') return list(request, response)
    if (url.startsWith('/table?')) return page(request, response)
    if (url.startsWith('/states/')) return state(request, response, url.slice('/states/'.length))
    if (url === '/rows') return sendJson(response, 200, rowsByZod())
    if (url === '/rows-json') return sendJson(response, 200, rowsByAjv())
    if (url.startsWith('/missing/')) throw new HttpError(404, 'No such reading')
  }
  if (method === 'POST') {
    if (url === '/readings') return create(request, response)
    if (url === '/checked') return createChecked(request, response, createByZod)
    if (url === '/checked-json') return createChecked(request, response, createByAjv)
  }
  throw new HttpError(404, 'No such page')
}

function hello(response, id) {
  sendJson(response, 200, { hello: 'world', id })
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
  const reading = readingOf(await jsonOf(request))
  if (!reading) throw new HttpError(422, 'Not a reading')
  sendJson(response, 201, reading)
}

async function createChecked(request, response, createBy) {
  sendJson(response, 201, createBy(await jsonOf(request)))
}

function state(request, response, id) {
  const content = JSON.stringify(stateOf(id))
  const etag = `"${hashOf(content)}"`
  if (request.headers['if-none-match'] === etag) response.writeHead(304, { ETag: etag }).end()
  else send(response, 200, { 'Content-Type': JSON_TYPE, ETag: etag }, content)
}

function page(request, response) {
  const requested = pageOf(querystring.parse(request.url.slice(request.url.indexOf('?') + 1)))
  if (!requested) throw new HttpError(422, 'No such page')
  const { page, size } = requested
  const content = JSON.stringify(table.slice((page - 1) * size, page * size))
  const etag = `"${hashOf(content)}"`
  const fields = { ETag: etag, ...pageFields(page, size, table.length, '/table') }
  if (request.headers['if-none-match'] === etag) response.writeHead(304, fields).end()
  else send(response, 200, { 'Content-Type': JSON_TYPE, ...fields }, content)
}

/** @returns the parsed content. @throws {HttpError} 400, 413 or 415, also by the promise. */
export function jsonOf(request) {
  if (!typeIs(request, [JSON_TYPE])) throw new HttpError(415, `Send ${JSON_TYPE}`)
  if (Number(request.headers['content-length']) > MAX_BODY_BYTES) throw tooLarge(request)
  return new Promise((resolve, reject) => {
    const chunks = []
    let size = 0
    request.on('data', (chunk) => {
      size += chunk.length
      if (size > MAX_BODY_BYTES) reject(tooLarge(request))
      else chunks.push(chunk)
    })
    request.on('end', () => {
      try {
        resolve(JSON.parse((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString()))
      } catch {
        reject(new HttpError(400, 'Not JSON'))
      }
    })
    request.on('error', reject)
  })
}

function tooLarge(request) {
  request.resume()
  return new HttpError(413, `At most ${MAX_BODY_BYTES} bytes`)
}

function fail(response, error) {
  const problem = problemFrom(error)
  send(response, problem.status, { 'Content-Type': PROBLEM_TYPE }, JSON.stringify(problem))
}

function sendJson(response, status, data) {
  send(response, status, { 'Content-Type': JSON_TYPE }, JSON.stringify(data))
}

export function send(response, status, headers, content) {
  headers['Content-Length'] = Buffer.byteLength(content)
  response.writeHead(status, headers)
  response.end(content)
}
