/** Statuses of responses. RFC 9110 §15. */

/**
 * Whether a response with this status has no content: 204, 205, 304.
 *
 * RFC 9110 §15.3.5, §15.3.6, §15.4.5.
 */
export function forbidsContent(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}
