/** The extensions and profiles of a response document: they are in its media type, and in its member `jsonapi`. */
import type { IncomingMessage } from 'node:http'
import { Exchange } from '../../walk/exchange.ts'
import { type Applied, NO_EXTENSIONS } from './media-type.ts'

/** The top-level member `jsonapi`. */
export interface JsonApiObject {
  readonly version: '1.1'
  readonly ext?: readonly string[]
  readonly profile?: readonly string[]
}

/** The member `jsonapi` of the response to a request. */
export function jsonApiObject(request: IncomingMessage): JsonApiObject {
  const { ext, profile } = appliedExtensions(request)
  return { version: '1.1', ...(ext.length > 0 && { ext }), ...(profile.length > 0 && { profile }) }
}

/** The extensions and profiles of the response to a request. */
export function appliedExtensions(request: IncomingMessage): Applied {
  const offer = Exchange.of(request)?.offer
  return offer && 'applied' in offer ? (offer.applied as Applied) : NO_EXTENSIONS
}
