/** The error of a client: a failed response with its problem document. */
import type { ErrorItem, Problem } from '../http/problem.ts'
import { jsonOrText } from './sse.ts'

/**
 * A response that is not 2xx, or whose content does not match its media type. Keeps the body.
 *
 * @example catch (error) { if (error instanceof ClientError && error.status === 412) reload() }
 */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  /** Status of the response; of the problem document, when the response was a 2xx. */
  declare readonly status: number
  /** Problem document of the response; made from the status when the body is not a JSON object. */
  declare readonly problem: Problem
  /** Raw content. */
  declare readonly body: string
  /** Its content has been read already: see `body`. */
  declare readonly response: Response

  /** @param request method and URL, the beginning of the message, which ends with the first of the `errors`. */
  constructor(request: string, response: Response, body: string) {
    const problem = problemOf(body, response)
    const { status, title, detail, errors } = problem
    const { pointer, parameter = pointer, detail: reason } = (errors?.[0] ?? {}) as Partial<ErrorItem>
    const all = [request, `${status} ${detail ?? reason ?? title}`, detail && parameter, detail && reason]
    super(all.filter(Boolean).join(': '))
    Object.assign(this, { status: response.ok ? status : response.status, problem, body, response })
  }
}

/** RFC 9457 §3.1: the type defaults to about:blank. */
function problemOf(body: string, { status, statusText }: Response): Problem {
  const defaults = { type: 'about:blank', title: statusText || `Status ${status}`, status }
  const value = jsonOrText(body)
  return typeof value === 'object' && !Array.isArray(value) ? { ...defaults, ...value } : defaults
}
