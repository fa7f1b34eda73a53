/**
 * Output schemas of zod that a hook describes, without `additionalProperties: false`, which zod adds to every object.
 *
 *     output { …, additionalProperties: false }, input { … }  →  output { … }
 *
 * Clients have to accept additional members, and output and input are more often equal.
 */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, put } from '../../schema/record.ts'
import { mapSubschemas } from '../../schema/subschema.ts'

/** The output schema without `additionalProperties: false`, except where the input schema has it too. */
export function relaxOutput(output: JsonSchema, input: JsonSchema | undefined): JsonSchema {
  const copy = mapSubschemas(output, (part, keyword, name) => {
    if (!isPlain(part)) return part
    const inputPart = memberAt(input?.[keyword], name)
    return relaxOutput(part, isPlain(inputPart) ? inputPart : undefined)
  })
  if (copy.additionalProperties === false && input?.additionalProperties !== false)
    delete copy.additionalProperties
  if (isPlain(output.$defs)) {
    const defs: Record<string, unknown> = {}
    for (const name of Object.keys(output.$defs)) {
      const [def, inputDef] = [output.$defs[name], memberAt(input?.$defs, name)]
      put(defs, name, isPlain(def) ? relaxOutput(def, isPlain(inputDef) ? inputDef : undefined) : def)
    }
    copy.$defs = defs
  }
  return copy
}

function memberAt(value: unknown, name: string | undefined): unknown {
  if (name === undefined) return value
  if (Array.isArray(value)) return value[Number(name)]
  return isPlain(value) && Object.hasOwn(value, name) ? value[name] : undefined
}
