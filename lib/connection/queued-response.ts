/**
 * Responses to pipelined requests: each waits, without a socket, for those before it (RFC 9112 §9.3.2).
 *
 * When the client leaves, Node.js 20 closes the response that has the socket alone. The others are closed here: their streams
 * are stopped, and their signals aborted.
 */
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const queued = new WeakMap<Socket, Set<ServerResponse>>()

/** Closes a response that has no socket yet when its connection is closed. */
export function closeWithConnection({ socket }: IncomingMessage, response: ServerResponse): void {
  if (!socket || !(response instanceof ServerResponse)) return // a double of a test has no events
  const waiting = queued.get(socket) ?? watch(socket)
  waiting.add(response)
  response.once('socket', () => waiting.delete(response))
}

/** One listener for all responses of a connection. */
function watch(socket: Socket): Set<ServerResponse> {
  const waiting = new Set<ServerResponse>()
  queued.set(socket, waiting)
  socket.once('close', () => {
    for (const response of waiting) {
      if (response.destroyed) continue
      response.destroyed = true
      response.emit('close')
    }
  })
  return waiting
}
