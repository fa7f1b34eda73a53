/** Tags: the groups of a document. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { deepMerge } from './deep-merge.ts'
import type { Dialect } from './open-api-version.ts'

/** A group in the words of OpenAPI. */
export interface Tag {
  readonly name: string
  readonly description?: string
  readonly [member: string]: unknown
}

/** The group of a blueprint. */
export interface NamedTag {
  readonly name: string
  readonly description: string | undefined
  /** The group that this one stands in. */
  readonly parent: string | undefined
}

/** Those of blueprints first, in order; what the developer says of them over them, then the rest of it. */
export function tagsOf(
  blueprints: readonly NamedTag[],
  said: readonly Tag[],
  dialect: Dialect,
): JsonSchema[] {
  const tags = new Map<string, JsonSchema>()
  for (const { name, description, parent } of blueprints) {
    tags.set(name, {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parent !== undefined && dialect.isOpenApi32 ? { parent } : {}),
    })
  }
  for (const tag of said) tags.set(tag.name, deepMerge(tags.get(tag.name), tag) as JsonSchema)
  return [...tags.values()]
}
