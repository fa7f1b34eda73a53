/**
 * Streaming of rows for the renderers of collections: rows in, chunks of about 32 kB out.
 *
 * Rows are formatted in groups, because a write or a promise per row costs more than the row itself. While the
 * source waits, the rows so far are sent.
 */
import type { ReadableStream } from 'node:stream/web'
import { AsyncChunks } from './async-chunks.ts'
import { RowBatch } from './row-batch.ts'
import { isAsync, isRepeatable, iteratorOf, type RowSource } from './source.ts'

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
  const chunks = chunksOf(source, format)
  const first = chunks.next()
  return first.done ? first.value : { [Symbol.asyncIterator]: () => new SyncChunks(first, chunks) }
}

/** Asynchronous rows as chunks of text. The source is not read before the first chunk is requested. */
export function streamRows(
  source: AsyncIterable<unknown> | ReadableStream<unknown>,
  format: RowFormat,
): AsyncIterable<string> {
  return { [Symbol.asyncIterator]: () => new AsyncChunks(iteratorOf(source), format) }
}

/** Chunks of synchronous rows; the last one is the return value. */
function* chunksOf(rows: Iterable<unknown>, format: RowFormat): Generator<string, string> {
  const batch = new RowBatch(format, isRepeatable(rows))
  batch.start()
  for (const row of rows) {
    if (!batch.add(row)) continue
    yield batch.take()
    batch.start()
  }
  return batch.end()
}

/** Chunks of synchronous rows as an async iterator. */
class SyncChunks implements AsyncIterator<string> {
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
