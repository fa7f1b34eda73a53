/**
 * What the renderers of collections share: rows in, chunks of about 64 kB out.
 *
 * Rows are formatted many at a time, because a write or a promise per row costs more than the row itself.
 * A source that makes us wait gets what is there flushed first.
 */
import type { ReadableStream } from 'node:stream/web'
import { HttpException } from '../exceptions/http-exception.ts'
import type { JsonSchema } from './renderer.ts'

/** Rows at hand, or rows that come over time. */
export type RowSource = Iterable<unknown> | AsyncIterable<unknown> | ReadableStream<unknown>

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

/** A column by the key of its rows' members, or with a heading of its own. */
export type ColumnOption = string | { readonly key: string; readonly header?: string }

/** A column of a table. */
export interface Column {
  readonly key: string
  readonly header: string
}

/** In UTF-16 units: the size at which fewer, larger writes stop paying. */
const CHUNK_LENGTH = 65_536
/** Formatted in one go. */
const GROUP_ROWS = 100
/** A slow source is cut short, so that the event loop gets its turn. */
const CHUNK_MILLISECONDS = 10

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

/** What a row or a value has to say: what its `toJSON` returns, an exception's problem document, itself. */
export function plainOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (value instanceof HttpException) return value.toProblem()
  if (value instanceof Map) return Object.fromEntries(value)
  const { toJSON } = value as { toJSON?: unknown }
  return typeof toJSON === 'function' ? toJSON.call(value) : value
}

/** Whether a value has members with names. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || value instanceof Date) return false
  return !isCollection(value) && !ArrayBuffer.isView(value)
}

/**
 * The columns of a table: those asked for, else the schema's, else the keys of the rows.
 *
 * Rows that are lists have no names for their columns, so a table of these alone has no columns until it is
 * told some. A row that is neither object nor list stands in a column named `value`.
 */
export class Columns {
  /** Undefined as long as nothing is known, and for rows that are lists. */
  list: readonly Column[] | undefined
  /** Whether the rows may have more keys than are known. */
  #isOpen: boolean
  #known: ReadonlySet<string>

  constructor(given: readonly ColumnOption[] | undefined, schema: JsonSchema | undefined) {
    const declared = given ? { list: given.map(columnOf), isOpen: false } : columnsOfSchema(schema)
    this.list = declared?.list
    this.#isOpen = declared?.isOpen ?? true
    this.#known = new Set(this.list?.map(({ key }) => key))
  }

  /** Learns the keys of rows, in the order they are first seen, unless the columns were declared. */
  learn(rows: Iterable<unknown>): void {
    if (!this.#isOpen) return
    const keys = new Set(this.#known)
    let usual: readonly string[] = []
    let isNameless = false
    for (const row of rows) {
      if (Array.isArray(row)) continue
      const names = keysOf(row)
      isNameless ||= names.length === 0
      if (names.length === usual.length && names.every((name, index) => name === usual[index])) continue
      usual = names
      for (const name of names) keys.add(name)
    }
    if (keys.size === 0 && isNameless) keys.add('value')
    if (keys.size > 0) this.list = [...keys].map(columnOf)
    this.#known = keys
  }

  /**
   * The values of a row, in the order of the columns.
   *
   * @throws {TypeError} for a key that is no column, where the columns were learned from earlier rows: the
   * alternative is to lose data in silence.
   */
  valuesOf(row: unknown): readonly unknown[] {
    if (Array.isArray(row)) return this.list ? row.slice(0, this.list.length) : row
    if (!this.list) throw new TypeError(`Rows were lists so far, this one is not: ${typeof row}`)
    if (this.#isOpen) for (const key of keysOf(row)) if (!this.#known.has(key)) throw lateColumn(key)
    const plain = plainOf(row)
    if (isRecord(plain)) return this.list.map(({ key }) => plain[key])
    return this.list.map(({ key }, index) =>
      key === 'value' || (index === 0 && !this.#known.has('value')) ? plain : null,
    )
  }
}

function lateColumn(key: string): TypeError {
  return new TypeError(`The column '${key}' comes too late, the header has been sent: declare the columns`)
}

function keysOf(row: unknown): readonly string[] {
  const plain = plainOf(row)
  if (isRecord(plain)) return Object.keys(plain)
  return plain === null || plain === undefined ? [] : ['value']
}

function columnOf(option: ColumnOption): Column {
  if (typeof option === 'string') return { key: option, header: option }
  return { key: option.key, header: option.header ?? option.key }
}

/** The columns a JSON Schema of a list, or of its rows, knows. Open when it lets rows have others. */
function columnsOfSchema(schema: JsonSchema | undefined): { list: Column[]; isOpen: boolean } | undefined {
  const list = resolve(schema, schema)
  const row = resolve(list?.items, schema) ?? list
  const properties = row?.properties
  if (!isRecord(properties) || Object.keys(properties).length === 0) return undefined
  const { additionalProperties } = row as JsonSchema
  return {
    list: Object.keys(properties).map(columnOf),
    isOpen: additionalProperties === true || isRecord(additionalProperties),
  }
}

/** A subschema, with a `$ref` into the same document followed. */
function resolve(schema: unknown, root: unknown): JsonSchema | undefined {
  if (!isRecord(schema)) return undefined
  const { $ref } = schema
  if (typeof $ref !== 'string' || !$ref.startsWith('#/')) return schema
  let target: unknown = root
  for (const token of $ref.slice(2).split('/')) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~') // RFC 6901 §4
    target = isRecord(target) ? target[key] : undefined
  }
  return isRecord(target) ? target : undefined
}

/** Whether rows can be gone through twice, so that all their keys can be known before the first is sent. */
export function isRepeatable(rows: RowSource): rows is Iterable<unknown> {
  return !isAsync(rows) && !('next' in rows)
}
