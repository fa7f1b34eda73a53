/** The option `etag`: the state of a resource, and the part of it that identifies it. */
import type { Comparison } from '../http/entity-tag.ts'
import type { Schema } from '../schema/schema.ts'
import type { HookRequest } from '../walk/hook.ts'

/** The request that the functions of {@link EtagOptions} receive. */
export interface StateRequest extends HookRequest {
  readonly body?: unknown
}

/** The source of an endpoint's validators. */
export interface EtagOptions<State = unknown> {
  /**
   * The current state of the resource; undefined if it does not exist. Preconditions are then evaluated
   * before the handler, which finds the state as `request.current`.
   */
  readonly current?: (request: StateRequest) => State
  /** When the state last changed: Last-Modified, and the preconditions by date. */
  // biome-ignore lint/suspicious/noExplicitAny: the state is inferred from `current` alone
  readonly lastModified?: (state: any, request: StateRequest) => Date | undefined
  /** The part of the state that its ETag is made from: a row's version, for example. Default: all of it. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly data?: (state: any) => unknown
  /** Applied to the state before its ETag is made: members that it drops do not count. Not async. */
  readonly schema?: Schema
  /**
   * Names of response header fields that the ETag of a read depends on as well. A read is then compared after its
   * handler. If-Match still compares the state alone. Without effect on the whole ETags of `generateEtag`.
   */
  readonly fields?: readonly string[]
  /**
   * The comparison of If-Match. Default 'strong' (RFC 9110 §13.1.1): a weak ETag never matches. 'weak' is for
   * applications behind a proxy that weakens ETags, as nginx does where it compresses.
   */
  readonly comparison?: Comparison
  /** Whether PUT, PATCH and DELETE without a precondition are a 428. Default true. */
  readonly required?: boolean
}

/** The option of an endpoint, resolved. */
export interface ResolvedEtag extends Omit<EtagOptions, 'required'> {
  /** Whether a request without a precondition is a 428. */
  readonly isRequired: boolean
}

/** The members of the handler's request where `etag` is set. */
export interface EtagMethods<State> {
  /** The state that `etag.current` returned. */
  readonly current: State
  /**
   * Evaluates the preconditions against a state, or undefined. Ends the request with 304 or 412, by a thrown value: code
   * that catches it throws it again. A state that fits the response schema of the GET at the same path is hashed as that
   * schema returns it.
   */
  checkEtag(state: unknown): void
  /** Sets the ETag from a state, hashed as by `checkEtag`. Ends a read with 304 when the client has it. */
  setEtag(state: unknown): void
  /**
   * Sets the date of the last change. Without an ETag in the request it ends a read with 304 when the client has
   * that state, and any request with 412 when If-Unmodified-Since is earlier. In a change the first call gives the
   * date of the state before; a later call, and one after `setEtag`, the date of the new state.
   */
  lastModified(date: Date): void
}
