/**
 * Coercion: converts values into the types of a schema, by the notation of their location.
 *
 *     { page: '2', tags: 'a', done: 'true' }  →  { page: 2, tags: ['a'], done: true }
 *
 * Based on the JSON Schema, because the coercion of the libraries converts 'false' to true and '' to 0. A value
 * that cannot be converted stays, and the schema rejects it.
 *
 * Order of alternatives for texts: a string schema that accepts the text (plain, or by its `enum` or `pattern`);
 * number, integer, boolean, Date, the first that can be parsed; a string with a `format`, or a schema without a type;
 * null, for the empty text; an array or object. In JSON a string with a `format` comes before a Date.
 */
import { type JsonSchema, kindOf } from './json-schema.ts'
import { JSON_CONTENT, type Notation, TEXT } from './notation.ts'
import { all, outsideText, type Read, type Reader } from './reader.ts'
import { copyOf, isPlain, listOf, type PlainRecord, put } from './record.ts'
import { targetsOf } from './reference.ts'
import { expressionOf, MISS } from './scalar.ts'

/** Converts a value as far as possible. Never throws, never changes its argument. */
export type Coerce = (value: unknown) => unknown

const identity: Coerce = (value) => value

/** Returns every value unchanged. */
const ANYTHING: Reader = { read: identity }

/** The coercion of a JSON Schema, compiled once. @param notation of the values. Default: text. */
export function coercionOf(schema: JsonSchema | undefined, notation: Notation = TEXT): Coerce {
  if (!schema || (notation === JSON_CONTENT && !hasKinds(schema))) return identity
  const coercion = new Coercion(schema, notation)
  const reader = coercion.readerOf(schema)
  if (!reader) return identity
  return (value) => {
    const read = reader.read(value, false)
    coercion.clearResults()
    return read === MISS ? value : read
  }
}

class Coercion {
  readonly #root: JsonSchema
  readonly #notation: Notation
  /** Undefined for a schema that does not determine a type. */
  readonly #readers = new Map<object, Reader | undefined>()

  /** Results of choices for arrays and records, per call: without them, nested choices double the work per level. */
  readonly #results: Map<unknown, unknown>[] = []

  constructor(root: JsonSchema, notation: Notation) {
    this.#root = root
    this.#notation = notation
  }

