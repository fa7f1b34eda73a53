/**
 * The access log: one structured line per request, when its response has closed.
 *
 *     new Api(app, { title, version, logger: pino(), accessLog: true })
 *     app.use(accessLog({ logger: pino() }))                                 // an app without an Api
 *
 * It has no header field of the request and no query: credentials do not get into it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isAtSecretRoute, keepRoutes } from '../app/secret-route.ts'
import type { Logger } from '../blueprint/blueprint-options.ts'
import type { EndpointOptions } from '../blueprint/endpoint-options.ts'
import { onceClosed } from '../connection/connection.ts'
import { callGuarded, settle } from '../exceptions/settle.ts'
import { streamOf } from '../parsers/unread.ts'
import { clientOf } from '../proxy/client.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import { loggedPath, receivedTargetOf } from '../routing/request-target.ts'
import { Exchange } from '../walk/exchange.ts'
import type { Middleware } from '../walk/hook.ts'
import { callSafely, logTo } from '../walk/log.ts'
import { hasSecretPath } from '../walk/secret-path.ts'
import type { Surrounding } from '../walk/surrounding.ts'
import { currentRoute, millisecondsSince, outcomeOf } from './outcome.ts'
import type { IdentifiedRequest, Unknown } from './request-id.ts'

/** A line of the access log; a logger leaves out members that are undefined. */
export interface AccessLogEntry {
  /** With the option `requestId`. */
  readonly requestId?: string | undefined
  /** Of a valid `traceparent`, with the option `requestId`. */
  readonly traceId?: string | undefined
  readonly method: string
  /** Template of the path: `/users/{id}`; none where no endpoint matched. */
  readonly route?: string | undefined
  /** Path as it was sent, percent-encoded, without query, fragment, host and userinfo; none where it is a secret. */
  readonly path?: string | undefined
  /** The status that was sent; none when the client left before. */
  readonly status?: number | undefined
  /** Whether the response is not complete: the client has left, or the content has failed. */
  readonly aborted?: true | undefined
  /** Bytes of the response on the connection, with its head; on HTTP/2 its Content-Length. */
  readonly bytes?: number | undefined
  readonly durationMilliseconds: number
  /** The client's address: see the option `trustProxy`. */
  readonly address?: string | undefined
  /** Content-Type of the response. */
  readonly mediaType?: string | undefined
}

/** pino, winston, `console`, or an object with the same method: `logger.info(entry, 'GET /users/{id} 200')`. */
export interface AccessLogger {
  info(...details: unknown[]): void
}

export interface AccessLogOptions {
  /** Default: the logger of the blueprint or the Api; `console` prints one line of JSON. */
  readonly logger?: AccessLogger
  /**
   * Whether lines have the path; false where paths contain secrets. That of an endpoint holds for all methods at its path, and
   * for the reports of failures. Default true.
   */
  readonly path?: boolean
  /** Status in the line of a request whose client left before one was sent, such as 499. Default none. */
  readonly abortedStatus?: number
  /**
   * More members of the line, for instance the user; called when the response has closed, and may be asynchronous. Where it
   * fails, the line has none of them, and the failure goes to the logger of the Api.
   */
  readonly fields?: (request: IncomingMessage, response: ServerResponse) => object | Promise<object>
}

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /** Writes a line for each request when its response has closed. Inside an Api; default false. */
    readonly accessLog?: boolean | AccessLogOptions
  }
}

declare module '../blueprint/endpoint-options.ts' {
  interface EndpointOptions {
    /** Replaces the access log of the Api for this endpoint; false: no line. */
    readonly accessLog?: boolean | AccessLogOptions
  }
}

declare module '../blueprint/endpoint.ts' {
  interface Endpoint<O extends EndpointOptions> {
    /** Whether logs leave out the paths of its requests; absent: no. */
    hasSecretPath?: true
    readonly '~hasSecretPath'?: O
  }
}

export const ACCESS_LOG = {
  name: 'AccessLog',
  option: 'accessLog',
  surround(endpoint) {
    const option = endpoint.nearest('accessLog')
    if (option === undefined || option === false) return
    const options = option === true ? {} : option
    const start = starterOf(options, endpoint.nearest('logger') ?? console)
    if (options.path === false) endpoint.hasSecretPath = true
    endpoint.on('identify/startAccessLog', function startAccessLog({ request, response }) {
      start(request, response)
    })
  },
} satisfies Surrounding

/**
 * Middleware that writes the access log, for an app without an Api. It knows the routes of blueprints, not those of Polka itself.
 *
 * @throws {TypeError} for an invalid option, and for a logger without the method `info`.
 */
