/**
 * Allow: the methods of a resource.
 *
 *     allowOf(['GET', 'POST'])  →  'GET, HEAD, POST, OPTIONS'
 *
 * RFC 9110 §10.2.1.
 */

/** The value of Allow: GET includes HEAD, and every path has OPTIONS. */
export function allowOf(methods: readonly string[]): string {
  return [...new Set([...methods.flatMap(methodsOf), 'OPTIONS'])].join(', ')
}

/** The methods that an endpoint of a method answers: GET also HEAD. RFC 9110 §9.3.2. */
export function methodsOf(method: string): string[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method]
}
