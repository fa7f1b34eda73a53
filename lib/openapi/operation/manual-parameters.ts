/** Parameter Objects of the developer's, merged with those generated from schemas. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { Parameter } from './parameter.ts'

/**
 * Merges a manual parameter over the generated one of the same name and location; the others come first.
 *
 * @param manual of several sources; a later one overrides an earlier one.
 */
export function mergeParameters(
  generated: readonly (Parameter | JsonSchema)[],
  manual: readonly JsonSchema[],
): (Parameter | JsonSchema)[] {
  const merged = [...generated]
  const added: JsonSchema[] = []
  for (const parameter of manual) {
    const list = [merged, added].find((all) => all.some((other) => isSameParameter(other, parameter)))
    const index = list?.findIndex((other) => isSameParameter(other, parameter)) ?? -1
    if (list) list[index] = { ...list[index], ...parameter }
    else added.push(parameter)
  }
  return [...added, ...merged]
}

/** Whether name and location are equal; names of header fields are case-insensitive. */
export function isSameParameter(one: Parameter | JsonSchema, other: Parameter | JsonSchema): boolean {
  if (one.name === undefined || one.in !== other.in) return false
  if (one.in !== 'header') return one.name === other.name
  return String(one.name).toLowerCase() === String(other.name).toLowerCase()
}
