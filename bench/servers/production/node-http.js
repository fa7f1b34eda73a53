/** The floor: the fields and the log line of Mazurka, written by hand on `node:http`. The log is pino's, too. */
import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { createByZod } from '../../schemas.js'
import { sink } from '../../sink.js'
import { HttpError, JSON_TYPE, ORIGIN, PROBLEM_TYPE, problemFrom } from '../../work.js'
import { jsonOf, listen, send } from '../node-http.js'

const SECURITY_FIELDS = {
  'Content-Security-Policy':
    "default-src 'none';frame-ancestors 'none';style-src 'sha256-oML8AJnMM955dzPqxJh4+BgmjZSXksViUSZEHAxUVlQ='",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'X-Download-Options': 'noopen',
  'X-Frame-Options': 'SAMEORIGIN',
  'X-Permitted-Cross-Domain-Policies': 'none',
  'X-XSS-Protection': '0',
}
const EXPOSED =
  'ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, Deprecation, Sunset, Allow, Accept-Patch, Content-Disposition, Content-Location, Accept-Ranges, Content-Range, WWW-Authenticate, X-Pagination, X-Request-Id, Vary'
const WELL_FORMED = /^[\w.~+/=:@-]{1,128}$/
const ROUTE = '/checked'

const logger = pino({}, sink)

export function start(variant) {
  return listen(serve, variant)
}

function serve(request, response) {
  const given = request.headers['x-request-id']
  const id = given !== undefined && WELL_FORMED.test(given) ? given : randomUUID()
  // as `{ ...SECURITY_FIELDS, … }` it takes a quarter of the whole job on Node.js 20
  const fields = Object.assign({}, SECURITY_FIELDS, { 'X-Request-Id': id, Vary: 'Origin' })
  if (request.headers.origin === ORIGIN) {
    fields['Access-Control-Allow-Origin'] = ORIGIN
    fields['Access-Control-Allow-Credentials'] = 'true'
    fields['Access-Control-Expose-Headers'] = EXPOSED
  }
  logWhenClosed(request, response, id, fields)
  if (request.method === 'OPTIONS') preflight(response, fields)
  else create(request, response, fields).catch((error) => fail(response, error, fields))
}

async function create(request, response, fields) {
  if (request.method !== 'POST' || request.url !== ROUTE) throw new HttpError(404, 'No such page')
  const reading = createByZod(await jsonOf(request))
  fields['Content-Type'] = JSON_TYPE
  send(response, 201, fields, JSON.stringify(reading))
}

function preflight(response, fields) {
  fields['Access-Control-Allow-Methods'] = 'POST'
  fields['Access-Control-Allow-Headers'] = 'Content-Type'
  response.writeHead(204, fields).end()
}

function fail(response, error, fields) {
  const problem = problemFrom(error)
  fields['Content-Type'] = PROBLEM_TYPE
  send(response, problem.status, fields, JSON.stringify(problem))
}

function logWhenClosed(request, response, requestId, fields) {
  const start = performance.now()
  const { method, url: path, socket } = request
  const address = socket.remoteAddress
  const begin = socket.bytesWritten
  response.on('close', () => {
    const entry = {
      requestId,
      method,
      route: ROUTE,
      path,
      status: response.statusCode,
      bytes: socket.bytesWritten - begin,
      durationMilliseconds: Math.round((performance.now() - start) * 1000) / 1000,
      address,
      mediaType: fields['Content-Type'],
    }
    logger.info(entry, `${method} ${ROUTE} ${response.statusCode}`)
  })
}
