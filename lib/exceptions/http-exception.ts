/**
 * An error with its HTTP response: status, problem document, header fields.
 *
 *     throw new NotFound('No such reading')  →  404, application/problem+json
 *
 * RFC 9110 §15 (statuses), RFC 9457 (problem details).
 */
import { type Problem, type ProblemMembers, problemOf, reasonOf } from '../http/problem.ts'
import { isEmpty } from '../registry/is-empty.ts'

/** Header fields by name; a list is sent as several field lines. */
export type HeaderFields = Readonly<Record<string, string | readonly string[]>>

/** Members of an exception besides its status and detail. */
export interface ExceptionMembers extends ProblemMembers {
  /** Header fields of the response, such as `WWW-Authenticate` or `Retry-After`. */
  readonly headers?: HeaderFields
  /** The original error; for the log, never sent. */
  readonly cause?: unknown
}

/** Base class of all errors with a deliberate 4xx or 5xx response. */
export class HttpException extends Error {
  override readonly name: string = 'HttpException'
  /** 400 to 599. */
  declare readonly status: number // declared: a field that is defined and then set costs twice
  /** Description of this occurrence, for the client; undefined when the title is enough. */
  declare readonly detail: string | undefined
  declare readonly members: ExceptionMembers

  /** @throws {TypeError} when `status` is not an integer from 400 to 599. */
  constructor(status: number, detail?: string, members: ExceptionMembers = {}) {
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new TypeError(`An HttpException takes a status from 400 to 599, not ${String(status)}`)
    }
    // The stack is of no use for a client's mistake, and capturing one costs more than the response.
    const limit = Error.stackTraceLimit
    if (status < 500) Error.stackTraceLimit = 0
    const hasCause = 'cause' in members
    super(detail ?? reasonOf(status), hasCause ? { cause: members.cause } : undefined)
    Error.stackTraceLimit = limit
    this.status = status
    this.detail = detail
    this.members = hasCause ? withShortPrint(members) : members
  }

  /** Header fields of the response. */
  get headers(): HeaderFields {
    return this.members.headers ?? {}
  }

  /** The validation issues, where there are some: 422. */
  get errors(): ExceptionMembers['errors'] {
    return this.members.errors
  }

  /** The problem document of this error. */
  toProblem(): Problem {
    if (isEmpty(this.members)) return problemOf(this.status, this.detail)
    const { headers: _, cause: __, ...members } = this.members
    return problemOf(this.status, this.detail, members)
  }
}

/** A copy of members with a cause that `console` prints without it: the exception has it, too. */
function withShortPrint(members: ExceptionMembers): ExceptionMembers {
  return Object.defineProperty({ ...members }, Symbol.for('nodejs.util.inspect.custom'), { value: printed })
}

function printed(this: ExceptionMembers): object {
  const { cause: _, ...others } = this
  return others
}

/** The heading of an error in a page or a text: `404: Not Found`. */
export function headingOf(exception: HttpException): string {
  return `${exception.status}: ${exception.toProblem().title}`
}
