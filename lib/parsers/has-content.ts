/** Whether a request has content, by its header fields or its first byte. RFC 9110 §6.4 (content), RFC 9112 §6 (message body). */
import type { IncomingMessage } from 'node:http'
import { discardUnread, isCutOff, type Messages, streamOf } from './unread.ts'

/**
 * Whether a request has content. RFC 9112 §6.3: Transfer-Encoding, or a Content-Length above zero. RFC 9113 §8.1: in
 * HTTP/2, when the stream does not end with the header fields.
 */
export function hasContent(request: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers
  if (length === '0') return false
  const isFramed = length !== undefined || coding !== undefined
  if (isFramed || request.httpVersionMajor === 1) return isFramed
  return streamOf(request)?.endAfterHeaders === false
}

/**
 * Whether content without a Content-Length has at least one byte: proxies send an empty chunked body for a request
 * without content. The bytes stay in the request. Where no code reads them, they are discarded after the response, as Node.js
 * does with content that has no listener.
 *
 * @returns At once where that is known already.
 */
export function hasFirstByte(messages: Messages): boolean | Promise<boolean> {
  const { request } = messages
  const { headers, readableLength, readableEnded, readableDidRead } = request
  if (headers['content-length'] !== undefined) return true
  if (readableLength > 0 || readableDidRead || isCutOff(request)) return true // read by middleware, or broken off
  if (readableEnded) return false
  return new Promise((resolve, reject) => {
    const finish = (hasByte: boolean): void => {
      request.off('readable', onReadable).off('end', onEnd).off('close', onClose).off('error', onError)
      if (hasByte) discardUnread(messages)
      resolve(hasByte)
    }
    const onReadable = (): void => {
      if (request.readableLength > 0) finish(true)
      else request.read() // the end is emitted only to a reader
    }
    const onEnd = (): void => finish(isCutOff(request))
    const onClose = (): void => finish(true)
    const onError = (error: unknown): void => {
      if (!request.destroyed) reject(error) // of a shutdown, which waits no longer
      finish(true)
    }
    request.on('readable', onReadable).on('end', onEnd).on('close', onClose).on('error', onError)
  })
}
