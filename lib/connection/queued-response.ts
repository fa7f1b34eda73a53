/**
 * Responses to pipelined requests: each waits, without a socket, for those before it (RFC 9112 §9.3.2).
 *
 * When the client leaves, Node.js 20 closes the response that has the socket alone. The others are closed here: their streams
 * are stopped, and their signals aborted.
 */
import { ServerResponse } from 'node:http'
import { onSocketClose } from '../http/socket-close.ts'

const watched = new WeakSet<ServerResponse>()

/** Closes a response that has no socket yet when its connection is closed: at once where that has happened already. */
export function closeWithConnection(response: ServerResponse): void {
  if (response.socket || !(response instanceof ServerResponse)) return // others have a stream, or are doubles of a test
  const { socket } = response.req
  if (!socket || response.closed || watched.has(response)) return // a double, or a response that is complete
  if (socket.closed) return close(response)
  watched.add(response)
  response.once(
    'socket',
    onSocketClose(socket, () => close(response)),
  )
}

function close(response: ServerResponse): void {
  if (response.destroyed) return
  response.destroyed = true
  response.emit('close')
}
