/** The error that a processor answers a request with. */
import { HttpException } from '../../exceptions/http-exception.ts'
import type { ErrorObject } from './error-object.ts'

/** The members of its error object; `status` is also that of the response. */
interface ProcessingExceptionMembers extends Omit<ErrorObject, 'status'> {
  /** 400 to 599. Default 400. */
  readonly status?: number
}

/**
 * Stops the processors of a request. The transaction is rolled back.
 *
 *     throw new ProcessingException({ status: 403, detail: 'Only on Mondays', source: { pointer: '/data/attributes/day' } })
 */
export class ProcessingException extends HttpException {
  override readonly name: string = 'ProcessingException'

  constructor({ status = 400, detail, ...members }: ProcessingExceptionMembers = {}) {
    super(status, detail, members)
  }
}
