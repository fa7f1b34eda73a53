/**
 * Streaming of rows for the renderers of collections: rows in, chunks of about 32 kB out.
 *
 * Rows are formatted in groups, because a write or a promise per row costs more than the row itself. While the
 * source waits, the rows so far are sent.
 */
import type { ReadableStream } from 'node:stream/web'
import { AsyncChunks } from './async-chunks.ts'
import { RowBatch } from './row-batch.ts'
import { discard, isAsync, isRepeatable, iteratorOf, type RowSource } from './source.ts'

/** Formats the rows of one response as text. Created per response, so it may have state. */
export interface RowFormat {
  /** Sent when the source waits before its first row, so that the client gets the head of the response. Default: nothing. */
  readonly opening?: string
  /** Text before the rows. It gets the first rows: those available without waiting, at most 100. */
  head?(first: readonly unknown[]): string
  rows(rows: readonly unknown[]): string
  /** Text after the rows. */
  tail?(): string
}

/** The text of all rows when it is short and they are synchronous, otherwise its chunks. */
export function renderRows(source: RowSource, format: RowFormat): string | AsyncIterable<string> {
  if (isAsync(source)) return streamRows(source, format)
  const chunks = new SyncChunks(source, format)
  return chunks.whole ?? chunks
}

/** Asynchronous rows as chunks of text. The source is not read before the first chunk is requested. */
export function streamRows(
  source: AsyncIterable<unknown> | ReadableStream<unknown>,
  format: RowFormat,
): AsyncIterable<string> {
  return { [Symbol.asyncIterator]: () => new AsyncChunks(iteratorOf(source), format) }
}

/** Adds rows to a batch, and pauses where a chunk is complete. It yields nothing: a suspended generator keeps what it yields. */
function* fill(batch: RowBatch, rows: Iterable<unknown>): Generator<undefined, void> {
  for (const row of rows) if (batch.add(row)) yield
}

/** Chunks of synchronous rows, for one reader. The first one is read at once: it may be the whole text. */
class SyncChunks implements AsyncIterableIterator<string> {
  readonly #batch: RowBatch
  readonly #filling: Generator<undefined, void>
  #isOver = false
  /** Until it is asked for: a chunk that is kept is in memory as long as the response. */
  #first: string | undefined

  constructor(rows: Iterable<unknown>, format: RowFormat) {
    this.#batch = new RowBatch(format, isRepeatable(rows))
    this.#filling = fill(this.#batch, rows)
    this.#first = this.#read()
  }

  /** The text of all rows; undefined where it has more than one chunk. */
  get whole(): string | undefined {
    return this.#isOver ? this.#first : undefined
  }

  /** Whether the next chunk exists already. */
  get isReady(): boolean {
    return this.#first !== undefined
  }

  /** Reads rows until a chunk is complete. */
  #read(): string {
    this.#batch.start()
    try {
      this.#isOver = this.#filling.next().done === true
      return this.#isOver ? this.#batch.end() : this.#batch.take()
    } catch (error) {
      this.#isOver = true
      discard(this.#filling)
      throw error
    }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<string>> {
    const first = this.#first
    this.#first = undefined
    if (first === undefined && this.#isOver) return { done: true, value: undefined }
    return { done: false, value: first ?? this.#read() }
  }

  async return(): Promise<IteratorResult<string>> {
    this.#isOver = true
    this.#first = undefined
    this.#filling.return()
    return { done: true, value: undefined }
  }
}
