/** A guard for caught errors of the client. */
import type { Call, ErrorOf, PathOf } from './call.ts'
import { ClientError } from './client-error.ts'

/**
 * Whether an error is a `ClientError`, typed as one of the call and path: its `status` then selects one of the problems
 * that the endpoint declares. Only the class is checked: name the call whose errors are caught.
 *
 * @example catch (error) { if (isClientError(error, pets.get, '/pets/<int:id>') && error.status === 404) … }
 */
export function isClientError<A, M extends string, const P extends PathOf<A, M>>(
  error: unknown,
  _call: Call<A, M>,
  _path: P,
): error is ErrorOf<A, M, P> {
  return error instanceof ClientError
}
