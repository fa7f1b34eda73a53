/**
 * The JSON Schema of a schema: for documentation, columns, coercion and pruning.
 *
 * Always 2020-12, which every library with JSON Schema output supports; the checks of a schema never depend on it.
 */
import type { StandardJSONSchemaV1 } from '@standard-schema/spec'
import { isPlain, put } from './record.ts'
import type { Schema } from './schema.ts'
import { KIND, type Kind, libraryOptionsOf } from './vendor.ts'

/** A JSON Schema 2020-12 document or a part of one. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** Returns the JSON Schema of a schema; undefined leaves it to the library. */
export type JsonSchemaHook = (schema: unknown, io: 'input' | 'output') => JsonSchema | undefined

/** Null: the library has none. */
type Known = { [io in 'input' | 'output']?: JsonSchema | null }

const known = new WeakMap<object, Known>()
const kinds = new WeakMap<object, Kind>()

/**
 * The JSON Schema of a schema's input or output, without `$schema`. It is cached and must not be changed.
 *
 * @param hook Called first; its errors are thrown.
 * @returns Undefined when neither the hook nor the library has one.
 */
export function jsonSchemaOf(
  schema: Schema,
  io: 'input' | 'output',
  hook?: JsonSchemaHook,
): JsonSchema | undefined {
  const own = hook?.(schema, io)
  if (own) return tidy(own)
  const entry: Known = known.get(schema) ?? {}
  known.set(schema, entry)
  entry[io] ??= describe(schema, io) ?? null
  return entry[io] ?? undefined
}

/** The type that a text is converted to, for a part that describes a Date or bigint; undefined for other parts. */
export function kindOf(part: JsonSchema): Kind | undefined {
  return kinds.get(part)
}

function describe(schema: Schema, io: 'input' | 'output'): JsonSchema | undefined {
  try {
    const standard: Partial<StandardJSONSchemaV1.Props> = schema['~standard']
    const libraryOptions = libraryOptionsOf(standard.vendor ?? '', io)
    const described: unknown = standard.jsonSchema?.[io]({
      target: 'draft-2020-12',
      ...(libraryOptions ? { libraryOptions } : {}),
    })
    return isPlain(described) ? tidy(described) : undefined
  } catch {
    return undefined
  }
}

function tidy(schema: JsonSchema): JsonSchema {
  const { $schema: _, ...rest } = schema
  return copyOf(rest) as JsonSchema
}

/** A deep copy without the `~kind` marks, which are stored in `kinds`. */
function copyOf(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(copyOf)
  if (!isPlain(part)) return part
  const copy: Record<string, unknown> = {}
  for (const name of Object.keys(part)) {
    const value = part[name]
    if (name === KIND && (value === 'date' || value === 'bigint')) kinds.set(copy, value)
    else put(copy, name, copyOf(value))
  }
  return copy
}
