/**
 * Matches the Content-Type of a request against the media types that an endpoint accepts.
 *
 *     lists application/json, application/*+json · Content-Type: application/vnd.temps+json  →  accepted
 *
 * RFC 9110 §8.3 (Content-Type), RFC 9112 §6 (when there is content).
 */
import type { IncomingMessage } from 'node:http'
import typeis from 'type-is'
import { MediaType } from '../http/media-type.ts'
import { discardUnread, isCutOff, type Messages, streamOf } from '../parsers/unread.ts'
import { BoundedCache } from '../registry/bounded-cache.ts'

/** A Content-Type that the endpoint accepts. */
export interface MatchedContentType {
  /** The entry of the map that matches it. */
  readonly entry: string
  readonly mediaType: MediaType
}

const UNKNOWN = 'application/octet-stream'

export class Incoming {
  /** The entries of the map: types, and patterns such as `application/*+json`. */
  readonly types: readonly string[]
  readonly #patterns: readonly MediaType[]
  readonly #matches = new BoundedCache((field) => this.#match(field))

  constructor(types: readonly string[]) {
    this.types = types
    this.#patterns = types.map((type) => MediaType.of(type))
  }

  /**
   * The match for a Content-Type; undefined (415) for an unsupported one. Content without the field is
   * `application/octet-stream` (RFC 9110 §8.3).
   */
  match(field: string = UNKNOWN): MatchedContentType | undefined {
    return this.#matches.get(field)
  }

  /** The reason of a 415, for the client. */
  refusal(_field?: string): string {
    return this.types.length > 0
      ? `Supported media types: ${this.types.join(', ')}`
      : 'No content is supported'
  }

  /** Compares type and subtype as `type-is` does, and those parameters that the entry has. */
  #match(field: string): MatchedContentType | undefined {
    const mediaType = MediaType.parse(field)
    if (!mediaType || mediaType.isRange) return undefined
    const index = this.#patterns.findIndex(
      (pattern) => typeis.is(mediaType.essence, [pattern.essence]) && mediaType.carries(pattern.parameters),
    )
    return index < 0 ? undefined : { entry: this.types[index] ?? '', mediaType }
  }
}

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
  return new Promise((resolve) => {
    const finish = (hasByte: boolean): void => {
      request.off('readable', onReadable).off('end', onEnd).off('close', onClose).off('error', onClose)
      if (hasByte) discardUnread(messages)
      resolve(hasByte)
    }
    const onReadable = (): void => {
      if (request.readableLength > 0) finish(true)
      else request.read() // the end is emitted only to a reader
    }
    const onEnd = (): void => finish(isCutOff(request))
    const onClose = (): void => finish(true)
    request.on('readable', onReadable).on('end', onEnd).on('close', onClose).on('error', onClose)
  })
}
