/**
 * The connection of a response, or its stream of HTTP/2: whether the client is still there, and how it is closed.
 *
 * RFC 9112 §8 (incomplete messages), RFC 9113 §7 (error codes).
 */
import type { ServerResponse } from 'node:http'
import { streamOf } from '../parsers/unread.ts'
import { closeWithConnection } from './unclosed-response.ts'

const INTERNAL_ERROR = 2

/** Whether the connection is closed for this response: responses of HTTP/2 are never `destroyed`, their streams are. */
export function isDisconnected(response: ServerResponse): boolean {
  return response.destroyed || streamOf(response)?.destroyed === true
}

/** Whether the client has left, or the response is complete. */
export function isClosed(response: ServerResponse): boolean {
  return response.writableEnded || isDisconnected(response)
}

/** Responses whose connection was destroyed here. */
const destroyed = new WeakSet<ServerResponse>()

/** Whether the client has closed the connection before the response was complete. */
export function hasLeft(response: ServerResponse): boolean {
  return isDisconnected(response) && !response.writableEnded && !destroyed.has(response)
}

/**
 * Calls a listener once, when the response is complete or its connection is closed: at once where the client has left
 * already, while middleware was waiting.
 */
export function onceClosed(response: ServerResponse, listener: () => void): void {
  closeWithConnection(response)
  if (isDisconnected(response)) listener()
  else response.once('close', listener)
}

/** A controller that aborts when the connection closes before the response has ended. */
export function abortOnClose(response: ServerResponse): AbortController {
  const controller = new AbortController()
  onceClosed(response, () => {
    if (!response.writableEnded) controller.abort()
  })
  return controller
}

/**
 * Destroys the connection so that the client detects it: without chunks by a reset (RFC 9112 §8). Of HTTP/2 the one
 * stream is reset, and the others of its connection go on.
 */
export function destroyConnection(response: ServerResponse): void {
  const stream = streamOf(response)
  if (!isDisconnected(response)) destroyed.add(response)
  if (stream) return stream.close(INTERNAL_ERROR)
  const { socket, chunkedEncoding } = response
  if (!chunkedEncoding && socket && !socket.destroyed) {
    try {
      socket.resetAndDestroy()
    } catch {
      // only TCP sockets can be reset
    }
  }
  response.destroy()
}
