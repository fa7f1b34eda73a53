/**
 * Problem documents: what went wrong, for programs and people alike.
 *
 *     { "type": "about:blank", "title": "Not Found", "status": 404, "detail": "No such reading" }
 *
 * RFC 9457 §3.
 */
import { STATUS_CODES } from 'node:http'

/** One thing that is wrong with a request. The offending value itself is never repeated. */
export interface ErrorItem {
  /** What is wrong, for people. */
  readonly detail: string
  /** JSON Pointer into the content, as a URI fragment: `#/tags/0` (RFC 6901 §6). */
  readonly pointer?: string
  /** Where the parameter stands: `query`, `path`, `header` or `cookie`. */
  readonly in?: string
  /** The parameter's name. */
  readonly parameter?: string
}

/** What a problem may say besides its status and detail. */
export interface ProblemMembers {
  /** All that is wrong, reported together. */
  readonly errors?: readonly ErrorItem[]
  /** A URI that names the kind of problem. Default `about:blank` (RFC 9457 §4.2.1). */
  readonly type?: string
  /** Short and the same for all problems of a type. Default: the status's reason phrase. */
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

/** The problem document for a status, members in the RFC's order, absent ones left out. */
export function problemOf(status: number, detail: string | undefined, members: ProblemMembers = {}): Problem {
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

/** The reason phrase of a status (RFC 9110 §15). */
export function reasonOf(status: number): string {
  return RENAMED[status] ?? STATUS_CODES[status] ?? `Status ${status}`
}

/** RFC 9110 gave these new names; Node keeps the old ones. */
const RENAMED: Readonly<Record<number, string>> = { 413: 'Content Too Large', 422: 'Unprocessable Content' }
