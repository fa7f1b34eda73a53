/**
 * Conversion of JSON Schema 2020-12 to the Schema Object of OpenAPI 3.0.
 *
 *     { type: ['string', 'null'] }  →  { type: 'string', nullable: true }
 *
 * Keywords without an equivalent are left out: the schema then accepts more values. For the same reason a `not` with such a
 * keyword is left out, and a `oneOf` with one is an `anyOf`. OpenAPI 3.0.3 §4.7.24.
 */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, listOf } from '../../schema/record.ts'
import { addChoices, mapSubschemas } from '../../schema/subschema.ts'

/** Keywords of a Schema Object, besides extensions. */
const KEYWORDS = new Set([
  ...['title', 'multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum', 'maxLength'],
  ...['minLength', 'pattern', 'maxItems', 'minItems', 'uniqueItems', 'maxProperties', 'minProperties'],
  ...['required', 'enum', 'type', 'not', 'allOf', 'oneOf', 'anyOf', 'items', 'properties'],
  ...['additionalProperties', 'description', 'format', 'default', 'nullable', 'discriminator', 'readOnly'],
  ...['writeOnly', 'example', 'externalDocs', 'deprecated', 'xml'],
])

/** Keywords without which a schema accepts more values; KEYWORDS has no equivalent of them. */
const LOST = [
  ...['prefixItems', 'additionalItems', 'contains', 'unevaluatedItems', 'patternProperties', 'propertyNames'],
  ...['unevaluatedProperties', 'dependentRequired', 'dependentSchemas', 'dependencies', 'then', 'else'],
  '$dynamicRef',
]

/** A schema during its conversion; changed in place. */
type Draft = Record<string, unknown>

export function openApi30(schema: JsonSchema | boolean): JsonSchema {
  if (typeof schema === 'boolean') return schema ? {} : { not: {} }
  const draft = mapSubschemas(schema, (part, keyword) => {
    if (typeof part === 'boolean' && keyword === 'additionalProperties') return part
    return typeof part === 'boolean' || isPlain(part) ? openApi30(part) : part
  })
  for (const convert of [
    convertConst,
    convertBounds,
    convertTuple,
    convertPatterns,
    convertBinary,
    convertExamples,
    convertNullChoices,
    convertLoose,
    convertTypes,
  ])
    convert(draft, schema)
  const { $ref, ...rest } = draft
  for (const keyword of Object.keys(rest))
    if (!KEYWORDS.has(keyword) && !keyword.startsWith('x-')) delete rest[keyword]
  if (rest.required && listOf(rest.required).length === 0) delete rest.required // must not be empty in 3.0
  if (rest.type === 'array') rest.items ??= {}
  if ($ref === undefined) return rest
  return Object.keys(rest).length === 0 ? { $ref } : { allOf: [{ $ref }], ...rest } // siblings of $ref are ignored in 3.0
}

/** The schema of null alone: `nullable` has an effect only beside `type` (OpenAPI 3.0.3 §4.7.24.1). */
const NULL: JsonSchema = { type: 'string', nullable: true, enum: [null] }

function convertConst(draft: Draft): void {
  if (!Object.hasOwn(draft, 'const')) return
  if (draft.const === null) Object.assign(draft, NULL)
  else draft.enum = [draft.const]
}

function convertBounds(draft: Draft): void {
  for (const [exclusiveKeyword, inclusiveKeyword] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    const [exclusive, inclusive] = [draft[exclusiveKeyword], draft[inclusiveKeyword]]
    if (typeof exclusive !== 'number') continue
    const isLooser =
      typeof inclusive === 'number' &&
      (inclusiveKeyword === 'minimum' ? inclusive > exclusive : inclusive < exclusive)
    if (isLooser) delete draft[exclusiveKeyword]
    else Object.assign(draft, { [exclusiveKeyword]: true, [inclusiveKeyword]: exclusive })
  }
}

