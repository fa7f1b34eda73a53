/** Members of an object schema: each one becomes a parameter. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, listOf } from '../../schema/record.ts'
import { targetsOf } from '../../schema/reference.ts'

export interface Member {
  readonly name: string
  readonly schema: unknown
  readonly isRequired: boolean
}

/** All members, also those of `allOf`, `anyOf` and `oneOf`; members of alternatives are optional. */
export function membersOf(root: JsonSchema): Member[] {
  const members = new Map<string, Member>()
  const collect = (schema: unknown, isAlternative: boolean, ancestors: readonly unknown[]): void => {
    if (!isPlain(schema) || ancestors.includes(schema)) return
    const inner = [...ancestors, schema]
    for (const part of [...targetsOf(root, schema), ...listOf(schema.allOf)])
      collect(part, isAlternative, inner)
    for (const part of [...listOf(schema.anyOf), ...listOf(schema.oneOf)]) collect(part, true, inner)
    const required = isAlternative ? [] : listOf(schema.required)
    if (!isPlain(schema.properties)) return
    for (const name of Object.keys(schema.properties)) {
      const known = members.get(name)
      const part = schema.properties[name]
      const isRequired = required.includes(name) || (known?.isRequired ?? false)
      members.set(name, {
        name,
        schema: known && isAlternative ? anyOf(known.schema, part) : part,
        isRequired,
      })
    }
  }
  collect(root, false, [])
  return [...members.values()]
}

/** The schema of a member that several alternatives have. */
function anyOf(one: unknown, other: unknown): unknown {
  if (JSON.stringify(one) === JSON.stringify(other)) return one
  const choices = isPlain(one) && Object.keys(one).join() === 'anyOf' ? listOf(one.anyOf) : [one]
  return { anyOf: [...choices, other] }
}
