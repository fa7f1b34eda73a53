/** The field that tells which types a method's content may have: Accept-Post, Accept-Patch, Accept-Query. */
import type { Endpoint } from '../blueprint/endpoint.ts'

const FIELDS: Readonly<Record<string, string>> = {
  POST: 'accept-post', // W3C Linked Data Platform 1.0 §7.1
  PATCH: 'accept-patch', // RFC 5789 §3.1
  QUERY: 'accept-query', // RFC 10008 §3
}

/** Empty for methods that have no such field, and where anything goes. */
export function acceptedFields({ method, incoming }: Endpoint): Record<string, string> {
  const field = FIELDS[method]
  return field && incoming && incoming.types.length > 0 ? { [field]: incoming.types.join(', ') } : {}
}
