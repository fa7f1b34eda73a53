/** Rows that are validated one by one while they are sent. */
import { discard, iteratorOf, type RowSource } from './source.ts'

type AsyncRows = Exclude<RowSource, Iterable<unknown>>
type Rows = AsyncRows | Iterator<unknown>

/** Validates a row by its index in the source; returns it as it is sent, or a promise of it. */
export type RowValidation = (row: unknown, index: number) => unknown

/** Rows of a source that is read once, by one reader. */
export class ValidatedRows implements AsyncIterable<unknown> {
  readonly #source: Rows
  readonly #validate: RowValidation
  /** Rows that were read and validated before. */
  readonly #first: readonly unknown[]

  constructor(source: Rows, validate: RowValidation, first: readonly unknown[] = []) {
    this.#source = source
    this.#validate = validate
    this.#first = first
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    const rows = isAsyncSource(this.#source) ? iteratorOf(this.#source) : this.#source
    const first = this.#first
    const validateRow = this.#validate
    const stop = async (): Promise<IteratorResult<unknown>> => {
      await rows.return?.()
      return { done: true, value: undefined }
    }
    let index = 0
    return {
      return: stop,
      async next() {
        if (index < first.length) return { done: false, value: first[index++] }
        const row = await rows.next()
        if (row.done) return row
        try {
          const value = validateRow(row.value, index++)
          return { done: false, value: value instanceof Promise ? await value : value }
        } catch (error) {
          stop().catch(() => {}) // the validation error is the one to report
          throw error
        }
      },
    }
  }

  /** Releases a source that is never read. */
  async cancel(): Promise<void> {
    if (isAsyncSource(this.#source)) discard(this.#source)
    else this.#source.return?.()
  }
}

function isAsyncSource(source: Rows): source is AsyncRows {
  return Symbol.asyncIterator in source || 'getReader' in source
}
