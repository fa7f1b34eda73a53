/**
 * Allow: the methods of a resource.
 *
 *     allowOf(['GET', 'POST'])  →  'GET, HEAD, POST, OPTIONS'
 *
 * RFC 9110 §10.2.1.
 */

/** The value of Allow: GET includes HEAD, and every path has OPTIONS. */
export function allowOf(methods: readonly string[]): string {
  const all = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return [...new Set([...all, 'OPTIONS'])].join(', ')
}
