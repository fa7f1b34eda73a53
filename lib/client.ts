/**
 * Calls what a blueprint serves, typed by what it declared. Needs `fetch` and nothing else: runs in browsers.
 *
 * @module mazurka/client
 */
export type {
  Call,
  CallOptions,
  ClientEndpoint,
  Conditions,
  Offered,
  PathOf,
  Requirements,
  ResponseKind,
} from './client/call.ts'
export { type Below, type Client, type ClientOptions, client } from './client/client.ts'
export { ClientError } from './client/client-error.ts'
export type { Items } from './client/items.ts'
export type { ErrorStatus, Failure, NotModified, Outcome, Result } from './client/outcome.ts'
export type { ReceivedEvent } from './client/sse.ts'
export type { Wire } from './client/wire.ts'
