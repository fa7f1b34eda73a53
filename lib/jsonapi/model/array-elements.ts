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
  if (!codec) return list
  const own = elementType(type)
  return mapElements(list, (element) =>
    codec.serialize(own.hasTimeZone ? inUtc(String(element)) : element, own, 'postgres'),
  )
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

/** A time in the JSON of PostgreSQL, whose year may have more digits, and whose offset seconds. */
const ZONED = /^(\d{4,})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?([+-]\d\d)(?::(\d\d))?(?::(\d\d))?( BC)?$/

/** A time with an offset in the form of a column in UTC; another text as it is. */
function inUtc(text: string): string {
  const [
    found,
    years,
    month,
    day,
    hour,
    minute,
    second,
    fraction = '',
    hours,
    minutes = '0',
    seconds = '0',
    bc,
  ] = ZONED.exec(text) ?? []
  if (found === undefined) return text
  const offset = Number(`${hours}`.slice(1)) * 3600 + Number(minutes) * 60 + Number(seconds)
  const year = bc ? 1 - Number(years) : Number(years)
  const like = 2000 + (((year % 400) + 400) % 400) // the calendar repeats itself every 400 years
  const date = new Date(
    Date.UTC(like, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)),
  )
  date.setUTCSeconds(date.getUTCSeconds() - (hours?.startsWith('-') ? -offset : offset))
  const utcYear = year + date.getUTCFullYear() - like
  const [shown, era] = utcYear < 1 ? [1 - utcYear, ' BC'] : [utcYear, '']
  return `${String(shown).padStart(4, '0')}${date.toISOString().slice(4, 19)}${fraction}${era}`
}
