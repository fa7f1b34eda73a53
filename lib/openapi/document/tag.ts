/** Tags: the groups of operations in a document. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { deepMerge } from './deep-merge.ts'
import type { VersionFeatures } from './open-api-version.ts'

/** A Tag Object. */
export interface Tag {
  readonly name: string
  readonly description?: string
  readonly [member: string]: unknown
}

/** The tag of a blueprint. */
export interface BlueprintTag {
  readonly name: string
  readonly description: string | undefined
  /** Tag of the parent blueprint. */
  readonly parent: string | undefined
}

/** Tags of blueprints in their order, merged with the developer's; further ones of the developer's come last. */
export function tagsOf(
  blueprints: readonly BlueprintTag[],
  own: readonly Tag[],
  features: VersionFeatures,
): JsonSchema[] {
  const tags = new Map<string, JsonSchema>()
  for (const { name, description, parent } of blueprints) {
    tags.set(name, {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parent !== undefined && features.isOpenApi32 ? { parent } : {}),
    })
  }
  for (const tag of own) tags.set(tag.name, deepMerge(tags.get(tag.name), tag) as JsonSchema)
  return [...tags.values()]
}
