/**
 * What a library says of its output only because its validation cuts it: zod closes every object.
 *
 *     output { …, additionalProperties: false }, input { … }  →  output { … }
 *
 * The output then is the input's equal more often, and is what a client has to count on: more may come.
 */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, put } from '../../schema/record.ts'
import { mapSchemas } from './subschema.ts'

/** The output without `additionalProperties: false` where the input does not say the same. */
export function relaxed(output: JsonSchema, input: JsonSchema | undefined): JsonSchema {
  const copy = mapSchemas(output, (part, keyword, name) => {
    if (!isPlain(part)) return part
    const other = at(input?.[keyword], name)
    return relaxed(part, isPlain(other) ? other : undefined)
  })
  if (copy.additionalProperties === false && input?.additionalProperties !== false)
    delete copy.additionalProperties
  if (isPlain(output.$defs)) {
    const defs: Record<string, unknown> = {}
    for (const name of Object.keys(output.$defs)) {
      const [def, other] = [output.$defs[name], at(input?.$defs, name)]
      put(defs, name, isPlain(def) ? relaxed(def, isPlain(other) ? other : undefined) : def)
    }
    copy.$defs = defs
  }
  return copy
}

function at(value: unknown, name: string | undefined): unknown {
  if (name === undefined) return value
  if (Array.isArray(value)) return value[Number(name)]
  return isPlain(value) && Object.hasOwn(value, name) ? value[name] : undefined
}
