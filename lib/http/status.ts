/** Statuses of responses. RFC 9110 §15. */

/**
 * Whether a response with this status has no content: 204, 205, 304.
 *
 * RFC 9110 §15.3.5, §15.3.6, §15.4.5.
 */
export function forbidsContent(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}

/**
 * The header field that a status requires.
 *
 * RFC 9110 §15.5.2 (401), §15.5.6 (405), §15.5.8 (407), §15.5.22 (426).
 */
export const REQUIRED_FIELD: Readonly<Record<number, string>> = {
  401: 'WWW-Authenticate',
  405: 'Allow',
  407: 'Proxy-Authenticate',
  426: 'Upgrade',
}
