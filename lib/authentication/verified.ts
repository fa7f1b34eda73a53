/** The results of functions that find the identity of credentials. */
import type { HttpException } from '../exceptions/http-exception.ts'
import { isPromise } from '../schema/is-promise.ts'

/** An identity; undefined, null and false: the credentials are not valid. */
export type Verified<I> = I | undefined | null | false

export function isIdentity<I>(found: Verified<I>): found is I {
  return found !== undefined && found !== null && found !== false
}

/** @throws the 401 that `refuse` makes, where there is no identity. */
export function verified<I>(
  found: Verified<I> | PromiseLike<Verified<I>>,
  refuse: () => HttpException,
): I | Promise<I> {
  if (isPromise(found)) return Promise.resolve(found).then((settled) => verified(settled, refuse))
  if (!isIdentity(found)) throw refuse()
  return found
}
