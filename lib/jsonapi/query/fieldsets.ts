/**
 * Sparse fieldsets: the fields to show, by type.
 *
 *     fields[article]=title,author&fields[person]=
 *
 * JSON:API 1.1, Sparse Fieldsets.
 */
import { parameterError } from '../errors/issue.ts'
import type { Resource } from '../resource/resource.ts'
import type { Fieldsets } from './condition.ts'
import { noSuchField, quoted, visibleAttribute, visibleRelationship } from './visible-field.ts'

/**
 * `type` and `id` are always shown, and may be named.
 *
 * @throws {BadRequest} 400, for an unknown type and for an unknown field.
 */
export function resolveFieldsets(
  fields: ReadonlyMap<string, readonly string[]>,
  resourceOf: (type: string) => Resource | undefined,
): Fieldsets {
  for (const [type, names] of fields) {
    const parameter = `fields[${type}]`
    const resource = resourceOf(type)
    if (!resource) throw parameterError(parameter, `no such type ${quoted(type)}`)
    for (const name of names) {
      const isKnown =
        name === 'type' || visibleAttribute(resource, name) || visibleRelationship(resource, name)
      if (!isKnown) throw parameterError(parameter, noSuchField(name))
    }
  }
  return new Map([...fields].map(([type, names]) => [type, new Set(names)]))
}
