/**
 * The response where no endpoint matches: 405 for a path that has other methods, 204 to OPTIONS, 404 below a
 * prefix.
 *
 * All blueprints of an app are searched together, so that Allow lists the methods of all.
 *
 * RFC 9110 §9.3.7 (OPTIONS), §10.2.1 (Allow), §15.5.5 (404), §15.5.6 (405).
 */
import type { Endpoint, Mount } from '../blueprint/endpoint.ts'
import { BadRequest, MethodNotAllowed, NotFound } from '../exceptions/client-errors.ts'
import type { HttpException } from '../exceptions/http-exception.ts'
import { allowOf } from '../http/allow.ts'
import { methodsOf } from '../http/method.ts'
import { acceptFields } from '../negotiation/accept-fields.ts'
import { isMalformed } from '../routing/request-target.ts'
import type { RawResponse } from '../walk/exchange.ts'
import type { Routes } from './routes.ts'

/** An answer, with the mount that it comes from. */
export interface NoMatch extends Place {
  /** A 204 to OPTIONS, or an error. */
  readonly answer: RawResponse | HttpException
}

interface Place {
  readonly routes: Routes
  readonly mount: Mount
}

interface NoMatchOptions {
  /** Whether the app has its own handler for unknown paths, which a blueprint without prefix keeps. */
  readonly isCustom: boolean
  /** Whether no other handler of the app can respond. */
  readonly isLast: boolean
  /** The method that a preflight of CORS asks for: the mount is that of its endpoint. */
  readonly preflightOf?: string | undefined
}

/** The 204 to `OPTIONS *`, of the server as a whole (RFC 9110 §9.3.7). */
const OF_THE_SERVER: RawResponse = { status: 204, fields: {}, body: null }

/** The response where no endpoint of any registration matches; undefined: the app's own handler applies. */
export function noMatch(
  all: readonly Routes[],
  method: string,
  path: string,
  { isCustom, isLast, preflightOf = method }: NoMatchOptions,
): NoMatch | undefined {
  const first = firstOf(all)
  if (path === '*' && method === 'OPTIONS') return first && { ...first, answer: OF_THE_SERVER }
  const found = endpointsAt(all, path)
  const matching = found.map(({ endpoint }) => endpoint)
  const known = ofMethod(found, preflightOf)
  const below = innermost(all, path)
  const place =
    known ??
    (isCustom && below?.mount.prefix === '' ? undefined : below) ??
    (isLast || isMalformedHere(all, path) || !path.startsWith('/') ? first : undefined)
  if (!place) return undefined
  const { routes, mount } = place
  const isOptions = known !== undefined && method === 'OPTIONS'
  const answer = isOptions ? optionsAnswer(matching) : errorFor(method, path, matching)
  return { routes, mount, answer }
}

/** The mount that responds to an error at a path: that of an endpoint, else the innermost, else the first of the app. */
export function placeAt(all: readonly Routes[], method: string, path: string): Place | undefined {
  return ofMethod(endpointsAt(all, path), method) ?? innermost(all, path) ?? firstOf(all)
}

function firstOf(all: readonly Routes[]): Place | undefined {
  return all[0] && { routes: all[0], mount: all[0].compiled.outermost }
}

interface PlacedEndpoint extends Place {
  readonly endpoint: Endpoint
}

/** The endpoints of all methods at a path. */
function endpointsAt(all: readonly Routes[], path: string): readonly PlacedEndpoint[] {
  return all.flatMap((routes) =>
    routes.compiled.table
      .endpointsAt(path)
      .map((endpoint) => ({ routes, endpoint, mount: endpoint.mount as Mount })),
  )
}

/** The endpoint of a method, else the first. */
function ofMethod(found: readonly PlacedEndpoint[], method: string): PlacedEndpoint | undefined {
  return found.find(({ endpoint }) => methodsOf(endpoint.method).includes(method)) ?? found[0]
}

function errorFor(method: string, path: string, matching: readonly Endpoint[]): HttpException {
  if (!path.startsWith('/')) return new BadRequest('The request target is neither a path nor an http URL')
  if (isMalformed(path)) return new BadRequest('Malformed percent-encoding in the path')
  const hasCalledNext = matching.some((endpoint) => methodsOf(endpoint.method).includes(method))
  if (hasCalledNext || matching.length === 0) return new NotFound(`No resource at ${decodeURI(path)}`)
  const allow = allowOf(matching.map((endpoint) => endpoint.method))
  return new MethodNotAllowed(`Allowed methods: ${allow}`, { headers: { allow } })
}

/** Whether the path cannot be decoded, so that a blueprint without a prefix cannot route it. */
function isMalformedHere(all: readonly Routes[], path: string): boolean {
  return isMalformed(path) && all.some(({ compiled }) => compiled.outermost.prefix === '')
}

function innermost(all: readonly Routes[], path: string): Place | undefined {
  return all
    .flatMap((routes) => {
      const mount = routes.mountAt(path)
      return mount ? [{ routes, mount }] : []
    })
    .sort((a, b) => b.mount.prefix.length - a.mount.prefix.length)[0]
}

function optionsAnswer(endpoints: readonly Endpoint[]): RawResponse {
  const allow = allowOf(endpoints.map(({ method }) => method))
  return { status: 204, fields: Object.assign({ allow }, ...endpoints.map(acceptFields)), body: null }
}
