/** Several errors as one response. */
import { HttpException } from '../../exceptions/http-exception.ts'

/** All failures of a request. The status is the one that they share, else 400, with a 5xx among them 500. */
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
    super(isShared ? first.status : general, undefined, {
      headers: Object.assign({}, ...exceptions.map(({ headers }) => headers)),
      cause: exceptions.find(({ cause }) => cause !== undefined)?.cause,
    })
    this.exceptions = exceptions
  }
}
