/**
 * HTTP/2 through Node's compatibility API: where its responses differ from those of HTTP/1.1.
 *
 *     http2.createServer(api.handler)
 *
 * RFC 9113 §7 (error codes), §8.2.2 (connection-specific fields).
 */
import type { ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Fields } from '../http/headers.ts'

/** The stream of a response of HTTP/2; undefined for HTTP/1. */
export function streamOf(response: ServerResponse): ServerHttp2Stream | undefined {
  return (response as ServerResponse & { readonly stream?: ServerHttp2Stream }).stream
}

/** Whether the connection of a response has closed, or its stream: a response of HTTP/2 has no `destroyed`. */
export function isDestroyed(response: ServerResponse): boolean {
  return response.destroyed || streamOf(response)?.destroyed === true
}

/** Whether the client has left, or the response is complete. */
export function isClosed(response: ServerResponse): boolean {
  return isDestroyed(response) || response.writableEnded
}

const INTERNAL_ERROR = 2

/** Resets one stream; the others of its connection go on. */
export function resetStream(stream: ServerHttp2Stream): void {
  stream.close(INTERNAL_ERROR)
}

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
