/** Parameters that are told in the words of OpenAPI, among those that schemas describe. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { Parameter } from './parameter.ts'

/**
 * What is said of a parameter that is known is merged with it, at its place; others come first.
 *
 * @param said of more than one source, the last over the first.
 */
export function withManual(
  known: readonly (Parameter | JsonSchema)[],
  said: readonly JsonSchema[],
): (Parameter | JsonSchema)[] {
  const whole = [...known]
  const added: JsonSchema[] = []
  for (const parameter of said) {
    const list = [whole, added].find((all) => all.some((other) => isSame(other, parameter)))
    const index = list?.findIndex((other) => isSame(other, parameter)) ?? -1
    if (list) list[index] = { ...list[index], ...parameter }
    else added.push(parameter)
  }
  return [...added, ...whole]
}

/** Names of header fields have no case. */
export function isSame(one: Parameter | JsonSchema, other: Parameter | JsonSchema): boolean {
  if (one.name === undefined || one.in !== other.in) return false
  if (one.in !== 'header') return one.name === other.name
  return String(one.name).toLowerCase() === String(other.name).toLowerCase()
}
