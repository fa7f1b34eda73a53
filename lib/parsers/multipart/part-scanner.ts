/**
 * Finds the parts in content: takes chunks, returns events.
 *
 * `Dicer` gets each chunk synchronously, without its own backpressure, so that only the reader of the events slows
 * the client down. Errors of its callbacks are thrown by `write`.
 *
 * RFC 2046 §5.1.1 (boundaries).
 */
import { Dicer } from '@fastify/busboy'
import { BadRequest } from '../../exceptions/client-errors.ts'
import { tooMany } from './form-error.ts'
import { PartHead, type RawFields } from './part-head.ts'

/** The head of a part, bytes of it, or its end. */
export type PartEvent = PartHead | Buffer | typeof END

export const END = Symbol('end of a part')

const MAX_HEADER_BYTES = 16_384
const MAX_HEADER_PAIRS = 64

/** Dicer parses no header behind the padding that RFC 2046 §5.1.1 allows message transports, of which HTTP is none. */
const UNREADABLE =
  'A part has no header fields that can be read: they begin on the line after the boundary, which has no spaces at its end'

/** Stream of a part's bytes. */
interface PartStream {
  read(): Buffer | null
}

export class PartScanner {
  readonly #dicer: Dicer
  /** Whether the content has its closing delimiter. */
  readonly #isComplete: Promise<boolean>
  #events: PartEvent[] = []
  #part: PartStream | undefined
  #hasHead = false
  #parts = 0

  constructor(boundary: string, maxParts: number) {
    const config = {
      boundary,
      maxHeaderPairs: MAX_HEADER_PAIRS,
      maxHeaderSize: 2 * MAX_HEADER_BYTES, // Dicer truncates longer headers; they are rejected below
      partHwm: Number.MAX_SAFE_INTEGER, // bytes of one chunk at most
    }
    this.#dicer = new Dicer(config)
    this.#isComplete = new Promise((resolve) => {
      this.#dicer.on('finish', () => resolve(true)).on('error', () => resolve(false))
    })
    this.#dicer.on('part', (part) => {
      this.#close()
      if (++this.#parts > maxParts) throw tooMany('parts', maxParts)
      this.#part = part
      part.on('error', () => {}) // the dicer emits the error as well
      part.on('header', (fields) => this.#head(fields as RawFields))
    })
  }

  /** The events of a chunk. @throws {BadRequest} 400, for a malformed part. @throws {ContentTooLarge} 413. */
  scan(chunk: Buffer): PartEvent[] {
    if (this.#dicer.writable) this.#dicer.write(chunk) // RFC 2046 §5.1.1: an epilogue is ignored
    this.#drain()
    return this.#take()
  }

  /** The last events. @throws {BadRequest} 400, when the closing delimiter is missing. */
  async end(): Promise<PartEvent[]> {
    this.#dicer.end()
    if (!(await this.#isComplete)) throw new BadRequest('The content ends early')
    this.#close()
    return this.#take()
  }

  #head(fields: RawFields): void {
    const lines = Object.entries(fields).flatMap(([name, values = []]) => values.map((value) => name + value))
    if (lines.join('').length > MAX_HEADER_BYTES || lines.length >= MAX_HEADER_PAIRS) {
      throw new BadRequest('The header of a part is too long')
    }
    if (lines.length === 0) throw new BadRequest(UNREADABLE)
    this.#hasHead = true
    this.#events.push(PartHead.of(fields))
  }

  #drain(): void {
    for (let data = this.#part?.read(); data; data = this.#part?.read()) this.#events.push(data)
  }

  #close(): void {
    this.#drain()
    if (this.#part && !this.#hasHead) throw new BadRequest('A part has no header')
    if (this.#part) this.#events.push(END)
    this.#part = undefined
    this.#hasHead = false
  }

  #take(): PartEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }
}
