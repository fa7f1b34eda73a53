/**
 * An error that knows its HTTP answer: status, problem document, header fields.
 *
 *     throw new NotFound('No such reading')  →  404, application/problem+json
 *
 * RFC 9110 §15 (statuses), RFC 9457 (problem details).
 */
import { type Problem, type ProblemMembers, problemOf, reasonOf } from '../http/problem.ts'

/** Header fields by name; a list is sent as several lines. */
export type HeaderFields = Readonly<Record<string, string | readonly string[]>>

/** What an exception may carry besides its status and detail. */
export interface ExceptionMembers extends ProblemMembers {
  /** Header fields to send along, such as `WWW-Authenticate` or `Retry-After`. */
  readonly headers?: HeaderFields
  /** Why it happened; for the log, never sent. */
  readonly cause?: unknown
}

/** The common ancestor of everything that is answered with a 4xx or 5xx on purpose. */
export class HttpException extends Error {
  override readonly name: string = 'HttpException'
  /** 400 to 599. */
  readonly status: number
  /** What happened this time, for the client's eyes; undefined when there is nothing to add to the title. */
  readonly detail: string | undefined
  readonly members: ExceptionMembers

  /** @throws {TypeError} when `status` is not an integer from 400 to 599. */
  constructor(status: number, detail?: string, members: ExceptionMembers = {}) {
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new TypeError(`An HttpException takes a status from 400 to 599, not ${String(status)}`)
    }
    // A client's mistake has no use for our stack, and capturing one costs more than the answer.
    const limit = Error.stackTraceLimit
    if (status < 500) Error.stackTraceLimit = 0
    super(detail ?? reasonOf(status), 'cause' in members ? { cause: members.cause } : undefined)
    Error.stackTraceLimit = limit
    this.status = status
    this.detail = detail
    this.members = members
  }

  /** Header fields to send with the answer. */
  get headers(): HeaderFields {
    return this.members.headers ?? {}
  }

  /** The problem document of this error. */
  toProblem(): Problem {
    const { headers: _, cause: __, ...members } = this.members
    return problemOf(this.status, this.detail, members)
  }
}
