/**
 * HTTP/2 through Node's compatibility API: the header fields that its responses cannot have.
 *
 *     http2.createServer(api.handler)
 *
 * RFC 9113 §8.2.2 (connection-specific fields).
 */
import type { Fields } from '../http/headers.ts'

/** The fields of a connection. RFC 9110 §7.6.1, RFC 9113 §8.2.2. */
export const OF_CONNECTION: readonly string[] = [
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]

/** The fields without those that HTTP/2 forbids. */
export function withoutConnectionFields(fields: Readonly<Fields>): Readonly<Fields> {
  if (!OF_CONNECTION.some((name) => name in fields)) return fields
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !OF_CONNECTION.includes(name)))
}
