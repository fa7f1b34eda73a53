/**
 * The content of a request, decoded and limited in length.
 *
 *     Content-Encoding: gzip  →  the decoded bytes, at most `maxBytes`
 *
 * RFC 9110 §8.4 (content codings), §15.5.14 (413), §15.5.16 (415 with Accept-Encoding).
 */
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { TextDecoder } from 'node:util'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { BadRequest, ContentTooLarge, UnsupportedMediaType } from '../exceptions/client-errors.ts'
import { HttpException } from '../exceptions/http-exception.ts'
import { isCutOff } from './unread.ts'

/** Default of `limits.maxBodyBytes`: 1 MiB. */
export const MAX_BODY_BYTES = 1_048_576

/** Limits on the content of a request. */
export interface ContentLimits {
  /** Bytes, of the encoded and of the decoded content. */
  readonly maxBytes: number
}

/** RFC 9110 §8.4.1: `x-gzip` is gzip. */
const DECODERS: Readonly<Record<string, () => Decoder>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

const CODINGS = 'gzip, deflate, br'

type Decoder = Readable & NodeJS.WritableStream

export class IncomingContent implements AsyncIterable<Buffer> {
  readonly #request: IncomingMessage
  readonly #maxBytes: number
  readonly #makeDecoder: (() => Decoder) | undefined
  /** Stream of the decoded bytes: the request itself without a content coding. Made for its reader. */
  #source: Readable | undefined

  private constructor(request: IncomingMessage, makeDecoder: (() => Decoder) | undefined, maxBytes: number) {
    this.#request = request
    this.#makeDecoder = makeDecoder
    this.#maxBytes = maxBytes
  }

  /**
   * The content of a request. It can be read once: as bytes, as text, or chunk by chunk.
   *
   * @throws {ContentTooLarge} 413, when Content-Length is over the limit.
   * @throws {UnsupportedMediaType} 415, for an unknown content coding, or several.
   */
  static of(request: IncomingMessage, { maxBytes }: ContentLimits): IncomingContent {
    if (Number(request.headers['content-length']) > maxBytes) throw tooLarge(maxBytes)
    return new IncomingContent(request, decoderMaker(request), maxBytes)
  }

  /**
   * The whole content.
   *
   * @throws {ContentTooLarge} 413, when it is over the limit, encoded or decoded; the connection is closed.
   * @throws {BadRequest} 400, when it ends early or does not decode.
   * @throws {TypeError} when it has been read already.
   */
  bytes(): Promise<Buffer> {
    return this.#read((bytes) => bytes)
  }

  /**
   * The whole content as text, without a byte order mark.
   *
   * @param charset a label of the WHATWG Encoding Standard. Default UTF-8.
   * @throws {BadRequest} 400, for bytes that are invalid in the charset; and as {@link IncomingContent.bytes}.
   * @throws {UnsupportedMediaType} 415, for an unknown charset.
   */
  text(charset = 'utf-8'): Promise<string> {
    return this.#read(charset === 'utf-8' ? textOfUtf8 : (bytes) => textOf(bytes, charset))
  }

  /**
   * Calls a function with the whole content as text in UTF-8, as soon as the last byte is there.
   *
   * @throws errors of the function; and as {@link IncomingContent.text}.
   */
  readText(take: (text: string) => void | Promise<void>): Promise<void> {
    return this.#read((bytes) => take(textOfUtf8(bytes)))
  }