/** The items of a tuple accept the schemas of all its positions. */
function convertTuple(draft: Draft, { items, prefixItems }: JsonSchema): void {
  const positions = listOf(draft.prefixItems)
  if (positions.length > 0) {
    if (items === false) draft.maxItems ??= positions.length
    draft.items = { anyOf: isPlain(items) ? [...positions, draft.items] : positions }
    if (items === undefined || items === true) draft.items = {}
  } else if (items === false && !prefixItems) Object.assign(draft, { items: {}, maxItems: 0 })
}

function convertPatterns(draft: Draft): void {
  if (!isPlain(draft.patternProperties)) return
  const others = Object.values(draft.patternProperties)
  const { additionalProperties } = draft
  if (additionalProperties === undefined || additionalProperties === true) return
  const all = isPlain(additionalProperties) ? [...others, additionalProperties] : others
  draft.additionalProperties = all.length === 1 ? all[0] : { anyOf: all }
}

function convertBinary(draft: Draft): void {
  const { contentEncoding, contentMediaType, type } = draft
  if (contentEncoding === 'base64') draft.format ??= 'byte'
  else if (contentMediaType !== undefined && type === undefined)
    Object.assign(draft, { type: 'string', format: 'binary' })
}

function convertExamples(draft: Draft): void {
  const [first] = listOf(draft.examples)
  if (first !== undefined) draft.example ??= first
}

/** `anyOf` and `oneOf` with null among their choices: one choice with a type is merged, others keep one for null. */
function convertNullChoices(draft: Draft, schema: JsonSchema): void {
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const choices = listOf(schema[keyword])
    const others = listOf(draft[keyword]).filter((_, index) => !isNull(choices[index]))
    if (others.length === choices.length) continue
    delete draft[keyword]
    const [only] = others
    if (others.length === 0) Object.assign(draft, NULL)
    else if (others.length === 1 && isPlain(only) && typeof only.type === 'string' && !hasChoices(only)) {
      Object.assign(draft, { ...only, ...draft }, { nullable: true })
      addNullToEnum(draft)
    } else draft[keyword] = [...others, NULL]
  }
}

/** Whether a part of the schema, besides its type and values, could reject null. */
function hasChoices(schema: JsonSchema): boolean {
  return ['anyOf', 'oneOf', 'allOf', 'not'].some((keyword) => keyword in schema)
}

function isNull(choice: unknown): boolean {
  return isPlain(choice) && (choice.type === 'null' || ('const' in choice && choice.const === null))
}

/** Schemas that accept more values than before must not exclude each other, or be excluded. */
function convertLoose(draft: Draft, schema: JsonSchema): void {
  if (isLooser(schema.not)) delete draft.not
  if (draft.oneOf === undefined || !listOf(schema.oneOf).some(isLooser)) return
  addChoices(draft, listOf(draft.oneOf))
  delete draft.oneOf
}

/** Whether the schema loses a keyword, or one of its subschemas does. */
function isLooser(schema: unknown): boolean {
  if (!isPlain(schema)) return false
  let found = LOST.some((keyword) => keyword in schema)
  mapSubschemas(schema, (part) => {
    found ||= isLooser(part)
    return part
  })
  return found
}

function addNullToEnum(draft: Draft): void {
  if (Array.isArray(draft.enum) && !draft.enum.includes(null)) draft.enum = [...draft.enum, null]
}

function convertTypes(draft: Draft): void {
  const all = [draft.type ?? []].flat()
  const others = all.filter((type) => type !== 'null')
  const hasNull = others.length < all.length
  if (others.length > 1) {
    delete draft.type
    const types = others.map((type) => ({
      type,
      ...(type === 'array' ? { items: draft.items ?? {} } : {}),
    }))
    addChoices(draft, hasNull ? [...types, NULL] : types)
  } else if (others.length === 1) {
    draft.type = others[0]
    if (hasNull) draft.nullable = true
  } else if (all.length > 0) Object.assign(draft, NULL)
  if (hasNull) addNullToEnum(draft)
}
