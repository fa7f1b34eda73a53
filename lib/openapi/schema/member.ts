/** The members of a described object, one by one: each will be a parameter of its own. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, listOf } from '../../schema/record.ts'
import { resolve } from '../../schema/reference.ts'

export interface Member {
  readonly name: string
  readonly schema: unknown
  readonly isRequired: boolean
}

/** Those of alternatives are never required. Empty for what is no object, or has no members it knows. */
export function membersOf(root: JsonSchema): Member[] {
  const members = new Map<string, Member>()
  const gather = (schema: unknown, isSure: boolean, above: readonly unknown[]): void => {
    if (!isPlain(schema) || above.includes(schema)) return
    const inner = [...above, schema]
    if (schema.$ref !== undefined) gather(resolve(root, schema.$ref), isSure, inner)
    for (const part of listOf(schema.allOf)) gather(part, isSure, inner)
    for (const part of [...listOf(schema.anyOf), ...listOf(schema.oneOf)]) gather(part, false, inner)
    const required = isSure ? listOf(schema.required) : []
    if (isPlain(schema.properties)) {
      for (const name of Object.keys(schema.properties)) {
        const known = members.get(name)
        const part = schema.properties[name]
        const isRequired = required.includes(name) || (known?.isRequired ?? false)
        members.set(name, { name, schema: known && !isSure ? either(known.schema, part) : part, isRequired })
      }
    }
  }
  gather(root, true, [])
  return [...members.values()]
}

/** What one of several alternatives says of the same member. */
function either(one: unknown, other: unknown): unknown {
  if (JSON.stringify(one) === JSON.stringify(other)) return one
  const choices = isPlain(one) && Object.keys(one).join() === 'anyOf' ? listOf(one.anyOf) : [one]
  return { anyOf: [...choices, other] }
}
