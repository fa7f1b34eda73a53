/** What a server says when it does not do what it was asked. */
import type { Problem } from '../http/problem.ts'
import { jsonOrText } from './sse.ts'

/**
 * An answer that is no success; or one that cannot be what it says it is. The body is never lost.
 *
 * @example catch (error) { if (error instanceof ClientError && error.status === 412) reload() }
 */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  /** Of the answer; when that began as a success, what the problem says. */
  readonly status: number
  /** What the server wrote; made from the status alone when it wrote no JSON object. */
  readonly problem: Problem
  /** The content as it came. */
  readonly body: string
  /** Its content is read already: it is `body`. */
  readonly response: Response

  /** @param what begins the message: `GET http://localhost/pets`. */
  constructor(what: string, response: Response, body: string) {
    const problem = problemOf(body, response)
    const { status, title, detail } = problem
    super(`${what}: ${status} ${detail ?? title}`)
    this.status = response.ok ? status : response.status
    this.problem = problem
    this.body = body
    this.response = response
  }
}

/** RFC 9457 §3.1: what is absent is about:blank, and said by the status. */
function problemOf(body: string, { status, statusText }: Response): Problem {
  const usual = { type: 'about:blank', title: statusText || `Status ${status}`, status }
  const value = jsonOrText(body)
  return typeof value === 'object' && !Array.isArray(value) ? { ...usual, ...value } : usual
}
