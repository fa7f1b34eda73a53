/**
 * A response schema at work: what leaves is what was declared.
 *
 * 'strip' sends what the schema makes of the data, so that a member it does not know never leaves; 'check'
 * sends the data when it fits; 'trust' looks at nothing. Rows that come over time are looked at one by one.
 */
import { pointerOf } from '../http/pointer.ts'
import { isAsync, isCollection, iteratorOf } from '../renderers/source.ts'
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
    this.schema = jsonSchemaOf(schema, 'output', hook)
    this.#schema = schema
    this.#validation = validation
    this.#strip = validation === 'strip' ? stripperOf(schema, hook) : (value) => value
    this.#endpoint = endpoint
  }

  /** The data as it is sent. @throws {Error} that says where it does not fit: a 500, for the log. */
  of(data: unknown): unknown {
    if (this.#validation === 'trust') return data
    if (isCollection(data) && !Array.isArray(data))
      return isAsync(data) ? this.#rows(data) : this.#whole([...data])
    return this.#whole(data)
  }

  #whole(data: unknown): unknown {
    const validated = validate(this.#schema, this.#strip(data))
    if (validated instanceof Promise) return validated.then((settled) => this.#settle(data, settled))
    return this.#settle(data, validated)
  }

  #settle(data: unknown, validated: Validated<unknown>): unknown {
    if ('issues' in validated) {
      const issues = validated.issues.map(({ path, detail }) => `${pointerOf(path)} ${detail}`)
      throw new Error(`What '${this.#endpoint}' returned does not fit its response: ${issues.join('; ')}`)
    }
    return this.#validation === 'check' ? data : validated.value
  }

  /** A schema of a list takes a list of one, so no library need be asked for the schema of its rows. */
  #rows(source: Parameters<typeof iteratorOf<unknown>>[0]): AsyncIterable<unknown> {
    const first = (rows: unknown) => (rows as readonly unknown[])[0]
    const shaped = (row: unknown) => {
      const whole = this.#whole([row])
      return whole instanceof Promise ? whole.then(first) : first(whole)
    }
    return { [Symbol.asyncIterator]: () => new ShapedRows(iteratorOf(source), shaped) }
  }
}

class ShapedRows implements AsyncIterator<unknown> {
  readonly #rows: AsyncIterator<unknown>
  readonly #shaped: (row: unknown) => unknown

  constructor(rows: AsyncIterator<unknown>, shaped: (row: unknown) => unknown) {
    this.#rows = rows
    this.#shaped = shaped
  }

  async next(): Promise<IteratorResult<unknown>> {
    const row = await this.#rows.next()
    if (row.done) return row
    try {
      return { done: false, value: await this.#shaped(row.value) }
    } catch (error) {
      await this.return()
      throw error
    }
  }

  async return(): Promise<IteratorResult<unknown>> {
    await this.#rows.return?.()
    return { done: true, value: undefined }
  }
}
