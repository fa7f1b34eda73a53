/** The fields of a multipart form. */
import { isUtf8 } from 'node:buffer'
import { BadRequest } from '../../exceptions/client-errors.ts'
import type { NamedValues } from '../../http/parameters.ts'
import { fieldsTooLarge, partTooLarge } from './form-error.ts'
import type { PartHead } from './part-head.ts'

/** Destination of a part's bytes. */
export interface Sink {
  write(chunk: Buffer): void | Promise<void>
  close(): void | Promise<void>
}

/** Ignores all bytes. */
export const DISCARD: Sink = { write() {}, close() {} }

export class FormFields {
  /** A string per name, a list for a repeated name; without a prototype. */
  readonly values: NamedValues = Object.create(null)
  readonly #maxBytes: number
  readonly #maxTotalBytes: number
  #total = 0

  /** @param maxBytes of one field. @param maxTotalBytes of all fields, which are kept in memory. */
  constructor(maxBytes: number, maxTotalBytes: number) {
    this.#maxBytes = maxBytes
    this.#maxTotalBytes = maxTotalBytes
  }

  /** `_charset_` is ignored: all fields are UTF-8 (RFC 7578 §4.6, §5.1.2). */
  open({ field }: PartHead): Sink {
    if (field === '_charset_') return DISCARD
    const chunks: Buffer[] = []
    let length = 0
    return {
      write: (chunk) => {
        length += chunk.length
        this.#total += chunk.length
        if (length > this.#maxBytes) throw partTooLarge('field', field, this.#maxBytes)
        if (this.#total > this.#maxTotalBytes) throw fieldsTooLarge(this.#maxTotalBytes)
        chunks.push(chunk)
      },
      close: () => {
        const bytes = Buffer.concat(chunks)
        if (!isUtf8(bytes)) throw new BadRequest(`The field '${field}' is not UTF-8`)
        append(this.values as Record<string, string | string[]>, field, bytes.toString())
      },
    }
  }
}

/** Adds a value under a name; several values become a list. */
export function append<T>(record: Record<string, T | T[]>, name: string, value: T): void {
  const known = record[name]
  if (known === undefined) record[name] = value
  else if (Array.isArray(known)) known.push(value)
  else record[name] = [known, value]
}
