/**
 * Responses that Node.js does not close when the client leaves: they are closed here, so that their sources are stopped, and
 * their signals aborted.
 *
 * Responses to pipelined requests: each waits, without a socket, for those before it (RFC 9112 §9.3.2). Node.js 20 closes the
 * response that has the socket alone, Node.js 24 does not close the connection of one that has failed before.
 *
 * Responses of HTTP/2 whose stream is reset with NO_ERROR (RFC 9113 §8.1): Node.js waits until the bytes before are sent, which
 * they never are. And those to HEAD that were not ended: Node.js closes their streams alone.
 */
import type { EventEmitter } from 'node:events'
import { ServerResponse } from 'node:http'
import { onSocketClose } from '../http/socket-close.ts'
import { streamOf } from '../parsers/unread.ts'

const watched = new WeakSet<ServerResponse>()

/** Closes a response when its connection is closed, or its stream reset: at once where that has happened already. */
export function closeWithConnection(response: ServerResponse): void {
  if (!(response instanceof ServerResponse)) return closeWithStream(response)
  if (response.socket) return
  const { socket } = response.req
  if (!socket || response.closed || watched.has(response)) return // a double, or a response that is complete
  if (socket.closed) return close(response)
  watched.add(response)
  const forget = onSocketClose(socket, () => close(response))
  response.once('socket', () => {
    forget()
    if (response.destroyed) socket.destroy() // Node.js 24 would write a part of the content, and wait for the rest
  })
}

const NO_ERROR = 0

function closeWithStream(response: ServerResponse): void {
  const stream = streamOf(response)
  if (!stream || stream.destroyed || watched.has(response)) return
  watched.add(response)
  if (response.req?.method === 'HEAD') emitClose(response, stream)
  const destroy = (): void => void (stream.rstCode === NO_ERROR && stream.destroy())
  if (stream.aborted) destroy()
  else stream.once('aborted', () => process.nextTick(destroy)) // after Node has handled the reset
}

/** Emits `close` with the stream, unless Node.js has emitted it, whose listener was added before. */
function emitClose(response: ServerResponse, stream: EventEmitter): void {
  let isClosed = false
  response.once('close', () => {
    isClosed = true
  })
  stream.once('close', () => isClosed || response.emit('close'))
}

/** Closes a response that has failed before, too: without a socket Node.js 20 destroys it and emits no `close`. */
function close(response: ServerResponse): void {
  if (response.closed) return
  Object.assign(response, { destroyed: true, _closed: true }) // Node would emit `close` again
  response.emit('close')
}
