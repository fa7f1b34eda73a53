/**
 * Chunks of asynchronous rows, for one reader.
 *
 * Written with callbacks, not `await`: a partial chunk is sent while the next row is still pending, and
 * `return()` reaches the source at once. `setImmediate` detects that the source waits, because it does not run
 * while rows come from memory: it is called once per chunk, not per row.
 */
import { RowBatch } from './row-batch.ts'
import type { RowFormat } from './rows.ts'

interface Reader {
  readonly resolve: (result: IteratorResult<string>) => void
  readonly reject: (error: unknown) => void
}

export class AsyncChunks implements AsyncIterator<string> {
  readonly #rows: AsyncIterator<unknown>
  readonly #batch: RowBatch
  readonly #opening: string | undefined
  #reader: Reader | undefined
  #last: string | undefined
  #failure: { readonly error: unknown } | undefined
  #waitCheck: NodeJS.Immediate | undefined
  #isPulling = false
  #isOpen = false
  #isDone = false

  constructor(rows: AsyncIterator<unknown>, format: RowFormat) {
    this.#rows = rows
    this.#batch = new RowBatch(format)
    this.#opening = format.opening
  }

  next(): Promise<IteratorResult<string>> {
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject }
      if (this.#isDone) return this.#settle()
      this.#batch.start()
      this.#pull()
    })
  }

  async return(): Promise<IteratorResult<string>> {
    const isRunning = !this.#isDone
    this.#isDone = true
    this.#last = undefined
    this.#failure = undefined
    this.#settle()
    if (isRunning) await this.#rows.return?.()
    return { done: true, value: undefined }
  }

  #pull(): void {
    this.#waitCheck ??= setImmediate(this.#onWait)
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
    if (this.#isDone) return
    try {
      if (typeof row !== 'object' || row === null)
        throw new TypeError('An iterator returned a result that is not an object')
      if (row.done) {
        this.#last = this.#batch.end()
        this.#isDone = true
        this.#settle()
      } else if (this.#batch.add(row.value) && this.#reader) this.#deliver(this.#batch.take())
      else if (this.#reader) this.#pull()
    } catch (error) {
      this.#onFormatError(error)
    }
  }

  readonly #onWait = (): void => {
    this.#waitCheck = undefined
    if (!this.#reader || this.#isDone) return
    try {
      const text = this.#batch.take() || (this.#isOpen ? '' : this.#opening)
      if (text) this.#deliver(text)
    } catch (error) {
      this.#onFormatError(error)
    }
  }

  /** The source failed. The rows before are sent first. */
  readonly #onFailure = (error: unknown): void => {
    this.#isPulling = false
    if (this.#isDone) return
    this.#isDone = true
    this.#failure = { error }
    try {
      this.#last = this.#batch.take()
    } catch {
      // the first error is the one to report
    }
    this.#settle()
  }

  /** A row cannot be formatted: the source is stopped. */
  #onFormatError(error: unknown): void {
    this.#isDone = true
    this.#failure = { error }
    try {
      Promise.resolve(this.#rows.return?.()).catch(() => {})
      this.#last = this.#batch.take()
    } catch {
      // the first error is the one to report
    }
    this.#settle()
  }

  /** Resolves the reader's promise at the end: with the last text, then the error, then `done`. */
  #settle(): void {
    if (this.#last) {
      if (this.#deliver(this.#last)) this.#last = undefined
      return
    }
    const reader = this.#takeReader()
    if (!reader) return
    const failure = this.#failure
    this.#failure = undefined
    if (failure) reader.reject(failure.error)
    else reader.resolve({ done: true, value: undefined })
  }

  #deliver(value: string): boolean {
    const reader = this.#takeReader()
    this.#isOpen = true
    reader?.resolve({ done: false, value })
    return reader !== undefined
  }

  #takeReader(): Reader | undefined {
    const reader = this.#reader
    this.#reader = undefined
    if (this.#waitCheck) clearImmediate(this.#waitCheck)
    this.#waitCheck = undefined
    return reader
  }
}
