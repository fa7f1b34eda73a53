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
import { acceptFields } from '../negotiation/accept-fields.ts'
import { isMalformed } from '../routing/request-target.ts'
import { EarlyAnswer } from './exchange.ts'
import type { Routes } from './walk.ts'

/** The fields of a 204 to OPTIONS, or an answer with the mount that it comes from. */
export type NoMatch =
  | { readonly fields: Readonly<Record<string, string>> }
  | { readonly answer: HttpException | EarlyAnswer; readonly mount: Mount }

interface NoMatchOptions {
  /** Whether the app has its own handler for unknown paths, which a blueprint without prefix keeps. */
  readonly isCustom: boolean
  /** Whether no other handler of the app can respond. */
  readonly isLast: boolean
}

/** The 204 to `OPTIONS *`, of the server as a whole (RFC 9110 §9.3.7). */
const OF_THE_SERVER = /* @__PURE__ */ new EarlyAnswer(() => ({ status: 204, fields: {}, body: null }))

/** The response where no endpoint of any registration matches; undefined: the app's own handler applies. */
export function noMatch(
  all: readonly Routes[],
  method: string,
  path: string,
  { isCustom, isLast }: NoMatchOptions,
): NoMatch | undefined {
  const first = all[0]?.compiled.outermost
  if (path === '*' && method === 'OPTIONS') return first && { mount: first, answer: OF_THE_SERVER }
  const matching = all.flatMap(({ compiled }) => compiled.table.endpointsAt(path))
  if (matching.length > 0 && method === 'OPTIONS') return { fields: optionsFields(matching) }
  const below = innermost(all, path)
  const mount =
    matching[0]?.mount ??
    (isCustom && below?.prefix === '' ? undefined : below) ??
    (isLast || isMalformedHere(all, path) || !path.startsWith('/') ? first : undefined)
  return mount && { mount, answer: errorFor(method, path, matching) }
}

function errorFor(method: string, path: string, matching: readonly Endpoint[]): HttpException {
  if (!path.startsWith('/')) return new BadRequest('The request target is neither a path nor an http URL')
  if (isMalformed(path)) return new BadRequest('Malformed percent-encoding in the path')
  const hasCalledNext = matching.some((endpoint) => answers(endpoint, method))
  if (hasCalledNext || matching.length === 0) return new NotFound(`No resource at ${decodeURI(path)}`)
  const allow = allowOf(matching.map((endpoint) => endpoint.method))
  return new MethodNotAllowed(`Allowed methods: ${allow}`, { headers: { allow } })
}

/** Whether the path cannot be decoded, so that a blueprint without a prefix cannot route it. */
function isMalformedHere(all: readonly Routes[], path: string): boolean {
  return isMalformed(path) && all.some(({ compiled }) => compiled.outermost.prefix === '')
}

function innermost(all: readonly Routes[], path: string): Mount | undefined {
  return all
    .map((registration) => registration.mountAt(path))
    .filter((mount) => mount !== undefined)
    .sort((a, b) => b.prefix.length - a.prefix.length)[0]
}

function answers(endpoint: Endpoint, method: string): boolean {
  return endpoint.method === method || (endpoint.method === 'GET' && method === 'HEAD')
}

function optionsFields(endpoints: readonly Endpoint[]): Record<string, string> {
  const allow = allowOf(endpoints.map(({ method }) => method))
  return Object.assign({ allow }, ...endpoints.map(acceptFields))
}
