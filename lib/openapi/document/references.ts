/** References of a finished document: placeholders become final references, and each `$ref` has to resolve. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, type PlainRecord, put, sparseRecord } from '../../schema/record.ts'
import { resolve } from '../../schema/reference.ts'
import type { SchemaComponents } from '../schema/schema-components.ts'

/** Members whose values are data: a `$ref` in them is not a reference. */
const DATA_MEMBERS = new Set(['example', 'examples', 'default', 'enum', 'const', 'value'])
/** Members whose keys the developer chooses: a key `$ref` or `example` has no special meaning. */
const MAP_MEMBERS = new Set([
  'properties',
  'patternProperties',
  'responses',
  'schemas',
  'paths',
  'headers',
  'content',
])

/**
 * A copy whose placeholders are replaced by references to components.
 *
 * @throws {TypeError} for a `$ref` within the document that cannot be resolved.
 */
export function resolveReferences(document: unknown, components: SchemaComponents): JsonSchema {
  const references = new Set<string>()
  const copyOf = (part: unknown, place?: string): unknown => {
    if (Array.isArray(part)) return part.map((item) => copyOf(item))
    if (!isPlain(part)) return part
    const copy: PlainRecord = place === 'responses' ? sparseRecord() : {}
    for (const name of Object.keys(part)) {
      const value = part[name]
      if (value === undefined) continue
      if (name === '$ref' && typeof value === 'string') {
        const reference = components.finalRef(value) ?? value
        copy.$ref = reference
        references.add(reference)
      } else
        put(
          copy,
          name,
          copyOf(typeof value === 'string' ? (components.finalRef(value) ?? value) : value, name),
        )
    }
    return copy
  }
  const resolved = copyOf(document) as JsonSchema
  // a `$ref` in data may lead nowhere: the slow search decides, and finds the place for the message
  if ([...references].some((reference) => !isResolvable(resolved, reference))) checkReferences(resolved)
  return resolved
}

/** @throws {TypeError} for a `$ref` that cannot be resolved, other than in data. */
function checkReferences(document: JsonSchema): void {
  const resolved = new Set<string>()
  const check = (part: unknown, path: readonly string[], isMap: boolean): void => {
    if (Array.isArray(part)) {
      for (const [index, item] of part.entries()) check(item, [...path, String(index)], false)
    } else if (isPlain(part)) {
      const { $ref } = part
      if (!isMap && typeof $ref === 'string' && !resolved.has($ref)) {
        if (!isResolvable(document, $ref)) throw unresolvedReference($ref, path)
        resolved.add($ref)
      }
      for (const name of Object.keys(part)) {
        if (isMap || !DATA_MEMBERS.has(name))
          check(part[name], [...path, name], !isMap && MAP_MEMBERS.has(name))
      }
    }
  }
  check(document, [], false)
}

/** Absolute URIs lead out of the document and are not checked. */
function isResolvable(document: JsonSchema, reference: string): boolean {
  return /^[a-z][a-z\d+.-]*:/i.test(reference) || resolve(document, reference) !== undefined
}

function unresolvedReference(reference: string, [area, ...path]: readonly string[]): TypeError {
  const [first, second] = path
  const place = area === 'paths' ? `${second?.toUpperCase()} ${first}` : [area, ...path].join('.')
  return new TypeError(`The $ref '${reference}' in ${place} cannot be resolved`)
}
