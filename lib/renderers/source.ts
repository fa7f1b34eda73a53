/** Sources of rows: arrays, iterables, async iterables and streams. */
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { isPromise } from '../schema/is-promise.ts'

/** Synchronous or asynchronous rows. */
export type RowSource = Iterable<unknown> | AsyncIterable<unknown> | ReadableStream<unknown>

/** Whether data is a collection of rows: an array, an iterable, or a stream. Text, bytes and maps are one value. */
export function isCollection(data: unknown): data is RowSource {
  if (typeof data !== 'object' || data === null) return false
  if (Array.isArray(data) || isAsync(data as RowSource)) return true
  if (data instanceof Map || data instanceof String || ArrayBuffer.isView(data)) return false
  return Symbol.iterator in data
}

/** Whether rows are asynchronous. */
export function isAsync(source: RowSource): source is AsyncIterable<unknown> | ReadableStream<unknown> {
  return Symbol.asyncIterator in source || isWebStream(source)
}

/** Content may have a member of this name. */
function isWebStream(source: object): source is ReadableStream<unknown> {
  return typeof (source as { readonly getReader?: unknown }).getReader === 'function'
}

/**
 * Whether rows are in memory: an array, a Set, a list with a length or size. They can be iterated over twice, so that
 * all keys are known before the first row is sent; all other rows are read while they are sent.
 */
export function isRepeatable(rows: RowSource): rows is Iterable<unknown> {
  if (isAsync(rows) || 'next' in rows) return false
  const { length, size } = rows as { readonly length?: unknown; readonly size?: unknown }
  return typeof (length ?? size) === 'number'
}

/** Whether data is a collection whose rows are read while they are sent. */
export function isLazy(data: unknown): data is RowSource {
  return isCollection(data) && !isRepeatable(data)
}

/** Whether data is an asynchronous source of rows. */
export function isSource(data: unknown): data is AsyncIterable<unknown> | ReadableStream<unknown> {
  return typeof data === 'object' && data !== null && isAsync(data as RowSource)
}

/**
 * The iterator of a source; its `return()` stops the source at once.
 *
 * In the iterators of Node's streams and of web streams, `return()` waits for a pending `next()`, which may
 * never settle.
 */
export function iteratorOf<T>(source: AsyncIterable<T> | ReadableStream<T>): AsyncIterator<T> {
  if (isWebStream(source)) return readerOf(source as ReadableStream<T>)
  const iterator = source[Symbol.asyncIterator]()
  return isNodeStream(source) ? iteratorOfStream(source, iterator) : iterator
}

function iteratorOfStream<T>(stream: Readable, iterator: AsyncIterator<T>): AsyncIterator<T> {
  keepError(stream)
  let hasBegun = false
  return {
    next: () => {
      const failure = hasBegun ? undefined : failures.get(stream)
      hasBegun = true
      if (!failure) return iterator.next()
      destroy(stream)
      return Promise.reject(failure.error)
    },
    return: async () => {
      destroy(stream)
      return { done: true, value: undefined }
    },
  }
}

/** Errors of streams before they are read; undefined as long as there is none. */
const failures = new WeakMap<Readable, { readonly error: unknown } | undefined>()

/**
 * Listens to the errors of a Node stream that is read later, for its reader to get: the iterator listens from the first
 * `next()` on, and an 'error' event without a listener ends the process. Other data is left alone.
 */
export function keepError(data: unknown): void {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return
  if (!isNodeStream(data) || failures.has(data)) return
  failures.set(data, undefined)
  data.on('error', (error) => {
    if (!failures.get(data)) failures.set(data, { error })
  })
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

/** Node's own, or by its methods: streams of the package `readable-stream` are not instances of Node's class. */
export function isNodeStream(data: unknown): data is Readable {
  if (data instanceof Readable) return true
  if (!isSource(data)) return false
  const { destroy, on } = data as Partial<Readable>
  return typeof destroy === 'function' && typeof on === 'function'
}

/** Whether data is a stream of bytes: a Node stream that is not of objects, or a web stream of `type: 'bytes'`. */
export function isByteStream(data: unknown): data is Readable | ReadableStream<Uint8Array> {
  if (isNodeStream(data)) return data.readableObjectMode === false
  return isSource(data) && 'getReader' in data && hasByteReader(data)
}

/** Only a stream of `type: 'bytes'`, as those of files and responses are, has this reader. */
function hasByteReader(stream: ReadableStream): boolean {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock()
    return true
  } catch {
    return false
  }
}

/** Whether a stream is the request of a server, whose response needs the same connection: only those have a method. */
function isRequest(stream: Readable): boolean {
  return stream instanceof Readable && typeof (stream as { readonly method?: unknown }).method === 'string'
}

function destroy(stream: Readable): void {
  stream.on('error', () => {}) // errors of the stop are ignored; avoids an unhandled 'error' event
  if (!isRequest(stream)) stream.destroy()
}

/** Whether data is a web Response, by its tag: naming the class would load all of fetch. */
export function isWebResponse(data: unknown): data is Response {
  return Object.prototype.toString.call(data) === '[object Response]'
}

/**
 * Closes a stream, a web Response or an iterator that will not be read, so that it releases its file, connection, query or
 * listener. Not a request.
 *
 * Never throws: errors of the release are ignored, since the rows are not wanted.
 */
export function discard(data: unknown): void {
  try {
    const released = release(data)
    if (isPromise(released)) Promise.resolve(released).catch(() => {})
  } catch {
    // as above
  }
}

function release(data: unknown): unknown {
  if (isNodeStream(data)) return destroy(data)
  if (isSource(data) && 'cancel' in data) return data.cancel()
  if (isWebResponse(data)) return data.body?.cancel()
  return isIterator(data) ? data.return() : undefined
}

type Returning = Required<Pick<Iterator<unknown> | AsyncIterator<unknown>, 'return'>>

/** Whether data is an iterator of its own rows: the result of a generator, of `events.on`, of a database's `iterate()`. */
function isIterator(data: unknown): data is Returning {
  if (typeof data !== 'object' || data === null || !('next' in data) || !isCollection(data)) return false
  return 'return' in data && typeof data.return === 'function'
}
