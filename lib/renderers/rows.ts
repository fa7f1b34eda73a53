/**
 * What the renderers of collections share: rows in, chunks of about 64 kB out.
 *
 * Rows are formatted many at a time, because a write or a promise per row costs more than the row itself.
 * A source that makes us wait gets what is there flushed first.
 */
import type { ReadableStream } from 'node:stream/web'
import { isAsync, iteratorOf, type RowSource } from './source.ts'

/** How the rows of one answer become text. Made anew for each answer, so it may keep state. */
export interface RowFormat {
  /** Said when the source waits before its first row, for clients that wait for the head. Default: nothing. */
  readonly opening?: string
  /** What stands before the rows. It sees the first of them, as many as came without a wait, at most 100. */
  head?(first: readonly unknown[]): string
  rows(rows: readonly unknown[]): string
  /** What stands after the rows. */
  tail?(): string
}

/** In UTF-16 units: the size at which fewer, larger writes stop paying. */
const CHUNK_LENGTH = 65_536
/** Formatted in one go. */
const GROUP_ROWS = 100
/** A slow source is cut short, so that the event loop gets its turn. */
const CHUNK_MILLISECONDS = 10

/** The text of all rows when it is short and they are at hand, else its chunks. */
export function renderRows(source: RowSource, format: RowFormat): string | AsyncIterable<string> {
  if (isAsync(source)) return batches(source, format)
  const chunks = chunksOf(source, format)
  const first = chunks.next()
  return first.done ? first.value : { [Symbol.asyncIterator]: () => new Chunks(first, chunks) }
}

/** Rows that come over time as chunks of text. The source is not touched before the first chunk is asked for. */
export function batches(
  source: AsyncIterable<unknown> | ReadableStream<unknown>,
  format: RowFormat,
): AsyncIterable<string> {
  return { [Symbol.asyncIterator]: () => new Batches(iteratorOf(source), format) }
}

/** Rows on their way into a chunk. */
class Batch {
  readonly #format: RowFormat
  #rows: unknown[] = []
  #text = ''
  #isBegun = false
  #deadline = 0

  constructor(format: RowFormat) {
    this.#format = format
  }

  /** Starts the clock of a chunk. */
  start(): void {
    this.#deadline = performance.now() + CHUNK_MILLISECONDS
  }

