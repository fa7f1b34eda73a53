/** Where rows come from: lists at hand, iterables, and what comes over time. */
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'

/** Rows at hand, or rows that come over time. */
export type RowSource = Iterable<unknown> | AsyncIterable<unknown> | ReadableStream<unknown>
/** Whether data is many rows: an array, an iterable, or a stream. Text, bytes and maps are one value. */
export function isCollection(data: unknown): data is RowSource {
  if (typeof data !== 'object' || data === null) return false
  if (Array.isArray(data) || isAsync(data as RowSource)) return true
  if (data instanceof Map || data instanceof String || ArrayBuffer.isView(data)) return false
  return Symbol.iterator in data
}

/** Whether rows come over time. */
export function isAsync(source: RowSource): source is AsyncIterable<unknown> | ReadableStream<unknown> {
  return Symbol.asyncIterator in source || 'getReader' in source
}

/** Whether rows can be gone through twice, so that all their keys can be known before the first is sent. */
export function isRepeatable(rows: RowSource): rows is Iterable<unknown> {
  return !isAsync(rows) && !('next' in rows)
}

/** Whether data comes over time. */
export function isSource(data: unknown): data is AsyncIterable<unknown> | ReadableStream<unknown> {
  return typeof data === 'object' && data !== null && isAsync(data as RowSource)
}

/**
 * The iterator of a source, whose `return()` stops it at once.
 *
 * The iterators that Node gives to its streams and to web streams let `return()` wait for the `next()` that
 * is under way, which may be for ever.
 */
export function iteratorOf<T>(source: AsyncIterable<T> | ReadableStream<T>): AsyncIterator<T> {
  if (!(Symbol.asyncIterator in source) || 'getReader' in source) return readerOf(source as ReadableStream<T>)
  const iterator = source[Symbol.asyncIterator]()
  if (!isNodeStream(source)) return iterator
  return {
    next: () => iterator.next(),
    return: async () => {
      source.on('error', () => {}) // what it has to say about being stopped is for nobody
      source.destroy()
      return { done: true, value: undefined }
    },
  }
}

function readerOf<T>(stream: ReadableStream<T>): AsyncIterator<T> {
  const reader = stream.getReader()
  return {
    next: () => reader.read() as Promise<IteratorResult<T>>,
    return: async () => {
      await reader.cancel()
      return { done: true, value: undefined }
    },
  }
}

interface NodeStream {
  on(event: 'error', listener: () => void): unknown
  destroy(): unknown
}

/** By shape: streams of the package `readable-stream` are none of Node's class. */
function isNodeStream(source: object): source is NodeStream {
  return (
    typeof (source as NodeStream).destroy === 'function' && typeof (source as NodeStream).on === 'function'
  )
}

/** Lets go of what nobody will read: a stream would keep its file or its connection. */
export function discard(data: unknown): void {
  if (data instanceof Readable) data.destroy()
  else if (isSource(data) && 'cancel' in data) data.cancel().catch(() => {})
}
