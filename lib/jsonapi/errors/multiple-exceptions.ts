/** Several errors as one response. */
import { HttpException } from '../../exceptions/http-exception.ts'

/**
 * All failures of a request. The status is the one that they share, else 400, with a 5xx among them 500. Its `message`, which is
 * only in the log, is that of the first 5xx.
 */
export class MultipleExceptions extends HttpException {
  override readonly name: string = 'MultipleExceptions'
  readonly exceptions: readonly HttpException[]

  /** @throws {TypeError} for an empty list. */
  constructor(exceptions: readonly HttpException[]) {
    const [first] = exceptions
    if (!first) throw new TypeError('MultipleExceptions takes a list with at least one exception')
    const statuses = exceptions.map(({ status }) => status)
    const isShared = statuses.every((status) => status === first.status)
    const general = statuses.some((status) => status >= 500) ? 500 : 400
    const failuresFirst = [...exceptions].sort((a, b) => Number(b.status >= 500) - Number(a.status >= 500))
    super(isShared ? first.status : general, undefined, {
      headers: Object.assign({}, ...exceptions.map(({ headers }) => headers)),
      cause: failuresFirst.find(({ cause }) => cause !== undefined)?.cause,
    })
    const [main = first, ...others] = failuresFirst
    this.message = others.length > 0 ? `${main.message} (and ${others.length} more)` : main.message
    this.exceptions = exceptions
  }
}
