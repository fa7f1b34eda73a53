/**
 * CORS: pages of other origins may read responses, errors included. A preflight is answered from the routes, with the
 * policy of the endpoint that would answer.
 *
 *     new Api(app, { title, version, cors: { origin: ['https://app.example.org'], credentials: true } })
 *     app.use(cors({ origin: '*' }))                                         // an app without an Api
 *
 * Fetch §3.2 and §4.8.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { addVary, presetFields } from '../connection/served-response.ts'
import { Forbidden } from '../exceptions/client-errors.ts'
import { settle } from '../exceptions/settle.ts'
import { isToken, splitList } from '../http/field.ts'
import type { Fields } from '../http/headers.ts'
import { methodsOf } from '../http/method.ts'
import { pathOf } from '../routing/request-target.ts'
import { isPromise } from '../schema/is-promise.ts'
import type { Exchange } from '../walk/exchange.ts'
import type { Middleware } from '../walk/hook.ts'
import { runAnswer, runStep } from '../walk/middleware.ts'
import { preflightMethodOf } from '../walk/preflight.ts'
import { PAGE_FIELD } from '../walk/representation-fields.ts'
import type { SurroundedRoutes, Surrounding } from '../walk/surrounding.ts'
import { type CorsOptions, type CorsPolicy, corsPolicy } from './cors-policy.ts'

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /** Which pages of other origins may use the endpoints; false: none. Inside an Api; default none. */
    readonly cors?: CorsOptions | false
  }
}

declare module '../blueprint/endpoint-options.ts' {
  interface EndpointOptions {
    /** Replaces the CORS options of the Api for this endpoint; false: no other origin. */
    readonly cors?: CorsOptions | false
  }
}

/** Fields that this package sends and that pages could not read otherwise. */
const EXPOSED = [
  ...['ETag', 'Link', 'Location', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'X-Request-Id'],
  ...['Deprecation', 'Sunset', 'Allow', 'Accept-Patch', 'Content-Disposition', 'Content-Location'],
  ...['Accept-Ranges', 'Content-Range', 'WWW-Authenticate'],
]

const HEADERS = {
  'Access-Control-Allow-Origin': { description: 'The origin that may read it', schema: { type: 'string' } },
  'Access-Control-Expose-Headers': { description: 'Fields that pages may read', schema: { type: 'string' } },
  Vary: { description: 'Request fields that the response depends on', schema: { type: 'string' } },
}

export const CORS = {
  name: 'Cors',
  option: 'cors',
  surround(endpoint, routes) {
    const policy = policyOf(endpoint)
    const takesOptions = !endpoint.isRouted || endpoint.method === 'OPTIONS' // a preflight of any endpoint at its path
    if (!policy && !takesOptions) return
    if (policy && endpoint.isRouted) endpoint.documented.push({ headers: HEADERS })
    let exposed: string | undefined
    endpoint.on('protect/setCorsFields', function setCorsFields(exchange) {
      const { request, response } = exchange
      const asked = takesOptions ? preflightMethodOf(request) : undefined
      if (asked !== undefined) return answerPreflight(exchange, routes, asked)
      if (!policy) return
      exposed ??= exposedBy(policy, endpoint)
      return setFields(request, response, policy, exposed)
    })
  },
} satisfies Surrounding

function policyOf(endpoint: Endpoint): CorsPolicy | undefined {
  const options = endpoint.nearest('cors')
  return options === undefined || options === false ? undefined : corsPolicy(options)
}

/** The fields that pages may read: those of the Api, of its surroundings, of pagination, and the developer's. */
function exposedBy({ options }: CorsPolicy, endpoint?: Endpoint): string {
  const documented = endpoint?.documented.flatMap(({ headers, successHeaders }) =>
    Object.keys({ ...headers, ...successHeaders }).filter((name) => !/^(access|cache)-control/i.test(name)),
  )
  const page = endpoint?.pagination?.header ?? PAGE_FIELD
  const names = [...EXPOSED, ...(page === false ? [] : [page]), ...(documented ?? [])]
  const all = [...names, ...(options.exposedHeaders ?? [])].map((name) => [name.toLowerCase(), name] as const)
  return [...new Map(all.toReversed()).values()].toReversed().join(', ')
}

