/**
 * HTTP/2 through Node's compatibility API: the header fields that its responses cannot have.
 *
 *     http2.createServer(api.handler)
 *
 * RFC 9113 §8.2.2 (connection-specific fields).
 */
import type { ServerResponse } from 'node:http'
import type { Fields } from '../http/headers.ts'
import { streamOf } from '../parsers/unread.ts'

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

/**
 * The fields of a response, on HTTP/2 without those that it forbids. They are removed from the response, too, as Node.js
 * would reset the stream.
 */
export function allowedFields(response: ServerResponse, fields: Readonly<Fields>): Readonly<Fields> {
  if (!streamOf(response)) return fields
  for (const name of OF_CONNECTION) if (response.hasHeader(name)) response.removeHeader(name)
  if (!OF_CONNECTION.some((name) => name in fields)) return fields
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !OF_CONNECTION.includes(name)))
}
