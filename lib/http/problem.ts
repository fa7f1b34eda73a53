/**
 * Problem documents: the content of error responses, for programs and people.
 *
 *     { "type": "about:blank", "title": "Not Found", "status": 404, "detail": "No such reading" }
 *
 * RFC 9457 §3.
 */
import { STATUS_CODES } from 'node:http'

/** One error in a request. The invalid value itself is never repeated. */
export interface ErrorItem {
  /** The error, for people. */
  readonly detail: string
  /** JSON Pointer into the content, as a URI fragment: `#/tags/0` (RFC 6901 §6). */
  readonly pointer?: string
  /** Location of the parameter: `query`, `path`, `header` or `cookie`. */
  readonly in?: string
  /** The parameter's name. */
  readonly parameter?: string
  /** A code of this kind of error, for programs. */
  readonly code?: string | number
}

/** Members of a problem document besides status and detail. */
export interface ProblemMembers {
  /** All errors of a request. */
  readonly errors?: readonly ErrorItem[]
  /** A URI that names the kind of problem. Default `about:blank` (RFC 9457 §4.2.1). */
  readonly type?: string
  /** Short text, the same for all problems of a type. Default: the reason phrase of the status. */
  readonly title?: string
  /** A URI that names this occurrence. */
  readonly instance?: string
  /** Extension members (RFC 9457 §3.2). */
  readonly [extension: string]: unknown
}

/** A problem document. */
export interface Problem extends ProblemMembers {
  readonly type: string
  readonly title: string
  /** 400 to 599. */
  readonly status: number
  readonly detail?: string
}

/** The problem document of a status: members in the order of the RFC, without undefined ones. */
export function problemOf(status: number, detail: string | undefined, members?: ProblemMembers): Problem {
  if (!members) return bareProblemOf(status, detail)
  const {
    type = 'about:blank',
    title = reasonOf(status),
    instance,
    errors,
    status: _,
    ...extensions
  } = members
  return {
    type,
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    ...(instance === undefined ? {} : { instance }),
    ...(errors === undefined ? {} : { errors }),
    ...extensions,
  }
}

/** Most problems have no other members; copying none costs a tenth of the response. */
function bareProblemOf(status: number, detail: string | undefined): Problem {
  const [type, title] = ['about:blank', reasonOf(status)]
  return detail === undefined ? { type, title, status } : { type, title, status, detail }
}

/** The reason phrase of a status (RFC 9110 §15). */
export function reasonOf(status: number): string {
  return RENAMED[status] ?? STATUS_CODES[status] ?? `Status ${status}`
}

/** Reason phrases that RFC 9110 renamed and Node did not. */
const RENAMED: Readonly<Record<number, string>> = { 413: 'Content Too Large', 422: 'Unprocessable Content' }
