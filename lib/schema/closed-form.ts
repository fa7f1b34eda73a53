/**
 * The form of a JSON Schema that a value matches only where nothing has to be removed from it.
 *
 *     { properties: { n: {} } }  →  { properties: { n: {} }, additionalProperties: false, 'mazurka:record': true }
 */
import { _, type CodeKeywordDefinition } from 'ajv/dist/2020.js'
import type { JsonSchema } from './json-schema.ts'
import { isPlain, listOf } from './record.ts'
import { mapSubschemas } from './subschema.ts'

/** Keywords that neither know members nor refer to schemas that do. */
const NEUTRAL_KEYWORDS = new Set([
  ...['$schema', '$comment', 'title', 'description', 'examples', 'deprecated', 'readOnly', 'writeOnly'],
  ...['type', 'format', 'pattern', 'minLength', 'maxLength'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minItems', 'maxItems', 'required', 'minProperties', 'maxProperties'],
])

const RECORD_KEYWORD = 'mazurka:record'

/** The value is a record that JSON writes as it is: of no class, and without `toJSON`. */
export const RECORD: CodeKeywordDefinition = {
  keyword: RECORD_KEYWORD,
  type: 'object',
  code: (context) => {
    const { gen, data } = context
    const prototype = gen.const('prototype', _`Object.getPrototypeOf(${data})`)
    const isOfClass = _`${prototype} !== null && ${prototype} !== Object.prototype`
    context.fail(_`${isOfClass} || typeof ${data}.toJSON === "function"`)
  },
}

/** Undefined where a schema has keywords other than members, items and checks of single values. */
export function closedForm(schema: JsonSchema): JsonSchema | undefined {
  return isSimple(schema) ? close(schema) : undefined
}

function isSimple(part: unknown): boolean {
  if (!isPlain(part)) return typeof part === 'boolean'
  const { properties = {}, additionalProperties = false, items, const: only, enum: all, ...others } = part
  return (
    isPlain(properties) &&
    Object.values(properties).every(isSimple) &&
    typeof additionalProperties === 'boolean' &&
    (items === undefined || (isSimple(items) && isList(part))) &&
    [only, ...listOf(all)].every((value) => Object(value) !== value) &&
    Object.keys(others).every((keyword) => NEUTRAL_KEYWORDS.has(keyword))
  )
}

/** Whether a value with items can only be an array: other iterables are made one before. */
function isList({ type = 'object' }: JsonSchema): boolean {
  return ![type].flat().includes('object')
}

function close<T>(part: T): T | JsonSchema {
  if (!isPlain(part)) return part
  const closed = mapSubschemas(part, close)
  const { properties, additionalProperties } = part
  if (properties === undefined && additionalProperties === undefined) return closed
  return Object.assign(closed, {
    additionalProperties: additionalProperties ?? false,
    [RECORD_KEYWORD]: true,
  })
}
