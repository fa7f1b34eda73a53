/**
 * A response schema at work: what leaves is what was declared.
 *
 * 'strip' sends what the schema makes of the data, so that a member it does not know never leaves; 'check'
 * sends the data when it fits; 'trust' looks at nothing. Rows that come over time are looked at one by one, so
 * a schema that counts them (at least two) has no place there.
 */

import type { Endpoint } from '../blueprint/endpoint.ts'
import { pointerOf } from '../json/json-pointer.ts'
import { lookUpByMediaType } from '../registry/media-type-map.ts'
import { discard, isAsync, isCollection, iteratorOf, type RowSource } from '../renderers/source.ts'
import { type JsonSchema, type JsonSchemaHook, jsonSchemaOf } from '../schema/json-schema.ts'
import type { Schema } from '../schema/schema.ts'
import { stripperOf } from '../schema/unknown.ts'
import { type Validated, validate } from '../schema/validate.ts'
import type { Exchange } from '../walk/exchange.ts'
import { isSuccess, type ResponseDefinition } from './response-option.ts'

/** What is done with what a handler returned. */
export type Validation = 'strip' | 'check' | 'trust'

export class ResponseValidator {
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
    discard(this.#source)
  }
}

type ByType = ReadonlyMap<string, ResponseValidator>

const VALIDATIONS: readonly unknown[] = ['strip', 'check', 'trust'] satisfies Validation[]

/** The validators of all that an endpoint answers, and the one that applies: by status, then by media type. */
export class ResponseValidators {
  /** The status of an answer of nothing: 204, the endpoint's own, or the only one there is. */
  readonly empty: number | undefined
  readonly #byStatus: ReadonlyMap<number, ByType>
  readonly #saysSuccess: boolean

  /** @throws {TypeError} that names the endpoint, for a validation that is none. */
  constructor(
    declared: ReadonlyMap<number, ResponseDefinition>,
    { name, status }: Endpoint,
    validation: Validation,
    hook: JsonSchemaHook | undefined,
  ) {
    if (!VALIDATIONS.includes(validation)) {
      throw new TypeError(
        `The option 'validate' of '${name}' is 'strip', 'check' or 'trust', not ${String(validation)}`,
      )
    }
    const shapesOf = ({ schemas }: ResponseDefinition) =>
      new Map(
        [...schemas].map(([type, schema]) => [type, new ResponseValidator(schema, validation, name, hook)]),
      )
    this.#byStatus = new Map([...declared].map(([status, response]) => [status, shapesOf(response)]))
    const successes = [...declared.keys()].filter(isSuccess)
    const empty = successes.filter((status) => declared.get(status)?.schemas.size === 0)
    this.empty =
      [204, status].find((one) => empty.includes(one)) ?? (empty.length === 1 ? empty[0] : undefined)
    this.#saysSuccess = successes.length > 0
  }

  /** Makes the data what was declared. @throws {Error} for what was not: a 500, for the log. */
  apply(exchange: Exchange): void | Promise<void> {
    const { content, data } = exchange
    if (content) return undefined
    if (data === undefined && exchange.status === 204 && this.empty !== undefined)
      exchange.status = this.empty
    const byType = this.#byStatus.get(exchange.status)
    if (!byType && isSuccess(exchange.status) && !this.#saysSuccess) return undefined // errors alone
    const shape = byType?.size ? lookUpByMediaType(byType, exchange.contentType) : undefined
    if (!shape) {
      discard(data)
      if (byType?.size !== 0) throw undeclared(exchange, byType)
      exchange.data = undefined
      return undefined
    }
    exchange.schema = shape.schema
    const shaped = shape.of(data)
    if (!(shaped instanceof Promise)) {
      exchange.data = shaped
      return undefined
    }
    return shaped.then((settled) => {
      exchange.data = settled
    })
  }
}

function undeclared({ endpoint, status, contentType }: Exchange, byType: ByType | undefined): Error {
  const what = byType ? `${status} as ${contentType}` : status
  return new Error(`The endpoint '${endpoint.name}' answers ${what}, which its response does not declare`)
}
