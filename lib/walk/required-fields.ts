/**
 * Header fields that a status requires: where a response lacks one, that of its endpoint is sent.
 *
 *     abort(405)  →  Allow: GET, HEAD, OPTIONS
 */
import type { IncomingMessage } from 'node:http'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { EndpointOptions } from '../blueprint/endpoint-options.ts'
import { allowOf } from '../http/allow.ts'
import { type Fields, withFields } from '../http/headers.ts'
import { REQUIRED_FIELD } from '../http/status.ts'
import { mergeFields } from '../http/vary.ts'
import { pathOf } from '../routing/request-target.ts'
import type { Exchange } from './exchange.ts'
import { warnOnce } from './warn-once.ts'

/** Header fields by the status that they are sent with. */
type ErrorFields = Readonly<Record<number, (request: IncomingMessage) => Readonly<Fields>>>

declare module '../blueprint/endpoint.ts' {
  interface Endpoint<O extends EndpointOptions> {
    /**
     * Header fields of errors that bring none of that name, such as WWW-Authenticate of a 401. For mixins and
     * surroundings: set them in `prepare` or `surround`.
     */
    errorFields?: ErrorFields
    readonly '~errorFields'?: O
  }
}

/** The fields of an error with the one that its status requires. Warns in development where it is not known. */
export function withRequiredFields(
  exchange: Exchange,
  status: number,
  fields: Readonly<Fields>,
): Readonly<Fields> {
  const { endpoint, request, response } = exchange
  const has = (key: string): boolean => fields[key] !== undefined || response.hasHeader(key)
  const known = endpoint.errorFields?.[status]?.(request) ?? {}
  const own = Object.entries(known).filter(([key]) => !has(key))
  const all = own.length > 0 ? mergeFields(fields, Object.fromEntries(own)) : fields
  const name = REQUIRED_FIELD[status]
  if (name === undefined) return all
  const key = name.toLowerCase()
  if (all[key] !== undefined || response.hasHeader(key)) return status === 426 ? upgrading(all) : all
  const allow = status === 405 ? otherMethods(exchange) : undefined
  if (allow !== undefined) return withFields(all, { allow })
  if (endpoint.isDevelopment) warnMissing(endpoint, status, name)
  return all
}

/** RFC 9110 §7.8: Upgrade is a field of the connection. */
function upgrading(fields: Readonly<Fields>): Readonly<Fields> {
  return withFields({ connection: 'upgrade' }, fields)
}

/** Allow of a path, without the method that its endpoint has refused. */
function otherMethods(exchange: Exchange): string | undefined {
  const { endpoint, routes } = exchange
  if (!routes) return undefined
  const { neighbours = [routes] } = routes
  const all = neighbours.flatMap(({ compiled }) => compiled.table.endpointsAt(pathOf(exchange)))
  return allowOf(all.map(({ method }) => method).filter((method) => method !== endpoint.method))
}

function warnMissing(endpoint: Endpoint, status: number, field: string): void {
  const { name, blueprint } = endpoint
  const subject = name === '' ? `The blueprint '${blueprint}'` : `The endpoint '${name}'`
  const message = `${subject} responds with ${status} without the field ${field}, which this status requires: add it to \`headers\``
  warnOnce(endpoint, `MAZURKA_MISSING_${field.toUpperCase().replace('-', '_')}`, message)
}