  clearResults(): void {
    for (const results of this.#results) if (results.size > 0) results.clear()
  }

  /** @param above The enclosing schemas of the same value: one that refers to itself does not determine a type. */
  readerOf(schema: unknown, above: ReadonlySet<object> = new Set()): Reader | undefined {
    if (!isPlain(schema) || above.has(schema)) return undefined
    if (this.#readers.has(schema)) return this.#readers.get(schema)
    const reader: Reader = { read: identity }
    this.#readers.set(schema, reader)
    const readers = this.#partsOf(schema, new Set(above).add(schema))
    if (readers.length === 0) this.#readers.set(schema, undefined)
    else reader.read = all(readers)
    return this.#readers.get(schema)
  }

  #partsOf(schema: JsonSchema, above: ReadonlySet<object>): Reader[] {
    const parts = [...targetsOf(this.#root, schema), ...listOf(schema.allOf)]
    const readers = parts.map((part) => this.readerOf(part, above))
    const choices = [listOf(schema.anyOf), listOf(schema.oneOf)].filter((choice) => choice.length > 0)
    for (const choice of choices) readers.push({ read: this.#choose(choice, above) })
    const read = this.#ownKeywords(schema, above)
    if (read) readers.push({ read })
    return readers.filter((reader) => reader !== undefined)
  }

  #ownKeywords(schema: JsonSchema, above: ReadonlySet<object>): Read | undefined {
    if (Object.hasOwn(schema, 'const')) return this.#notation.member([schema.const])
    if (Array.isArray(schema.enum)) return this.#notation.member(schema.enum)
    const { type } = schema
    if (Array.isArray(type)) {
      return this.#choose(
        type.map((each) => ({ ...schema, ...NO_PARTS, type: each })),
        above,
      )
    }
    const read = this.#notation.scalar(type, schema)
    if (read) return read
    if (type === 'array' || schema.items || schema.prefixItems) return this.#array(schema)
    if (type === 'object' || schema.properties || schema.additionalProperties) return this.#record(schema)
    return undefined
  }

  #choose(alternatives: readonly unknown[], above: ReadonlySet<object>): Read {
    const readers = this.#flatten(alternatives, above)
      .map((schema) => ({
        rank: rankOf(schema, this.#notation.prefersKinds),
        reader: this.readerOf(schema, above) ?? ANYTHING,
      }))
      .sort((a, b) => a.rank - b.rank)
    const first = (value: unknown, isStrict: boolean): unknown => {
      for (const { reader } of readers) {
        const found = reader.read(value, isStrict)
        if (found !== MISS) return found
      }
      return MISS
    }
    const results = new Map<unknown, unknown>()
    this.#results.push(results)
    const strictly = (value: unknown): unknown => {
      if (typeof value !== 'object') return first(value, true)
      if (!results.has(value)) results.set(value, first(value, true))
      return results.get(value)
    }
    return (value, isStrict) => {
      const found = strictly(value)
      return found === MISS && !isStrict ? first(value, false) : found
    }
  }

  /** Nested alternatives and lists of types as one list of alternatives. */
  #flatten(alternatives: readonly unknown[], above: ReadonlySet<object>): unknown[] {
    return alternatives.flatMap((alternative) => {
      if (!isPlain(alternative) || above.has(alternative)) return [alternative]
      const inner = new Set(above).add(alternative)
      const { anyOf, oneOf, type } = alternative
      const targets = targetsOf(this.#root, alternative)
      if (targets.length > 0) return this.#flatten(targets, inner)
      if ((Array.isArray(anyOf) || Array.isArray(oneOf)) && !hasOwnKeywords(alternative))
        return this.#flatten([...listOf(anyOf), ...listOf(oneOf)], inner)
      if (Array.isArray(type) && !('enum' in alternative) && !('const' in alternative))
        return type.map((each) => ({ ...alternative, type: each }))
      return [alternative]
    })
  }

  #array(schema: JsonSchema): Read {
    const first = listOf(schema.prefixItems).map((item) => this.readerOf(item))
    const rest = this.readerOf(schema.items)
    const isItem = (value: unknown): boolean => !rest || rest.read(value, true) !== MISS
    return outsideText((value, isStrict) => {
      const items = this.#notation.list(value, isItem)
      if (items === undefined) return MISS
      let copy: unknown[] | undefined
      for (let index = 0; index < items.length; index++) {
        const reader = index < first.length ? first[index] : rest
        const found = reader ? reader.read(items[index], isStrict) : items[index]
        if (found === MISS && isStrict) return MISS
        if (found === MISS || Object.is(found, items[index])) continue
        copy ??= [...items]
        copy[index] = found
      }
      return copy ?? items
    })
  }

  #record(schema: JsonSchema): Read {
    const members = new Map(this.#named(schema.properties))
    const patterns = this.#named(schema.patternProperties).map(
      ([pattern, reader]) => [expressionOf(pattern), reader] as const,
    )
    const rest = this.readerOf(schema.additionalProperties)
    const isClosed = !rest && patterns.length === 0
    const required = listOf(schema.required).map(String)
    const readerOf = (name: string): Reader | undefined => {
      const known = members.get(name)
      if (known || isClosed || members.has(name)) return known
      return patterns.find(([expression]) => expression?.test(name))?.[1] ?? rest
    }
    const { omitsEmpty } = this.#notation
    return (value, isStrict) => {
      const record = this.#notation.record(value)
      if (!record) return MISS
      if (isStrict && required.some((name) => !Object.hasOwn(record, name))) return MISS
      let copy: PlainRecord | undefined
      for (const name of Object.keys(record)) {
        const reader = readerOf(name)
        const found = reader ? reader.read(record[name], isStrict) : record[name]
        const isOmitted = found === MISS && omitsEmpty && record[name] === '' && !required.includes(name)
        if (found === MISS && isStrict && !isOmitted) return MISS
        if (Object.is(found, record[name]) || (found === MISS && !isOmitted)) continue
        copy ??= copyOf(record)
        if (isOmitted) delete copy[name]
        else put(copy, name, found)
      }
      return copy ?? record
    }
  }

  #named(schemas: unknown): [string, Reader | undefined][] {
    if (!isPlain(schemas)) return []
    return Object.keys(schemas).map((name) => [name, this.readerOf(schemas[name])])
  }
}

/** Keywords that are read once for all types of a schema. */
const NO_PARTS: JsonSchema = { $ref: undefined, $dynamicRef: undefined, allOf: [], anyOf: [], oneOf: [] }

/** Whether a schema has keywords besides its alternatives. */
function hasOwnKeywords(schema: JsonSchema): boolean {
  return ['type', 'allOf', 'properties', 'items'].some((keyword) => keyword in schema)
}

/** Whether a schema has a part that describes a Date or bigint. */
function hasKinds(part: unknown): boolean {
  if (Array.isArray(part)) return part.some(hasKinds)
  return isPlain(part) && (kindOf(part) !== undefined || Object.values(part).some(hasKinds))
}

/** Rank of an alternative, in the order at the top of this file. */
function rankOf(schema: unknown, prefersKinds: boolean): number {
  if (!isPlain(schema)) return 2
  const { type, enum: values } = schema
  const listed = 'const' in schema ? [schema.const] : values
  if (Array.isArray(listed)) return listed.some((value) => typeof value === 'string') ? 0 : 1
  if (type === 'string') {
    if (kindOf(schema)) return prefersKinds ? 1 : 2.5
    return 'format' in schema && !('pattern' in schema) ? 2 : 0
  }
  if (type === 'null') return 3
  if (type === 'array' || type === 'object' || 'properties' in schema || 'items' in schema) return 4
  return type === undefined ? 2 : 1
}
