/**
 * Content that is not read to its end: the client has left before, or the response came before.
 *
 * When the client leaves before the response, Node.js destroys a request of HTTP/1.1, but ends a request of HTTP/2 as if its
 * content were complete.
 *
 * RFC 9113 §8.1 (a response before the end of the request).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import { onSocketClose } from '../http/socket-close.ts'

/** The stream of a message of HTTP/2; undefined for HTTP/1. */
export function streamOf(message: IncomingMessage | ServerResponse): ServerHttp2Stream | undefined {
  return (message as { readonly stream?: ServerHttp2Stream }).stream
}

/** Whether the client has left before its content was read. At the end of a request: whether the content is incomplete. */
export function isCutOff(request: IncomingMessage): boolean {
  const stream = streamOf(request)
  return stream ? stream.aborted : request.destroyed && !request.readableEnded
}

/** A request and its response. */
export type Messages = Readonly<{ request: IncomingMessage; response: ServerResponse }>

/** Calls back once, when the response is written or the client has left; at once if that has happened. */
export function onceAnswered({ request, response }: Messages, callback: () => void): void {
  const stream = streamOf(response)
  const isOver = stream
    ? stream.destroyed || stream.writableFinished
    : response.closed || request.socket.destroyed
  if (isOver) return callback()
  if (!stream) return void response.once('close', callback)
  const finish = (): void => {
    stream.off('finish', finish).off('close', finish)
    callback()
  }
  stream.once('finish', finish).once('close', finish)
}

/** Discards content after the response, as Node.js does with content that has no listener, unless it is being read. */
export function discardUnread({ request, response }: Messages): void {
  const stream = streamOf(response)
  if (stream) return void stream.once('finish', () => isBeingRead(request) || closeUnread(request, stream))
  response.once('finish', () => isBeingRead(request) || request.resume())
}

function isBeingRead(request: IncomingMessage): boolean {
  return request.listenerCount('data') > 0 || request.listenerCount('readable') > 0
}

const NO_ERROR = 0
/** Time in which content is discarded before the stream is closed: the client gets the response before. */
const LINGER_MILLISECONDS = 1000

/** Discards the content of a stream for a while after the response, then lets the client stop sending it. */
function closeUnread(request: IncomingMessage, stream: ServerHttp2Stream): void {
  request.resume()
  if (stream.readableEnded || stream.destroyed) return
  const timer = setTimeout(() => stream.close(NO_ERROR), LINGER_MILLISECONDS)
  stream.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer))
}

/**
 * Ends the reading of content that goes on behind the response: with the response on HTTP/2, with the connection on HTTP/1.1,
 * whose request Node.js does not destroy any more.
 */
export function endReading(request: IncomingMessage): void {
  const stream = streamOf(request)
  if (stream) {
    if (stream.writableFinished) closeUnread(request, stream)
    else stream.once('finish', () => closeUnread(request, stream))
    return
  }
  const forget = onSocketClose(request.socket, () => void request.destroy())
  request.once('end', forget).once('close', forget)
}
