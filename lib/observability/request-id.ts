/**
 * The id of a request: taken from the client or made, sent back on every answer, and part of every line of its log.
 *
 *     new Api(app, { title, version, logger: pino(), requestId: true })
 *     app.use(requestId({ logger: pino() }))                                   // an app without an Api
 */

import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '../blueprint/blueprint-options.ts'
import { defineShared, shareAccessor } from '../connection/served-request.ts'
import { presetFields } from '../connection/served-response.ts'
import { checkSynchronous, returned } from '../exceptions/returned.ts'
import { isToken } from '../http/field.ts'
import { checkLogger, checkObject, checkOptions, type Keys } from '../registry/options.ts'
import type { Middleware } from '../walk/hook.ts'
import { runStep } from '../walk/middleware.ts'
import type { Surrounding } from '../walk/surrounding.ts'
import { traceIdOf } from './traceparent.ts'

export interface RequestIdOptions {
  /** Field of request and response. Default `X-Request-Id`. */
  readonly header?: string
  /** Makes the id of a request that has none: 1 to 128 of the characters `A-Z a-z 0-9 - . _ ~ + / = : @`. Default: a UUID. */
  readonly generate?: (request: IncomingMessage) => string
}

/** A logger with the methods of pino, winston or `console`; which ones there are depends on your logger. */
export interface RequestLogger extends Logger {
  debug(...details: unknown[]): void
  info(...details: unknown[]): void
  warn(...details: unknown[]): void
}

/** The members of a request that has an id. */
export interface IdentifiedRequest {
  /** With the option `requestId`: the id of this request. */
  readonly requestId?: string
  /** With the option `requestId`: the trace id of a valid `traceparent`, 32 hexadecimal digits. */
  readonly traceId?: string | undefined
  /** With the option `requestId`: a child of the logger, with `requestId` and `traceId` in every line. */
  readonly log?: RequestLogger
}

/** The members that no other package gives every request: types of pino-http have `log`. */
export type Unknown<T> = Omit<T, keyof IncomingMessage>

declare module '../walk/handler.ts' {
  interface Provides<P extends string, O> {
    readonly observability: IdentifiedRequest
  }
}

declare module '../walk/hook.ts' {
  interface HookRequest extends Unknown<IdentifiedRequest> {}
}

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /** Gives each request an id, on the request, on every answer and in its log. Inside an Api; default false. */
    readonly requestId?: boolean | RequestIdOptions
  }
}

declare module '../blueprint/endpoint-options.ts' {
  interface EndpointOptions {
    /** Replaces the request id of the Api for this endpoint; false: none. */
    readonly requestId?: boolean | RequestIdOptions
  }
}

const DESCRIPTION = 'Identifies the request: the one that was sent, if it is well-formed, else a new one.'
const SCHEMA = { type: 'string', maxLength: 128 }

export const REQUEST_ID = {
  name: 'RequestId',
  option: 'requestId',
  surround(endpoint) {
    const option = endpoint.nearest('requestId')
    if (option === undefined || option === false) return
    const identify = identifierOf(option, endpoint.nearest('logger') ?? console)
    endpoint.on('identify/setRequestId', function setRequestId({ request, response }) {
      identify(request, response)
    })
    const name = (option === true ? undefined : option.header) ?? FIELD
    endpoint.documented.push({
      parameters: [{ name, in: 'header', description: DESCRIPTION, schema: SCHEMA }],
      headers: { [name]: { description: DESCRIPTION, schema: SCHEMA } },
    })
  },
} satisfies Surrounding

/**
 * Middleware that gives each request its id, for an app without an Api.
 *
 * @param options those of the option, and the logger of `request.log`: default `console`.
 * @throws {TypeError} for an invalid option.
 */
export function requestId(options: RequestIdOptions & { readonly logger?: Logger } = {}): Middleware {
  checkObject('requestId()', options)
  const { logger = console, ...own } = options
  checkLogger('requestId()', logger)
  const identify = identifierOf(own, logger)
  return function setRequestId(request, response, next) {
    runStep(() => identify(request, response), response, next)
  }
}

const FIELD = 'X-Request-Id'
const KEYS: Keys<RequestIdOptions> = { header: true, generate: true }

/** The ids that are taken from a client: nothing that a log or a field has to escape. */
const WELL_FORMED = /^[\w.~+/=:@-]{1,128}$/
const EXPECTED = '1 to 128 of the characters A-Z a-z 0-9 - . _ ~ + / = : @'

function isWellFormed(id: unknown): id is string {
  return typeof id === 'string' && WELL_FORMED.test(id)
}

type Identify = (request: IncomingMessage & Writable, response: ServerResponse) => void

/** @throws {TypeError} for an invalid option. */
function identifierOf(option: true | RequestIdOptions, logger: Logger): Identify {
  const where = "The option 'requestId'"
  if (option !== true) checkOptions(where, option, KEYS)
  const { header: field = FIELD, generate = randomId } = option === true ? {} : option
  if (typeof field !== 'string' || !isToken(field))
    throw new TypeError(`${where} has no name of a field as 'header': ${JSON.stringify(field)}`)
  checkSynchronous(where, 'generate', generate)
  const name = field.toLowerCase()
  const checkedId = (request: IncomingMessage) =>
    returned("'generate' of requestId", generate(request), isWellFormed, EXPECTED)
  shareAccessor('log', LOG)
  const makeId = generate === randomId ? randomId : checkedId
  return (request, response) => {
    const { headers } = request
    if (request.requestId === undefined) {
      const given = headers[name]
      request.requestId = isWellFormed(given) ? given : makeId(request)
      if (headers.traceparent !== undefined) request.traceId = traceIdOf(headers.traceparent)
      if (request.log === undefined) {
        request[LOGGER] = logger
        defineShared(request, 'log')
      }
    }
    presetFields(response, [name, request.requestId])
  }
}

function randomId(): string {
  return randomUUID()
}

const LOGGER = Symbol('logger')

interface Writable {
  requestId?: string
  traceId?: string | undefined
  log?: unknown
  [LOGGER]?: Logger
}

interface Parent extends Logger {
  child?(bindings: object): Logger
}

/** `request.log`: one descriptor for all requests, on a class where they have one; the child is made at the first reading. */
const LOG: PropertyDescriptor = {
  configurable: true,
  get(this: Writable) {
    const { requestId, traceId } = this
    const logger: Parent | undefined = this[LOGGER]
    if (!logger) return undefined
    this.log = logger.child?.(traceId === undefined ? { requestId } : { requestId, traceId }) ?? logger
    return this.log
  },
  set(this: Writable, value: unknown) {
    Object.defineProperty(this, 'log', { value, configurable: true, writable: true })
  },
}
