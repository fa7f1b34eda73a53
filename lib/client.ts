/**
 * A client for the endpoints of a blueprint, typed by their schemas. Depends on `fetch` only: runs in browsers.
 *
 * @module mazurka/client
 */

export type {
  Call,
  CallOptions,
  ClientEndpoint,
  Conditions,
  ErrorOf,
  PathOf,
  ResponseKind,
} from './client/call.ts'
export { type Client, type ClientOptions, client } from './client/client.ts'
export { ClientError } from './client/client-error.ts'
export type { Below } from './client/endpoint-types.ts'
export { type Filter, filters } from './client/filters.ts'
export { isClientError } from './client/is-client-error.ts'
export type { Items } from './client/items.ts'
export type { ErrorStatus, Failure, NotModified, Outcome, Result } from './client/outcome.ts'
export type { OfferedMediaType, Requirements } from './client/requirements.ts'
export type { ReceivedEvent } from './client/sse.ts'
export type { Wire } from './client/wire.ts'
