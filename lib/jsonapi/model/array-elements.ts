/**
 * Elements of arrays of PostgreSQL in the form of single values, where its JSON has another one.
 *
 *     numeric[]  {0.10}  →  ["0.10"]      timestamptz[]  {"2020-01-31 11:00:00+01"}  →  ["2020-01-31T10:00:00Z"]
 */
import { type Expression, sql } from 'kysely'
import { mapElements } from './array-text.ts'
import { dateCodec, datetimeCodec, timeCodec } from './date-codec.ts'
import type { ValueType } from './model.ts'
import { decimalCodec } from './number-codec.ts'
import { ownValue } from './own-value.ts'
import { baseTypeOf } from './plain-codec.ts'
import type { ValueCodec } from './value.ts'

const CODECS: Readonly<Record<string, ValueCodec>> = {
  numeric: decimalCodec,
  money: decimalCodec,
  date: dateCodec,
  'time without time zone': timeCodec,
  'timestamp without time zone': datetimeCodec,
  'timestamp with time zone': datetimeCodec,
}

/** JSON of an array in SQL; decimals within it are texts, with all their digits. */
export function arrayJson(reference: Expression<unknown>, type: string): Expression<unknown> {
  const isDecimal = codecOfElements(type) === decimalCodec
  return sql`to_json(${isDecimal ? sql`cast(cast(${reference} as numeric[]) as text[])` : reference})`
}

/** An array as documents have it. @param list that {@link arrayJson} has made. */
export function elementsJson(list: unknown, type: string): unknown {
  const codec = codecOfElements(type)
  return codec
    ? mapElements(list, (element) => codec.serialize(element, elementType(type), 'postgres'))
    : list
}

/** The text of an element, as PostgreSQL reads it. @throws {ValueError} for a value that the type does not have. */
export function elementText(element: unknown, type: string): string {
  const codec = codecOfElements(type)
  if (codec) return String(codec.parse(element, elementType(type), 'postgres') ?? '')
  return typeof element === 'string' ? element : JSON.stringify(element)
}

function codecOfElements(type: string): ValueCodec | undefined {
  return ownValue(CODECS, baseTypeOf(elementType(type)))
}

function elementType(type: string): ValueType {
  return { kind: 'json', type: type.replace(/(\[\])+$/, ''), hasTimeZone: type.includes('with time zone') }
}
