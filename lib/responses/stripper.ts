/** The data of a response as its schema validates it: in the form that JSON writes, without members that the schema does not know. */
import { bytesOf } from '../json/bytes.ts'
import { hasToJson } from '../schema/json-form.ts'
import { type JsonSchemaHook, jsonSchemaOf } from '../schema/json-schema.ts'
import { prunerOf } from '../schema/pruner.ts'
import type { Schema } from '../schema/schema.ts'

/**
 * Libraries that return a record of the members they have read: none that are unknown, unless the schema allows them. Their
 * functions (`z.preprocess`, `v.instance`) get the values of the handler.
 */
const RETURNS_KNOWN: readonly string[] = ['zod', 'valibot']

/**
 * A function that prepares data for its validation.
 *
 * @param isCheck Whether the data itself is sent, and not the output of the schema: no members are removed.
 */
export function stripperOf(
  schema: Schema,
  isCheck: boolean,
  hook: JsonSchemaHook | undefined,
): (data: unknown) => unknown {
  const { vendor } = schema['~standard']
  if (RETURNS_KNOWN.includes(vendor)) return isCheck ? (data) => data : jsonRows
  return prunerOf(jsonSchemaOf(schema, 'input', hook), {
    keepsUnknown: isCheck,
    isJson: vendor === 'mazurka',
  })
}

/** A row that has `toJSON` as its JSON form; the same for the rows of a list. */
function jsonRows(data: unknown): unknown {
  const row = jsonRow(data)
  if (!Array.isArray(row)) return row
  return row.some((one) => jsonRow(one) !== one) ? row.map(jsonRow) : row
}

function jsonRow(row: unknown): unknown {
  if (typeof row !== 'object' || row === null || !hasToJson(row) || bytesOf(row)) return row
  const json = row.toJSON('')
  return typeof json === 'object' && json !== null ? json : row
}
