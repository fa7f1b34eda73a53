/** Patches: what a merge patch (RFC 7396) and a JSON patch (RFC 6902) look like. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, listOf, put } from '../../schema/record.ts'
import { definitionName, resolve } from '../../schema/reference.ts'
import { mapSchemas } from '../schema/keywords.ts'
import type { DescribedSchema, SchemaObject } from '../schema/schema-book.ts'
import { nameOf } from '../schema/schema-name.ts'
import type { DocumentBuilder } from './draft.ts'

/**
 * The state's schema with nothing required, all the way down: what is left out stays, null takes away what may
 * be missing. Named after the state: `PetPatch`.
 */
export function mergePatchSchema(draft: DocumentBuilder, { root, origin }: DescribedSchema): SchemaObject {
  const head = resolve(root, root.$ref) ?? root
  const name = isPlain(head) ? nameOf(head, definitionName(root.$ref))?.name : undefined
  const patch = looser(root, root, [])
  const described = { root: isPlain(patch) ? patch : {}, origin }
  if (name === undefined) return draft.schemas.write(described)
  return draft.schemas.write({ root: { ...described.root, $id: `${name}Patch` }, origin })
}

/** @param above what this part stands in: what contains itself is not told again. */
function looser(root: JsonSchema, schema: unknown, above: readonly unknown[]): unknown {
  if (!isPlain(schema)) return schema
  if (above.includes(schema)) return {}
  const inner = [...above, schema]
  if (typeof schema.$ref === 'string') {
    const target = looser(root, resolve(root, schema.$ref), inner)
    const { $ref, $defs, ...rest } = schema
    return isPlain(target) ? { ...target, ...rest } : target
  }
  const { required, $id, id, title, $defs, ...rest } = schema
  const needed = listOf(required)
  const loose = mapSchemas(rest, (part, keyword, name) => {
    const isMember = keyword === 'properties'
    // Lists are replaced as a whole (RFC 7396 §1), and so are the members of their items.
    const other = KEEPING.includes(keyword) ? expanded(root, part, inner) : looser(root, part, inner)
    return isMember && !needed.includes(name) ? orNull(other) : other
  })
  delete loose.minProperties
  return loose
}

const KEEPING = ['items', 'prefixItems', 'contains', 'not', 'propertyNames']

/** The same, with what it refers to in its place. */
function expanded(root: JsonSchema, schema: unknown, above: readonly unknown[]): unknown {
  if (!isPlain(schema)) return schema
  if (above.includes(schema)) return {}
  const inner = [...above, schema]
  const { $ref, $defs, ...rest } = mapSchemas(schema, (part) => expanded(root, part, inner))
  if ($ref === undefined) return rest
  const target = expanded(root, resolve(root, $ref), inner)
  return isPlain(target) ? { ...target, ...rest } : target
}

function orNull(schema: unknown): unknown {
  if (!isPlain(schema)) return schema
  const { default: _, ...rest } = schema // what is left out stays as it is
  if (typeof rest.type === 'string' && !('enum' in rest) && !('const' in rest))
    return { ...rest, type: [rest.type, 'null'] }
  const { description, deprecated, ...words } = rest
  const said: Record<string, unknown> = {}
  for (const [name, value] of Object.entries({ description, deprecated }))
    if (value !== undefined) put(said, name, value)
  return Object.keys(words).length === 0 ? rest : { anyOf: [words, { type: 'null' }], ...said }
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

export function jsonPatchSchema(draft: DocumentBuilder): SchemaObject {
  return draft.schemas.own('JsonPatch', JSON_PATCH)
}

function operation(ops: readonly string[], members: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: { op: { type: 'string', enum: ops }, path: POINTER, ...members },
    required: ['op', 'path', ...Object.keys(members)],
  }
}
