/** What the client of a request wants most, for handlers that decide or write by themselves. */
import type { IncomingMessage } from 'node:http'
import type { Endpoint } from './endpoint.ts'
import { Exchange } from './exchange.ts'

/**
 * The type of the endpoint's `outgoing` that the client wants most: what the walk has chosen, or would.
 *
 * @returns Undefined when the client refuses all of them, or no blueprint is serving the request.
 */
export function getBestMimetype(request: IncomingMessage): string | undefined {
  const exchange = Exchange.of(request)
  return exchange?.endpoint.outgoing?.best(request.headers.accept)?.contentType
}

/** The endpoint that is serving a request, and through it the blueprint; undefined outside of one. */
export function currentEndpoint(request: IncomingMessage): Endpoint | undefined {
  return Exchange.of(request)?.endpoint
}
