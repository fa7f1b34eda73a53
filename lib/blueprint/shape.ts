/**
 * A response schema at work: what leaves is what was declared.
 *
 * 'strip' sends what the schema makes of the data, so that a member it does not know never leaves; 'check'
 * sends the data when it fits; 'trust' looks at nothing. Rows that come over time are looked at one by one, so
 * a schema that counts them (at least two) has no place there.
 */
import { pointerOf } from '../http/pointer.ts'
import { isAsync, isCollection, iteratorOf, letGo, type RowSource } from '../renderers/source.ts'
import { type JsonSchema, type JsonSchemaHook, jsonSchemaOf } from '../schema/json-schema.ts'
import type { Schema } from '../schema/schema.ts'
import { stripperOf } from '../schema/strip.ts'
import { type Validated, validate } from '../schema/validate.ts'

/** What is done with what a handler returned. */
export type Validation = 'strip' | 'check' | 'trust'

export class Shape {
  /** JSON Schema of what is sent, where the schema's library can tell. */
  readonly schema: JsonSchema | undefined
  readonly #schema: Schema
  readonly #validation: Validation
  readonly #strip: (value: unknown) => unknown
  readonly #endpoint: string

  constructor(schema: Schema, validation: Validation, endpoint: string, hook: JsonSchemaHook | undefined) {
    this.schema = jsonSchemaOf(schema, validation === 'strip' ? 'output' : 'input', hook)
    this.#schema = schema
    this.#validation = validation
    this.#strip = validation === 'strip' ? stripperOf(schema, hook) : (value) => value
    this.#endpoint = endpoint
  }

  /** The data as it is sent. @throws {Error} that says where it does not fit: a 500, for the log. */
  of(data: unknown): unknown {
    if (this.#validation === 'trust') return data
    if (isCollection(data) && !Array.isArray(data))
      return isAsync(data) ? this.#rows(data) : this.#whole([...(data as Iterable<unknown>)])
    return this.#whole(data)
  }

  #whole(data: unknown): unknown {
    const validated = validate(this.#schema, this.#strip(data))
    if (validated instanceof Promise) return validated.then((settled) => this.#settle(data, settled))
    return this.#settle(data, validated)
  }

  /** @param first which row of its source the first of the data is. */
  #settle(data: unknown, validated: Validated<unknown>, first = 0): unknown {
    if ('issues' in validated) {
      const issues = validated.issues.map(({ path: [head, ...rest], detail }) => {
        const place = head === undefined ? [] : [head === 0 ? first : head, ...rest]
        return `${pointerOf(place)} ${detail}`
      })
      throw new Error(`What '${this.#endpoint}' returned does not fit its response: ${issues.join('; ')}`)
    }
    return this.#validation === 'check' ? data : validated.value
  }

  /** A schema of a list takes a list of one, so no library need be asked for the schema of its rows. */
  #rows(source: Source): AsyncIterable<unknown> {
    const only = (rows: unknown) => (rows as readonly unknown[])[0]
    return new ShapedRows(source, (row, index) => {
      const data = [row]
      const validated = validate(this.#schema, this.#strip(data))
      if (!(validated instanceof Promise)) return only(this.#settle(data, validated, index))
      return validated.then((settled) => only(this.#settle(data, settled, index)))
    })
  }
}

type Source = Exclude<RowSource, Iterable<unknown>>

class ShapedRows implements AsyncIterable<unknown> {
  readonly #source: Source
  readonly #shaped: (row: unknown, index: number) => unknown

  constructor(source: Source, shaped: (row: unknown, index: number) => unknown) {
    this.#source = source
    this.#shaped = shaped
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    const rows = iteratorOf(this.#source)
    const shaped = this.#shaped
    const stop = async (): Promise<IteratorResult<unknown>> => {
      await rows.return?.()
      return { done: true, value: undefined }
    }
    let index = 0
    return {
      return: stop,
      async next() {
        const row = await rows.next()
        if (row.done) return row
        try {
          const value = shaped(row.value, index++)
          return { done: false, value: value instanceof Promise ? await value : value }
        } catch (error) {
          stop().catch(() => {}) // it is told what was wrong first
          throw error
        }
      },
    }
  }

  /** Read by nobody, a stream is to be let go all the same. */
  async cancel(): Promise<void> {
    letGo(this.#source)
  }
}