  /** Takes a row; whether the chunk is due. */
  add(row: unknown): boolean {
    const count = this.#rows.push(row)
    if (count >= GROUP_ROWS) {
      this.#formatRows()
      if (this.#text.length >= CHUNK_LENGTH) return true
    }
    return count % 10 === 0 && performance.now() > this.#deadline
  }

  /** The text so far, which is then gone from here. */
  take(): string {
    if (this.#rows.length > 0) this.#formatRows()
    const text = this.#text
    this.#text = ''
    return text
  }

  /** The text so far and what stands after the last row. */
  end(): string {
    if (!this.#isBegun) this.#formatRows()
    return this.take() + (this.#format.tail?.() ?? '')
  }

  #formatRows(): void {
    const rows = this.#rows
    this.#rows = []
    const head = this.#isBegun ? undefined : this.#format.head?.(rows)
    const text = rows.length === 0 ? '' : this.#format.rows(rows)
    this.#text += head === undefined ? text : head + text
    this.#isBegun = true
  }
}

/** Chunks of rows at hand; the last is what it returns. */
function* chunksOf(rows: Iterable<unknown>, format: RowFormat): Generator<string, string> {
  const batch = new Batch(format)
  batch.start()
  for (const row of rows) {
    if (!batch.add(row)) continue
    yield batch.take()
    batch.start()
  }
  return batch.end()
}

/** The chunks of rows at hand, for readers of what comes over time. */
class Chunks implements AsyncIterator<string> {
  #first: IteratorResult<string, string> | undefined
  #isOver = false
  readonly #chunks: Generator<string, string>

  constructor(first: IteratorResult<string, string>, chunks: Generator<string, string>) {
    this.#first = first
    this.#chunks = chunks
  }

  async next(): Promise<IteratorResult<string>> {
    if (this.#isOver) return { done: true, value: undefined }
    try {
      const { done = false, value } = this.#first ?? this.#chunks.next()
      this.#isOver = done
      return { done: false, value }
    } catch (error) {
      this.#isOver = true
      throw error
    } finally {
      this.#first = undefined
    }
  }

  async return(): Promise<IteratorResult<string>> {
    this.#isOver = true
    this.#chunks.return('')
    return { done: true, value: undefined }
  }
}

interface Reader {
  readonly resolve: (result: IteratorResult<string>) => void
  readonly reject: (error: unknown) => void
}

/**
 * Chunks of rows that come over time, for one reader.
 *
 * Callbacks, not `await`: a partial chunk must go out while the next row is still awaited, and `return()`
 * must reach the source at once. That the source waits is known by `setImmediate`, which has no turn as long
 * as rows come from memory: one per chunk, none per row.
 */
class Batches implements AsyncIterator<string> {
  readonly #rows: AsyncIterator<unknown>
  readonly #batch: Batch
  readonly #opening: string | undefined
  #reader: Reader | undefined
  #last: string | undefined
  #failure: { readonly error: unknown } | undefined
  #watch: NodeJS.Immediate | undefined
  #isPulling = false
  #isOpen = false
  #isOver = false

  constructor(rows: AsyncIterator<unknown>, format: RowFormat) {
    this.#rows = rows
    this.#batch = new Batch(format)
    this.#opening = format.opening
  }

  next(): Promise<IteratorResult<string>> {
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject }
      if (this.#isOver) return this.#settle()
      this.#batch.start()
      this.#pull()
    })
  }

  async return(): Promise<IteratorResult<string>> {
    const isRunning = !this.#isOver
    this.#isOver = true
    this.#last = undefined
    this.#failure = undefined
    this.#settle()
    if (isRunning) await this.#rows.return?.()
    return { done: true, value: undefined }
  }

  #pull(): void {
    this.#watch ??= setImmediate(this.#onWait)
    if (this.#isPulling) return
    this.#isPulling = true
    try {
      Promise.resolve(this.#rows.next()).then(this.#onRow, this.#onFailure)
    } catch (error) {
      this.#onFailure(error)
    }
  }

  readonly #onRow = (row: IteratorResult<unknown>): void => {
    this.#isPulling = false
    if (this.#isOver) return
    try {
      if (typeof row !== 'object' || row === null)
        throw new TypeError('An iterator gave a result that is none')
      if (row.done) {
        this.#last = this.#batch.end()
        this.#isOver = true
        this.#settle()
      } else if (this.#batch.add(row.value) && this.#reader) this.#deliver(this.#batch.take())
      else if (this.#reader) this.#pull()
    } catch (error) {
      this.#giveUp(error)
    }
  }

  readonly #onWait = (): void => {
    this.#watch = undefined
    if (!this.#reader || this.#isOver) return
    try {
      const text = this.#batch.take() || (this.#isOpen ? '' : this.#opening)
      if (text) this.#deliver(text)
    } catch (error) {
      this.#giveUp(error)
    }
  }

  /** The source has failed. Rows that came before go out first. */
  readonly #onFailure = (error: unknown): void => {
    this.#isPulling = false
    if (this.#isOver) return
    this.#isOver = true
    this.#failure = { error }
    try {
      this.#last = this.#batch.take()
    } catch {
      // the first failure is the one to tell
    }
    this.#settle()
  }

  /** A row cannot be formatted: nobody will ask the source for more. */
  #giveUp(error: unknown): void {
    this.#isOver = true
    this.#failure = { error }
    try {
      Promise.resolve(this.#rows.return?.()).catch(() => {})
      this.#last = this.#batch.take()
    } catch {
      // the first failure is the one to tell
    }
    this.#settle()
  }

  /** Tells the reader how it ended: the last text, then the failure, then that there is no more. */
  #settle(): void {
    if (this.#last) {
      if (this.#deliver(this.#last)) this.#last = undefined
      return
    }
    const reader = this.#dismiss()
    if (!reader) return
    const failure = this.#failure
    this.#failure = undefined
    if (failure) reader.reject(failure.error)
    else reader.resolve({ done: true, value: undefined })
  }

  #deliver(value: string): boolean {
    const reader = this.#dismiss()
    this.#isOpen = true
    reader?.resolve({ done: false, value })
    return reader !== undefined
  }

  #dismiss(): Reader | undefined {
    const reader = this.#reader
    this.#reader = undefined
    if (this.#watch) clearImmediate(this.#watch)
    this.#watch = undefined
    return reader
  }
}
