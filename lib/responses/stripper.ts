/** The data of a response as its schema validates it: in the form that JSON writes, without members that the schema does not know. */
import { withForms } from '../schema/json-form.ts'
import { type JsonSchemaHook, jsonSchemaOf } from '../schema/json-schema.ts'
import { prunerOf } from '../schema/pruner.ts'
import type { Schema } from '../schema/schema.ts'

/** Libraries that return a record of the members they have read: none that are unknown, unless the schema allows them. */
const RETURNS_KNOWN: readonly string[] = ['zod', 'valibot']

/**
 * A function that prepares data for its validation; compiled when data is first sent.
 *
 * Where the library writes no JSON Schema, nothing tells where the schema has members: only values with `toJSON` are
 * converted.
 *
 * @param isCheck Whether the data itself is sent, and not the output of the schema: no members are removed.
 */
export function stripperOf(
  schema: Schema,
  isCheck: boolean,
  hook: JsonSchemaHook | undefined,
): (data: unknown) => unknown {
  let strip: ((data: unknown) => unknown) | undefined
  return (data) => {
    strip ??= compile(schema, isCheck, hook)
    return strip(data)
  }
}

function compile(
  schema: Schema,
  isCheck: boolean,
  hook: JsonSchemaHook | undefined,
): (data: unknown) => unknown {
  const described = jsonSchemaOf(schema, 'input', hook)
  if (!described) return withForms
  const { vendor } = schema['~standard']
  const returnsKnown = RETURNS_KNOWN.includes(vendor)
  return prunerOf(described, {
    keepsUnknown: isCheck || returnsKnown,
    readsInherited: returnsKnown && !isCheck,
    keepsIterators: isCheck,
    isJson: vendor === 'mazurka',
  })
}
