/**
 * A JSON Schema in the words of OpenAPI 3.0, which has words of its own and not all of them.
 *
 *     { type: ['string', 'null'] }  →  { type: 'string', nullable: true }
 *
 * OpenAPI 3.0.3 §4.7.24. What it has no word for is left out: the schema then takes more than it should.
 */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, listOf } from '../../schema/record.ts'
import { mapSchemas } from './subschema.ts'

/** What a Schema Object may have there, extensions aside. */
const KEPT = new Set([
  ...['title', 'multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum', 'maxLength'],
  ...['minLength', 'pattern', 'maxItems', 'minItems', 'uniqueItems', 'maxProperties', 'minProperties'],
  ...['required', 'enum', 'type', 'not', 'allOf', 'oneOf', 'anyOf', 'items', 'properties'],
  ...['additionalProperties', 'description', 'format', 'default', 'nullable', 'discriminator', 'readOnly'],
  ...['writeOnly', 'example', 'externalDocs', 'deprecated', 'xml'],
])

type Words = Record<string, unknown>

export function openApi30(schema: JsonSchema | boolean): JsonSchema {
  if (typeof schema === 'boolean') return schema ? {} : { not: {} }
  const words = mapSchemas(schema, (part, keyword) => {
    if (typeof part === 'boolean' && keyword === 'additionalProperties') return part
    return typeof part === 'boolean' || isPlain(part) ? openApi30(part) : part
  })
  for (const rewrite of [constant, bounds, tuple, patterns, binary, example, nulls, types])
    rewrite(words, schema)
  const { $ref, ...rest } = words
  for (const keyword of Object.keys(rest))
    if (!KEPT.has(keyword) && !keyword.startsWith('x-')) delete rest[keyword]
  if (rest.required && listOf(rest.required).length === 0) delete rest.required // at least one there
  if (rest.type === 'array') rest.items ??= {}
  if ($ref === undefined) return rest
  return Object.keys(rest).length === 0 ? { $ref } : { allOf: [{ $ref }], ...rest } // it has no neighbours there
}

function constant(words: Words): void {
  if (!Object.hasOwn(words, 'const')) return
  words.enum = [words.const]
  if (words.const === null) words.nullable = true
}

function bounds(words: Words): void {
  for (const [own, other] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    const [exclusive, inclusive] = [words[own], words[other]]
    if (typeof exclusive !== 'number') continue
    const isLooser =
      typeof inclusive === 'number' && (other === 'minimum' ? inclusive > exclusive : inclusive < exclusive)
    if (isLooser) delete words[own]
    else Object.assign(words, { [own]: true, [other]: exclusive })
  }
}

/** Its items are any of those that a place may have. */
function tuple(words: Words, { items, prefixItems }: JsonSchema): void {
  const first = listOf(words.prefixItems)
  if (first.length > 0) {
    if (items === false) words.maxItems ??= first.length
    words.items = { anyOf: isPlain(items) ? [...first, words.items] : first }
    if (items === undefined || items === true) words.items = {}
  } else if (items === false && !prefixItems) Object.assign(words, { items: {}, maxItems: 0 })
}

function patterns(words: Words): void {
  if (!isPlain(words.patternProperties)) return
  const others = Object.values(words.patternProperties)
  const { additionalProperties } = words
  if (additionalProperties === undefined || additionalProperties === true) return
  const all = isPlain(additionalProperties) ? [...others, additionalProperties] : others
  words.additionalProperties = all.length === 1 ? all[0] : { anyOf: all }
}

function binary(words: Words): void {
  const { contentEncoding, contentMediaType, type } = words
  if (contentEncoding === 'base64') words.format ??= 'byte'
  else if (contentMediaType !== undefined && type === undefined)
    Object.assign(words, { type: 'string', format: 'binary' })
}

function example(words: Words): void {
  const [first] = listOf(words.examples)
  if (first !== undefined) words.example ??= first
}

/** Alternatives, one of which is null. */
function nulls(words: Words, schema: JsonSchema): void {
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const choices = listOf(schema[keyword])
    const others = listOf(words[keyword]).filter((_, index) => !isNull(choices[index]))
    if (others.length === choices.length) continue
    delete words[keyword]
    words.nullable = true
    const [only] = others
    if (others.length > 1) words[keyword] = others
    else if (isPlain(only) && typeof only.$ref === 'string') words.allOf = [...listOf(words.allOf), only]
    else if (isPlain(only)) Object.assign(words, { ...only, ...words })
    if (others.length === 0) Object.assign(words, { type: 'string', enum: [null] })
  }
  if (words.nullable && Array.isArray(words.enum) && !words.enum.includes(null))
    words.enum = [...words.enum, null]
}

function isNull(choice: unknown): boolean {
  return isPlain(choice) && (choice.type === 'null' || ('const' in choice && choice.const === null))
}

function types(words: Words): void {
  const all = [words.type ?? []].flat()
  const others = all.filter((type) => type !== 'null')
  if (others.length < all.length) {
    words.nullable = true
    if (Array.isArray(words.enum) && !words.enum.includes(null)) words.enum = [...words.enum, null]
  }
  if (others.length > 1) {
    delete words.type
    const choices = others.map((type) => ({
      type,
      ...(type === 'array' ? { items: words.items ?? {} } : {}),
    }))
    if (words.anyOf === undefined) words.anyOf = choices
    else words.allOf = [...listOf(words.allOf), { anyOf: choices }]
  } else if (others.length === 1) words.type = others[0]
  else if (all.length > 0) Object.assign(words, { type: 'string', enum: [null] })
}
