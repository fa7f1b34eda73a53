/** Collects rows into a chunk of text. */
import type { RowFormat } from './rows.ts'

/** In UTF-16 units; larger chunks are not faster, and hold more memory. */
const CHUNK_LENGTH = 32_768
/** Rows that are formatted together, unless they are long. */
const GROUP_ROWS = 100
/** Rows of the first chunk of rows that are read while they are sent: the response begins early. */
const FIRST_ROWS = 1_000
/** Time limit of a chunk, so that a slow source does not block the event loop. */
const CHUNK_MILLISECONDS = 10

/** Rows that become one chunk. */
export class RowBatch {
  readonly #format: RowFormat
  readonly #rows: unknown[] = []
  /** Estimated length of the text of these rows. */
  #length = 0
  /** Rows of the next group: fewer after one whose text was longer than estimated. */
  #groupRows = GROUP_ROWS
  #text = ''
  #hasHead = false
  #deadline = 0
  /** Rows that this chunk still takes. */
  #free: number

  /** @param isInMemory whether all rows exist already, so that nothing is gained by a short first chunk. */
  constructor(format: RowFormat, isInMemory = false) {
    this.#format = format
    this.#free = isInMemory ? Number.POSITIVE_INFINITY : FIRST_ROWS
  }

  /** Starts the time limit of a chunk. */
  start(): void {
    this.#deadline = performance.now() + CHUNK_MILLISECONDS
  }

  /** Adds a row. @returns Whether the chunk is complete. */
  add(row: unknown): boolean {
    const count = this.#rows.push(row)
    this.#length += lengthOf(row, this.#hasHead ? 0 : FIRST_DEPTH)
    if (count >= this.#groupRows || this.#length >= CHUNK_LENGTH) {
      this.#formatRows()
      this.#free -= count
      if (this.#text.length >= CHUNK_LENGTH || this.#free <= 0) return true
    }
    return count % 10 === 0 && performance.now() > this.#deadline
  }

  /** Returns and removes the text so far. */
  take(): string {
    if (this.#rows.length > 0) this.#formatRows()
    const text = this.#text
    this.#text = ''
    this.#free = Number.POSITIVE_INFINITY
    return text
  }

  /** The text so far, with the text after the last row. */
  end(): string {
    if (!this.#hasHead) this.#formatRows()
    return this.take() + (this.#format.tail?.() ?? '')
  }

  #formatRows(): void {
    const count = this.#rows.length
    const text = this.#textOfRows()
    this.#text += text
    const fitting = Math.floor((count * CHUNK_LENGTH) / text.length)
    this.#groupRows = text.length > CHUNK_LENGTH ? Math.max(fitting, 1) : GROUP_ROWS
  }

  /**
   * The text of the rows, which are removed, also where one cannot be formatted. The list is emptied and not replaced: while
   * a slow client is waited for, V8 moves it to the old generation, where a list that is replaced would keep its rows.
   */
  #textOfRows(): string {
    const rows = this.#rows
    try {
      const head = this.#hasHead ? undefined : this.#format.head?.(rows)
      const text = rows.length === 0 ? '' : this.#format.rows(rows)
      this.#hasHead = true
      return head === undefined ? text : head + text
    } finally {
      rows.length = 0
      this.#length = 0
    }
  }
}

/** Nested levels of the first rows that are looked at; of later rows none. */
const FIRST_DEPTH = 3

/** The length of the strings of a row: far faster than to format it. */
function lengthOf(row: unknown, depth: number): number {
  if (typeof row === 'string') return row.length
  if (typeof row !== 'object' || row === null) return 0
  if (ArrayBuffer.isView(row) || typeof (row as { toJSON?: unknown }).toJSON === 'function') return 0
  let length = 0
  if (Array.isArray(row)) {
    for (const value of row) length += lengthOfMember(value, depth)
    return length
  }
  for (const key in row) length += lengthOfMember((row as Record<string, unknown>)[key], depth)
  return length
}

function lengthOfMember(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length
  return depth > 0 && typeof value === 'object' ? lengthOf(value, depth - 1) : 0
}
