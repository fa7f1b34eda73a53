/**
 * Validates the data of a response by the declared schema.
 *
 * 'strip' sends the output of the schema, so that an unknown member is never sent; 'check' sends the data itself when
 * it is valid; 'trust' validates nothing. Rows of a stream or an iterator are validated one by one while they are sent,
 * so a schema with a minimum of rows cannot be used there, unless the rows are synchronous and at most 100.
 */
import { fragmentOf } from '../json/json-pointer.ts'
import { isAsync, isCollection, isLazy, isRepeatable, type RowSource } from '../renderers/source.ts'
import { type RowValidation, ValidatedRows } from '../renderers/validated-rows.ts'
import { type Coerce, coercionOf } from '../schema/coerce.ts'
import { type Attempt, attemptOf, type ExactCheck, exactCheckOf } from '../schema/exact.ts'
import { hasToJson } from '../schema/json-form.ts'
import { type JsonSchema, type JsonSchemaHook, jsonSchemaOf } from '../schema/json-schema.ts'
import { DATA } from '../schema/notation.ts'
import type { Schema } from '../schema/schema.ts'
import { type Validated, validate, validateNow } from '../schema/validate.ts'
import { stripperOf } from './stripper.ts'

/** Validation of the data that a handler returned. */
export type Validation = 'strip' | 'check' | 'trust'

/** Validates the data of the responses with one schema. */
export class ResponseValidator {
  /** JSON Schema of the data as it is sent, where the schema's library provides one. */
  readonly schema: JsonSchema | undefined
  readonly #schema: Schema
  readonly #validation: Validation
  readonly #isExact: ExactCheck | undefined
  readonly #attempt: Attempt | undefined
  readonly #strip: (value: unknown) => unknown
  /** Converts values that JSON writes as text; compiled when data first does not match. */
  #convert: Coerce | undefined
  readonly #hook: JsonSchemaHook | undefined
  readonly #endpoint: string

  constructor(schema: Schema, validation: Validation, endpoint: string, hook: JsonSchemaHook | undefined) {
    this.schema = jsonSchemaOf(schema, sentForm(validation), hook)
    this.#schema = schema
    this.#validation = validation
    if (validation !== 'trust') this.#isExact = exactCheckOf(schema, hook)
    this.#attempt = attemptOf(schema)
    this.#strip = validation === 'trust' ? (data) => data : stripperOf(schema, validation === 'check', hook)
    this.#hook = hook
    this.#endpoint = endpoint
  }

  /**
   * A state as it would be sent; the state itself when it does not fit the schema, as a version number does not.
   *
   * @throws {AsyncSchemaError} for an async schema.
   */
  represent(state: unknown): unknown {
    if (this.#validation === 'trust' || isLazy(state)) return state
    const data = isRows(state) ? [...(state as Iterable<unknown>)] : state
    if (this.#isExact?.(data)) return this.#validation === 'check' ? state : data
    const stripped = this.#strip(data)
    const first = validateNow(this.#schema, stripped)
    const converted = first === 'invalid' ? this.#converted(stripped) : stripped
    const validated = converted === stripped ? first : validateNow(this.#schema, converted)
    if (!validated) {
      throw new AsyncSchemaError(
        `The response schema of '${this.#endpoint}' is async: set etag.data or etag.schema, from which ETags are made without it`,
      )
    }
    return validated === 'invalid' || this.#validation === 'check' ? state : validated.value
  }

  /** Validates data; returns it as it is sent. @throws {Error} that lists the issues: a 500, for the log. */
  of(data: unknown): unknown {
    if (this.#validation === 'trust') return data
    if (!isRows(data)) return this.#whole(data)
    if (isAsync(data)) return new ValidatedRows(data, this.#row)
    const isInMemory: boolean = isRepeatable(data)
    return isInMemory ? this.#whole([...data]) : this.#lazyRows(data[Symbol.iterator]())
  }

  #whole(data: unknown): unknown {
    const validated = this.#check(data)
    if (validated instanceof Promise) return validated.then((settled) => this.#settle(data, settled))
    return this.#settle(data, validated)
  }

  /**
   * Validates the data, and where that fails its JSON form: a Date or ObjectId is text in JSON. Most data is valid as
   * it is, and is not traversed.
   */
  #check(data: unknown): Validated<unknown> | Promise<Validated<unknown>> {
    if (this.#isExact?.(data)) return { value: data }
    const stripped = this.#strip(data)
    // the issues of data that is valid in its JSON form would be made for nothing
    if (this.#attempt) return this.#attempt(stripped) ?? validate(this.#schema, this.#converted(stripped))
    const retry = (validated: Validated<unknown>): Validated<unknown> | Promise<Validated<unknown>> => {
      if (!('issues' in validated)) return validated
      const converted = this.#converted(stripped)
      return converted === stripped ? validated : validate(this.#schema, converted)
    }
    const validated = validate(this.#schema, stripped)
    return validated instanceof Promise ? validated.then(retry) : retry(validated)
  }

  #converted(data: unknown): unknown {
    this.#convert ??= coercionOf(jsonSchemaOf(this.#schema, 'input', this.#hook), DATA)
    return this.#convert(data)
  }

  /** @param first index in its source of the first row of the data. */
  #settle(data: unknown, validated: Validated<unknown>, first = 0): unknown {
    if ('issues' in validated) {
      const issues = validated.issues.map(({ path: [head, ...rest], detail }) => {
        const place = head === undefined ? [] : [head === 0 ? first : head, ...rest]
        return `${fragmentOf(place)} ${detail}`
      })
      throw new Error(`The data of '${this.#endpoint}' does not fit its response: ${issues.join('; ')}`)
    }
    return this.#validation === 'check' ? data : validated.value
  }

  /** Rows of a synchronous iterator: as a list if there are few, else the others one by one while they are sent. */
  #lazyRows(rows: Iterator<unknown>): unknown {
    const first: unknown[] = []
    for (let row = rows.next(); !row.done; row = rows.next()) {
      first.push(row.value)
      if (first.length === FIRST_ROWS) return this.#restAfter(first, rows)
    }
    return this.#whole(first)
  }

  #restAfter(first: readonly unknown[], rows: Iterator<unknown>): unknown {
    const join = (valid: unknown) => new ValidatedRows(rows, this.#row, valid as readonly unknown[])
    const fail = (error: unknown) => {
      rows.return?.()
      throw error
    }
    try {
      const valid = this.#whole(first)
      return valid instanceof Promise ? valid.then(join, fail) : join(valid)
    } catch (error) {
      return fail(error)
    }
  }

  /** A row is validated as a list of one: no library has to provide the schema of the rows. */
  readonly #row: RowValidation = (row, index) => {
    const firstOf = (rows: unknown) => (rows as readonly unknown[])[0]
    const data = [row]
    const validated = this.#check(data)
    if (!(validated instanceof Promise)) return firstOf(this.#settle(data, validated, index))
    return validated.then((settled) => firstOf(this.#settle(data, settled, index)))
  }
}

/** Whether data is a collection of rows that is no array. JSON writes the result of `toJSON` in place of a collection. */
function isRows(data: unknown): data is RowSource {
  return isCollection(data) && !Array.isArray(data) && (isAsync(data) || !hasToJson(data))
}

/** The form of a schema that describes the data as it is sent: the values that it produces, or those that it accepts. */
export function sentForm(validation: Validation): 'input' | 'output' {
  return validation === 'strip' ? 'output' : 'input'
}

/** Rows of a synchronous iterator that are validated before the response begins. */
const FIRST_ROWS = 100

/** A schema that is async, where a value is needed at once. */
export class AsyncSchemaError extends TypeError {}
