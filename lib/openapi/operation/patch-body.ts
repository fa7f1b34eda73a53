/** Schemas of patches: merge patch (RFC 7396) and JSON Patch (RFC 6902). */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, listOf, put } from '../../schema/record.ts'
import { definitionName, resolve, targetsOf } from '../../schema/reference.ts'
import { addChoices, mapSubschemas } from '../../schema/subschema.ts'
import type { DocumentBuilder } from '../document/document-builder.ts'
import type { DescribedSchema, SchemaObject } from '../schema/schema-registry.ts'

/**
 * The schema of a merge patch: the state's schema with all members optional at every level, and optional members
 * nullable. Its name is the state's and `Patch`: `PetPatch`.
 */
export function mergePatchSchema(builder: DocumentBuilder, { root, origin }: DescribedSchema): SchemaObject {
  const state = resolve(root, root.$ref) ?? root
  const name = isPlain(state) ? builder.schemas.nameOf(state, definitionName(root.$ref))?.name : undefined
  const patch = toPatch(root, root, [])
  const described = { root: isPlain(patch) ? patch : {}, origin }
  if (name === undefined) return builder.schemas.write(described)
  return builder.schemas.write({ root: { ...described.root, $id: `${name}Patch` }, origin })
}

/** @param ancestors Schemas around this part; a recursive schema becomes `{}`. */
function toPatch(root: JsonSchema, schema: unknown, ancestors: readonly unknown[]): unknown {
  if (!isPlain(schema)) return schema
  if (ancestors.includes(schema)) return {}
  const inner = [...ancestors, schema]
  const targets = targetsOf(root, schema)
  if (targets.length > 0) {
    const target = toPatch(root, targets[0], inner)
    const { $ref, $dynamicRef, $defs, discriminator, ...rest } = schema
    return isPlain(target) ? { ...target, ...rest } : target
  }
  const { required, $id, id, title, $defs, discriminator, ...rest } = schema // a discriminator needs named schemas
  const requiredNames = listOf(required)
  const patch = mapSubschemas(rest, (part, keyword, name) => {
    // Arrays are replaced as a whole (RFC 7396 §1), and so are the members of their items.
    const converted = OPAQUE_KEYWORDS.includes(keyword)
      ? expand(root, part, inner)
      : toPatch(root, part, inner)
    const isRemovable =
      keyword === 'properties' ? !requiredNames.includes(name) : NAMING_KEYWORDS.includes(keyword)
    return isRemovable ? nullable(converted) : converted
  })
  for (const keyword of WHOLE_KEYWORDS) delete patch[keyword]
  const { oneOf, ...others } = patch
  if (oneOf !== undefined) addChoices(others, listOf(oneOf)) // without required members, several may match
  return others
}

/** Keywords that allow members without naming them: a patch may remove those. */
const NAMING_KEYWORDS = ['patternProperties', 'additionalProperties', 'unevaluatedProperties']

/** Keywords about all members of an object: the patched state has to meet them, a patch has not. */
const WHOLE_KEYWORDS = [
  ...['minProperties', 'maxProperties', 'dependentRequired', 'dependentSchemas', 'dependencies'],
  ...['if', 'then', 'else', 'not'],
]

/** Keywords whose schemas a merge patch does not change. */
const OPAQUE_KEYWORDS = ['items', 'prefixItems', 'contains', 'propertyNames']

/** The schema with each `$ref` replaced by its target. */
function expand(root: JsonSchema, schema: unknown, ancestors: readonly unknown[]): unknown {
  if (!isPlain(schema)) return schema
  if (ancestors.includes(schema)) return {}
  const inner = [...ancestors, schema]
  const copy = mapSubschemas(schema, (part) => expand(root, part, inner))
  const { $ref, $dynamicRef, $defs, discriminator, ...rest } = copy
  const targets = targetsOf(root, schema)
  if (targets.length === 0) return rest
  const target = expand(root, targets[0], inner)
  return isPlain(target) ? { ...target, ...rest } : target
}

function nullable(schema: unknown): unknown {
  if (!isPlain(schema)) return schema
  const { default: _, ...rest } = schema // an omitted member keeps its value
  if (typeof rest.type === 'string' && !('enum' in rest) && !('const' in rest))
    return { ...rest, type: [rest.type, 'null'] }
  const { description, deprecated, ...keywords } = rest
  const annotations: Record<string, unknown> = {}
  for (const [name, value] of Object.entries({ description, deprecated }))
    if (value !== undefined) put(annotations, name, value)
  return Object.keys(keywords).length === 0 ? rest : { anyOf: [keywords, { type: 'null' }], ...annotations }
}

const POINTER: JsonSchema = { type: 'string', format: 'json-pointer' }

/** RFC 6902 §4. */
const JSON_PATCH: JsonSchema = {
  type: 'array',
  items: {
    oneOf: [
      operation(['add', 'replace', 'test'], { value: {} }),
      operation(['remove'], {}),
      operation(['move', 'copy'], { from: POINTER }),
    ],
  },
}

export function jsonPatchSchema(builder: DocumentBuilder): SchemaObject {
  return builder.schemas.addBuiltIn('JsonPatch', JSON_PATCH)
}

function operation(ops: readonly string[], members: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: { op: { type: 'string', enum: ops }, path: POINTER, ...members },
    required: ['op', 'path', ...Object.keys(members)],
  }
}
