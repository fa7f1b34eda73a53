/**
 * A refusal whose request content is still coming: the connection is closed in stages, so that the client gets the
 * response.
 *
 * A socket that is closed with unread bytes is reset, and a reset removes the response from the client's buffer. So the
 * writing side is closed first, and the rest of the content is read and discarded for a while.
 *
 * RFC 9112 §9.6.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { hasContent } from '../parsers/has-content.ts'
import { endReading } from '../parsers/unread.ts'

/** Bytes that are discarded on one connection. */
const MAX_BYTES = 8 * 1024 * 1024
const MAX_MILLISECONDS = 1000
/** Connections in this state at the same time, per process; more of them are closed at once. */
const MAX_CONNECTIONS = 100

const lingering = new Set<Socket>()

/** The last refused request of a connection; undefined when it is over. */
const refused = new WeakMap<Socket, IncomingMessage | undefined>()

/**
 * Prepares the connection of a refused request, and ends the reading of its content. Without effect when all content has been
 * read. On HTTP/2 the stream is closed, and the connection is kept.
 */
export function closeInStages(request: IncomingMessage): void {
  const { socket } = request
  if (request.complete || !hasContent(request)) return
  if (request.httpVersionMajor > 1) return endReading(request)
  if (typeof socket?.destroySoon !== 'function') return // a stream that is no socket
  if (!refused.has(socket)) replaceDestroySoon(socket)
  refused.set(socket, request)
  endReading(request)
  request.once('close', () => {
    if (refused.get(socket) === request) refused.set(socket, undefined)
  })
}

/** Once for each connection: it may be kept, and refuse any number of requests. */
function replaceDestroySoon(socket: Socket): void {
  const closeAtOnce = socket.destroySoon
  socket.destroySoon = function destroySoon() {
    socket.destroySoon = closeAtOnce
    const isRead = refused.get(socket)?.complete ?? true
    if (isRead || socket.destroyed || lingering.size >= MAX_CONNECTIONS) return socket.destroySoon()
    discardRest(socket)
  }
}

/** Closes the writing side, and reads until the client has closed its own, within the limits. */
function discardRest(socket: Socket): void {
  let rest = MAX_BYTES
  const timer = setTimeout(finish, MAX_MILLISECONDS)
  function onData({ length }: Buffer): void {
    rest -= length
    if (rest < 0) finish()
  }
  function finish(): void {
    clearTimeout(timer)
    lingering.delete(socket)
    socket.off('data', onData).off('end', finish).off('close', finish)
    socket.destroySoon()
  }
  lingering.add(socket)
  socket.removeAllListeners('data').removeAllListeners('end') // those of Node's parser: no later request is served
  socket.on('data', onData).on('end', finish).on('close', finish)
  socket.end()
  socket.resume()
}
