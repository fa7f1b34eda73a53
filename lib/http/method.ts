/** Methods of requests. RFC 9110 §9. */

/** Whether a method reads the state, so that 304 is possible: GET, HEAD, and QUERY (RFC 10008). */
export function isRead(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'QUERY'
}

/** Whether a method asks for no change. RFC 9110 §9.2.1. */
export function isSafe(method: string | undefined): boolean {
  return isRead(method) || method === 'OPTIONS' || method === 'TRACE'
}

/** The methods that an endpoint of a method answers: GET also HEAD. RFC 9110 §9.3.2. */
export function methodsOf(method: string): string[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method]
}
