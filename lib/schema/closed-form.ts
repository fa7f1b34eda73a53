/**
 * The form of a JSON Schema that a value matches only where nothing has to be removed from it.
 *
 *     { properties: { n: {} } }  →  { properties: { n: {} }, additionalProperties: false, 'mazurka:plain': true }
 */
import { _, type CodeKeywordDefinition } from 'ajv/dist/2020.js'
import type { JsonSchema } from './json-schema.ts'
import { asksForContainer } from './own-members.ts'
import { isPlain, listOf } from './record.ts'
import { mapSchemas } from './subschema.ts'

/** Keywords that neither know members nor refer to schemas that do. */
const NEUTRAL_KEYWORDS = new Set([
  ...['$schema', '$comment', 'title', 'description', 'examples', 'deprecated', 'readOnly', 'writeOnly'],
  ...['type', 'nullable', 'format', 'pattern', 'minLength', 'maxLength'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minItems', 'maxItems', 'required', 'minProperties', 'maxProperties'],
])

const PLAIN_KEYWORD = 'mazurka:plain'

/** JSON writes the record or the list as it is: it is of no class, and has no `toJSON`. */
export const PLAIN: CodeKeywordDefinition = {
  keyword: PLAIN_KEYWORD,
  type: ['object', 'array'],
  code: (context) => {
    const { gen, data } = context
    const prototype = gen.const('prototype', _`Object.getPrototypeOf(${data})`)
    const isOfClass = _`${prototype} !== null && ${prototype} !== Object.prototype && ${prototype} !== Array.prototype`
    context.fail(_`${isOfClass} || typeof ${data}.toJSON === "function"`)
  },
}

/** Undefined where a schema has keywords other than members, items, local references, alternatives and checks of values. */
export function closedForm(schema: JsonSchema): JsonSchema | undefined {
  return isSimple(schema) ? close(schema, JSON.stringify(schema).includes('"anyOf"')) : undefined
}

function isSimple(part: unknown): boolean {
  if (!isPlain(part)) return typeof part === 'boolean'
  const { properties = {}, additionalProperties = false, items, const: only, enum: all, ...others } = part
  const { $ref = '#', $defs = {}, definitions = {}, anyOf = [], oneOf = [], ...checks } = others
  return (
    [properties, $defs, definitions].every(
      (named) => isPlain(named) && Object.values(named).every(isSimple),
    ) &&
    [anyOf, oneOf].every((choices) => listOf(choices).every(isSimple)) &&
    SOURCES.filter((keyword) => keyword in part).length <= 1 &&
    listOf(oneOf).filter((choice) => !isScalar(choice)).length <= 1 &&
    !Object.hasOwn(Object(properties), '__proto__') && // Ajv does not look at it
    String($ref).startsWith('#') &&
    typeof additionalProperties === 'boolean' &&
    (items === undefined || (isSimple(items) && isList(part))) &&
    [only, ...listOf(all)].every((value) => Object(value) !== value) &&
    Object.keys(checks).every((keyword) => NEUTRAL_KEYWORDS.has(keyword))
  )
}

/** Keywords that may know members: where a schema has two of these, neither knows all of them. */
const SOURCES = ['properties', '$ref', 'anyOf', 'oneOf']

/** Whether no value of a schema has members or items: closed, it matches the same values. */
function isScalar(part: unknown): boolean {
  const types = isPlain(part) && part.type !== undefined ? [part.type].flat() : ['object']
  return !types.includes('object') && !types.includes('array')
}

/** Whether a value with items can only be an array: other iterables are made one before. */
function isList({ type = 'object' }: JsonSchema): boolean {
  return ![type].flat().includes('object')
}

/** @param isChosen Whether a part may be an alternative: of an array that it lets through, another one may know the items. */
function close<T>(part: T, isChosen: boolean): T | JsonSchema {
  if (!isPlain(part)) return part
  const closed = mapSchemas(part, (inner) => close(inner, isChosen))
  const { properties, additionalProperties, items, type = 'array' } = part
  const hasMembers = properties !== undefined || additionalProperties !== undefined
  if (hasMembers) closed.additionalProperties = additionalProperties ?? false
  if (hasMembers && isChosen && [type].flat().includes('array')) closed.not = { type: 'array' }
  if (hasMembers || items !== undefined || asksForContainer(part)) closed[PLAIN_KEYWORD] = true
  return closed
}
