/** The last look at a document: stand-ins become references, and every reference leads somewhere. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, listOf, type PlainRecord, put } from '../../schema/record.ts'
import { resolve } from '../../schema/reference.ts'
import type { SchemaComponents } from '../schema/schema-components.ts'
import type { PathItem } from './path-item.ts'

/** What stands below these is data, and may look like anything. */
const DATA = new Set(['example', 'examples', 'default', 'enum', 'const', 'value'])
/** What stands below these has names of the developer's. */
const NAMING = new Set([
  'properties',
  'patternProperties',
  'responses',
  'schemas',
  'paths',
  'headers',
  'content',
])

/** A copy with final references. */
export function resolveReferences(part: unknown, components: SchemaComponents): unknown {
  if (Array.isArray(part)) return part.map((item) => resolveReferences(item, components))
  if (!isPlain(part)) return part
  const copy: PlainRecord = {}
  for (const name of Object.keys(part)) {
    const value = part[name]
    if (value === undefined) continue
    const reference = name === '$ref' && typeof value === 'string' ? components.resolve(value) : undefined
    put(copy, name, reference ?? resolveReferences(value, components))
  }
  return copy
}

/** @throws {TypeError} for a `$ref` within the document that leads nowhere. */
export function checkReferences(document: JsonSchema): void {
  const sound = new Set<string>()
  const look = (part: unknown, path: readonly string[], isNaming: boolean): void => {
    if (Array.isArray(part)) {
      for (const [index, item] of part.entries()) look(item, [...path, String(index)], false)
    } else if (isPlain(part)) {
      const { $ref } = part
      if (!isNaming && typeof $ref === 'string' && !sound.has($ref)) {
        if (!isKnown(document, $ref)) throw dangling($ref, path)
        sound.add($ref)
      }
      for (const name of Object.keys(part)) {
        if (isNaming || !DATA.has(name)) look(part[name], [...path, name], !isNaming && NAMING.has(name))
      }
    }
  }
  look(document, [], false)
}

/** What is outside is not ours to see. */
function isKnown(document: JsonSchema, reference: string): boolean {
  return /^[a-z][a-z\d+.-]*:/i.test(reference) || resolve(document, reference) !== undefined
}

function dangling(reference: string, [area, ...path]: readonly string[]): TypeError {
  const [first, second] = path
  const place = area === 'paths' ? `${second?.toUpperCase()} ${first}` : [area, ...path].join('.')
  return new TypeError(`The $ref '${reference}' leads nowhere, in ${place}`)
}

/** @throws {TypeError} for a security scheme that the document does not describe, naming the operation. */
export function checkSecurity(document: JsonSchema): void {
  const schemes = resolve(document, '#/components/securitySchemes')
  const check = (requirements: unknown, where: string): void => {
    const names = listOf(requirements).flatMap((requirement) =>
      isPlain(requirement) ? Object.keys(requirement) : [],
    )
    const unknown = names.find((name) => !isPlain(schemes) || !Object.hasOwn(schemes, name))
    if (unknown === undefined) return
    throw new TypeError(
      `The security of ${where} asks for '${unknown}', which is none of components.securitySchemes`,
    )
  }
  check(document.security, 'the document')
  for (const item of Object.values(document.paths as Record<string, PathItem>)) {
    for (const { security, operationId } of Object.values(item)) check(security, `'${operationId}'`)
  }
}
