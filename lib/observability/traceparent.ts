/**
 * traceparent: the trace that a request belongs to.
 *
 *     traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01  →  0af7651916cd43dd8448eb211c80319c
 *
 * W3C Trace Context §3.2. Version 00 is exact, later versions may continue after the flags, ff is no version; a field
 * that is not valid is ignored as a whole.
 */

const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/

/** The trace id of a field, 32 lower-case hexadecimal digits; undefined for a field that is not valid. */
export function traceIdOf(field: unknown): string | undefined {
  if (typeof field !== 'string') return undefined
  const [, version, traceId] = TRACEPARENT.exec(field) ?? []
  return version === '00' && field.length !== EXACT_LENGTH ? undefined : traceId
}

const EXACT_LENGTH = 55
