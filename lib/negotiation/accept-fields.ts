/** The field that lists the media types a method's content may have: Accept-Post, Accept-Patch, Accept-Query. */
import type { Incoming } from './incoming.ts'

const FIELDS: Readonly<Record<string, string>> = {
  POST: 'accept-post', // W3C Linked Data Platform 1.0 §7.1
  PATCH: 'accept-patch', // RFC 5789 §3.1
  QUERY: 'accept-query', // RFC 10008 §3
}

/** The name of a method's field, in lower case. */
export function acceptFieldOf(method: string): string | undefined {
  return FIELDS[method]
}

/** The field of an endpoint; empty for methods without one, and where any content is accepted. */
export function acceptFields({
  method,
  incoming,
}: {
  readonly method: string
  readonly incoming: Incoming | undefined
}): Record<string, string> {
  const field = FIELDS[method]
  return field && incoming && incoming.types.length > 0 ? { [field]: incoming.types.join(', ') } : {}
}