/** Sets the fields of a response that is no preflight. Waits where the origin is tested by an asynchronous function. */
function setFields(
  request: IncomingMessage,
  response: ServerResponse,
  policy: CorsPolicy,
  exposed: string,
): void | Promise<void> {
  if (!policy.isOpen) addVary(response, 'Origin')
  const allowed = policy.allow(request)
  if (isPromise(allowed)) return allowed.then((origin) => writeFields(response, policy, exposed, origin))
  writeFields(response, policy, exposed, allowed)
}

function writeFields(
  response: ServerResponse,
  { options }: CorsPolicy,
  exposed: string,
  origin: string | undefined,
): void {
  if (origin === undefined || response.headersSent) return // the deadline may have passed before the origin was known
  const fields = ['access-control-allow-origin', origin, 'access-control-expose-headers', exposed]
  if (options.credentials) fields.push('access-control-allow-credentials', 'true')
  presetFields(response, fields)
}

/**
 * Answers with the policy of the endpoint of the requested method, else with that of the mount. Where it is off, the
 * request is an ordinary OPTIONS.
 */
function answerPreflight(exchange: Exchange, routes: SurroundedRoutes, method: string): void | Promise<void> {
  const { request, response, endpoint } = exchange
  const endpoints = routes.endpointsAt(pathOf(request))
  const asked = endpoints.find((one) => methodsOf(one.method).includes(method)) ?? endpoint
  const policy = policyOf(asked)
  if (!policy) return
  const listed = endpoints.filter((one) => policyOf(one) === policy).flatMap((one) => methodsOf(one.method))
  if (policyOf(endpoint) === policy) listed.push('OPTIONS')
  // the page is to see the 404 of an unknown path, and not a failed preflight
  const methods = endpoints.length > 0 ? [...new Set(listed)] : [method].filter(isToken)
  return settle(preflightFields(request, response, policy, methods), (fields) =>
    exchange.finish({ status: 204, fields, body: null }),
  )
}

/** @throws {Forbidden} for an origin that is not allowed. */
function preflightFields(
  request: IncomingMessage,
  response: ServerResponse,
  policy: CorsPolicy,
  methods: readonly string[],
): Fields | Promise<Fields> {
  const { credentials, allowedHeaders, maxAgeSeconds } = policy.options
  if (!policy.isOpen) addVary(response, 'Origin')
  return settle(policy.allow(request), (origin) => {
    if (origin === undefined)
      throw new Forbidden(`Cross-origin requests from ${request.headers.origin} are not allowed`)
    const requested = splitList(String(request.headers['access-control-request-headers'] ?? ''))
    const headers = allowedHeaders ?? requested.filter(isToken)
    return {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': methods.join(', '),
      ...(credentials ? { 'access-control-allow-credentials': 'true' } : {}),
      ...(headers.length > 0 ? { 'access-control-allow-headers': headers.join(', ') } : {}),
      ...(maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(maxAgeSeconds) }),
      vary: 'Access-Control-Request-Method, Access-Control-Request-Headers',
    }
  })
}

/**
 * Middleware that answers preflights and sets the fields of CORS, for an app without an Api. It does not know the routes: a
 * preflight allows the method that it asks for, and the request itself is a 405 where there is no such method. A refused preflight goes to `next` as an error.
 *
 * @throws {TypeError} for wrong options, as at start-up of an Api.
 */
export function cors(options: CorsOptions = {}): Middleware {
  const policy = corsPolicy(options)
  const exposed = exposedBy(policy)
  return function setCorsFields(request: IncomingMessage, response: ServerResponse, next) {
    const asked = preflightMethodOf(request)
    if (asked === undefined)
      return runStep(() => setFields(request, response, policy, exposed), response, next)
    const answer = (): unknown => {
      const fields = preflightFields(request, response, policy, [asked].filter(isToken))
      return settle(fields, (settled) => response.writeHead(204, settled).end())
    }
    runAnswer(answer, response, next)
  }
}