export function accessLog(options: AccessLogOptions = {}): Middleware {
  const start = starterOf(options, console)
  keepRoutes()
  return function startAccessLog(request, response, next) {
    start(request, response)
    next()
  }
}

const KEYS: Keys<AccessLogOptions> = {
  logger: true,
  path: 'boolean',
  abortedStatus: 'count',
  fields: 'function',
}
const STARTED = Symbol('access log')

interface Started extends IncomingMessage, Unknown<IdentifiedRequest> {
  [STARTED]?: true
}

/** @throws {TypeError} for an invalid option. */
function starterOf(
  options: AccessLogOptions,
  reports: Logger,
): (request: Started, response: ServerResponse) => void {
  const where = "The option 'accessLog'"
  checkOptions(where, options, KEYS)
  const { logger = reports as Partial<Logger> as AccessLogger, abortedStatus } = options
  if (typeof logger?.info !== 'function')
    throw new TypeError(`${where} needs a logger with the method 'info'`)
  if (abortedStatus !== undefined && !(abortedStatus >= 100 && abortedStatus <= 599))
    throw new TypeError(`${where} cannot have abortedStatus: ${abortedStatus}; use 100 to 599`)
  return (request, response) => {
    if (request[STARTED]) return
    request[STARTED] = true
    const start = performance.now()
    const { address } = clientOf(request) // a closed connection has none any more
    const bytes = byteCounter(response)
    onceClosed(response, () => {
      const entry = entryOf(request, response, { start, address, bytes: bytes(), options })
      const { fields } = options
      const writeEntry = () => callSafely(() => write(logger, entry))
      const writeWithout = (message: string) => (error: unknown) => {
        logTo(reports, message, error, { path: entry.path })
        writeEntry()
      }
      const writeWith = (added: object) => {
        const all = Object.assign({}, entry, added)
        return callGuarded(
          () => write(logger, all),
          writeWithout("The access log could not write a line with the members of 'fields'"),
        )
      }
      if (fields)
        callGuarded(
          () => settle(fields(request, response), writeWith),
          writeWithout("The function 'fields' of the access log failed"),
        )
      else writeEntry()
    })
  }
}

interface Measured {
  readonly start: number
  readonly address: string
  readonly bytes: number | undefined
  readonly options: AccessLogOptions
}

function entryOf(
  request: Started,
  response: ServerResponse,
  { start, address, bytes, options }: Measured,
): AccessLogEntry {
  const { requestId, traceId, method = 'GET' } = request
  const { status, isAborted } = outcomeOf(response)
  const exchange = Exchange.of(request)
  const isSecret = options.path === false || (exchange ? hasSecretPath(exchange) : isAtSecretRoute(request))
  return {
    requestId,
    traceId,
    method,
    route: currentRoute(request),
    path: isSecret ? undefined : loggedPath(receivedTargetOf(request)),
    status: status ?? options.abortedStatus,
    aborted: isAborted || undefined,
    bytes,
    durationMilliseconds: millisecondsSince(start),
    address: address || undefined,
    mediaType: status === undefined ? undefined : mediaTypeOf(request, response),
  }
}

function mediaTypeOf(request: IncomingMessage, response: ServerResponse): string | undefined {
  const rendered = Exchange.of(request)?.rendered
  const type = rendered ? rendered.body !== null && rendered.fields['content-type'] : undefined
  const found = type ?? response.getHeader('content-type')
  return found === undefined || found === false ? undefined : String(found)
}

/** Calls the logger. @throws what it throws: of the members of the function `fields` some may be no JSON, such as a bigint. */
function write(logger: AccessLogger, entry: AccessLogEntry): unknown {
  if (logger === console) return logger.info(JSON.stringify(entry))
  const { method, route, path, status, aborted } = entry
  const target = route ?? path
  const request = target === undefined ? method : `${method} ${target}`
  return logger.info(entry, `${request} ${aborted ? 'aborted' : status}`)
}

/** Counts the bytes of a response on its connection. */
function byteCounter(response: ServerResponse): () => number | undefined {
  const { socket } = response
  if (streamOf(response)) {
    return () => {
      const length = response.getHeader('content-length')
      return length === undefined ? undefined : Number(length)
    }
  }
  let begin = socket?.bytesWritten ?? 0
  let end: number | undefined
  let connection = socket
  if (!socket) {
    response.once('socket', (assigned) => {
      connection = assigned // pipelined: an earlier response was on the connection until now
      begin = assigned.bytesWritten
    })
  }
  response.prependListener('finish', () => {
    end = connection?.bytesWritten // before the next pipelined response is written
  })
  return () => (end ?? connection?.bytesWritten ?? begin) - begin
}