  /** Reads the whole content, and returns the result of `make`, which is called when the last byte is there. */
  #read<T>(make: (bytes: Buffer) => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const source = this.#open()
      let first: Buffer | undefined // a small content is one chunk
      let more: Buffer[] | undefined
      let length = 0
      let isOver = false
      const onData = (chunk: Buffer): void => {
        length += chunk.length
        if (length > this.#maxBytes) onFailure(tooLarge(this.#maxBytes))
        else if (!first) first = chunk
        else if (more) more.push(chunk)
        else more = [first, chunk]
      }
      const onEnd = (): void => {
        if (isCutOff(this.#request)) return onFailure()
        isOver = true // the listeners stay: a request has no more events than `close`
        try {
          resolve(make(more ? Buffer.concat(more, length) : (first ?? Buffer.alloc(0))))
        } catch (error) {
          reject(error)
        }
      }
      const onFailure = (error?: unknown): void => {
        if (isOver) return
        isOver = true
        source.off('data', onData).off('end', onEnd)
        reject(this.#fail(error ?? cutOff()))
      }
      source.on('data', onData).on('end', onEnd).on('error', onFailure).on('close', onFailure)
      source.resume() // middleware may have paused it
    })
  }

  /** The content chunk by chunk, with backpressure. @throws as {@link IncomingContent.bytes}. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    const source = this.#open()
    let length = 0
    let isComplete = false
    try {
      for await (const chunk of source.iterator({ destroyOnReturn: false })) {
        length += (chunk as Buffer).length
        if (length > this.#maxBytes) throw tooLarge(this.#maxBytes)
        yield chunk as Buffer
      }
      if (isCutOff(this.#request)) throw cutOff()
      isComplete = true
    } catch (error) {
      throw this.#fail(error)
    } finally {
      if (!isComplete) this.#discard()
    }
  }

  /** The source, for its only reader. @throws when it was read before, or the client has disconnected. */
  #open(): Readable {
    const request = this.#request
    if (isCutOff(request)) {
      this.#source = request
      throw this.#fail(request.errored)
    }
    if (request.readableEnded || this.#source) throw new TypeError('The content has been read already')
    if (request.readableEncoding)
      throw new TypeError(
        `The content is text, no bytes, since middleware has called request.setEncoding('${request.readableEncoding}'): remove the call`,
      )
    this.#source = this.#makeDecoder ? this.#decodedBy(this.#makeDecoder()) : request
    return this.#source
  }

  /** Encoded bytes are counted as well: a long content may decode to little. */
  #decodedBy(decoder: Decoder): Decoder {
    const request = this.#request
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > this.#maxBytes) decoder.destroy(tooLarge(this.#maxBytes))
    })
    const onClose = (): void => {
      if (!request.readableEnded) decoder.destroy(cutOff())
    }
    request.on('error', (error) => decoder.destroy(error)).on('close', onClose)
    decoder.on('error', () => {}) // errors reach the reader later; avoids an unhandled 'error' event
    return request.pipe(decoder)
  }

  #fail(error: unknown): unknown {
    this.#discard()
    if (error instanceof HttpException) return error
    return this.#source === this.#request || this.#request.errored || isCutOff(this.#request)
      ? new BadRequest('The content ends early', { cause: error })
      : new BadRequest(`The content does not decode as ${this.#request.headers['content-encoding']}`, {
          cause: error,
        })
  }

  /** Stops decoding and ignores the rest of the content. */
  #discard(): void {
    if (this.#source !== this.#request) {
      this.#request.unpipe()
      this.#source?.destroy()
    }
    this.#request.resume()
  }
}

/** Undefined for content without a coding. @throws {UnsupportedMediaType} 415, for an unsupported coding. */
export function decoderMaker(request: IncomingMessage): (() => Decoder) | undefined {
  const field = request.headers['content-encoding']
  if (field === undefined) return undefined
  const coding = field.trim().toLowerCase()
  if (coding === '' || coding === 'identity') return undefined
  const create = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined
  if (create) return create
  throw new UnsupportedMediaType(`Supported content codings: ${CODINGS}`, {
    headers: { 'accept-encoding': CODINGS },
  })
}

function cutOff(): Error {
  return new Error('The connection was closed')
}

/** The rest of the content is not read, so the connection cannot be reused. */
function tooLarge(maxBytes: number): ContentTooLarge {
  return new ContentTooLarge(`The content is longer than ${maxBytes} bytes`, {
    maxBytes,
    headers: { connection: 'close' },
  })
}

/** @throws {BadRequest} 400, for bytes that are no UTF-8. */
function textOfUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new BadRequest('The content is not UTF-8')
  const text = bytes.toString()
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

function textOf(bytes: Buffer, charset: string): string {
  const decoder = textDecoderOf(charset)
  try {
    return decoder.decode(bytes)
  } catch {
    throw new BadRequest(`The content is not ${decoder.encoding}`)
  }
}

function textDecoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true })
  } catch {
    throw new UnsupportedMediaType('The charset is not supported')
  }
}
