/**
 * Finds the parts in content: chunk in, events out.
 *
 * `Dicer`, turned around: it is told to take each chunk at once, so that whoever asks for the next one is the
 * only one who holds the client back. What it calls back throws through `write`.
 *
 * RFC 2046 §5.1.1 (boundaries).
 */
import { Dicer } from '@fastify/busboy'
import { BadRequest } from '../../exceptions/client-errors.ts'
import { tooMany } from './form-refusal.ts'
import { PartHead, type RawFields } from './part-head.ts'

/** A part begins, goes on, or ends. */
export type PartEvent = PartHead | Buffer | typeof END

export const END = Symbol('end of a part')

const MAX_HEADER_BYTES = 16_384
const MAX_HEADER_PAIRS = 64

/** Where a part's bytes come from. */
interface PartStream {
  read(): Buffer | null
}

export class PartScanner {
  readonly #dicer: Dicer
  /** Whether the last delimiter was seen. */
  readonly #isWhole: Promise<boolean>
  #events: PartEvent[] = []
  #part: PartStream | undefined
  #hasHead = false
  #parts = 0

  constructor(boundary: string, maxParts: number) {
    const config = {
      boundary,
      maxHeaderPairs: MAX_HEADER_PAIRS,
      maxHeaderSize: 2 * MAX_HEADER_BYTES, // it cuts off what is longer; we refuse it
      partHwm: Number.MAX_SAFE_INTEGER, // a chunk at the most
    }
    this.#dicer = new Dicer(config)
    this.#isWhole = new Promise((resolve) => {
      this.#dicer.on('finish', () => resolve(true)).on('error', () => resolve(false))
    })
    this.#dicer.on('part', (part) => {
      this.#close()
      if (++this.#parts > maxParts) throw tooMany('parts', maxParts)
      this.#part = part
      part.on('error', () => {}) // the dicer says it as well
      part.on('header', (fields) => this.#head(fields as RawFields))
    })
  }

  /** What a chunk says. @throws {BadRequest} 400, for a part that cannot be; 413, for too many. */
  scan(chunk: Buffer): PartEvent[] {
    if (this.#dicer.writable) this.#dicer.write(chunk) // RFC 2046 §5.1.1: what follows the end is ignored
    this.#drain()
    return this.#take()
  }

  /** What is known only now. @throws {BadRequest} 400, when the last delimiter is missing. */
  async end(): Promise<PartEvent[]> {
    this.#dicer.end()
    if (!(await this.#isWhole)) throw new BadRequest('The content ends early')
    this.#close()
    return this.#take()
  }

  #head(fields: RawFields): void {
    const lines = Object.entries(fields).flatMap(([name, values = []]) => values.map((value) => name + value))
    if (lines.join('').length > MAX_HEADER_BYTES || lines.length >= MAX_HEADER_PAIRS) {
      throw new BadRequest('The header of a part is too long')
    }
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
