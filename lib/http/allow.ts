/**
 * Allow: the methods of a resource.
 *
 *     allowOf(['GET', 'POST'])  →  'GET, HEAD, POST, OPTIONS'
 *
 * RFC 9110 §10.2.1.
 */
import { methodsOf } from './method.ts'

/** The value of Allow: GET includes HEAD, and every path has OPTIONS. */
export function allowOf(methods: readonly string[]): string {
  return [...new Set([...methods.flatMap(methodsOf), 'OPTIONS'])].join(', ')
}
