/**
 * Dates, times and datetimes, independent of the time zones of process, session and driver.
 *
 *     date  2020-01-31        time  10:00:00.250000        datetime  2020-01-31T10:00:00Z
 *
 * Datetimes are served in UTC, with microseconds if there are any. A column without a time zone has UTC. SQLite stores texts:
 * `2020-01-31 10:00:00`, as its CURRENT_TIMESTAMP, or `2020-01-31T10:00:00.000Z` for a type with a time zone. They are
 * compared as texts, so that indexes are of use.
 */
import { sql } from 'kysely'
import { type DateText, parseDate } from './date-text.ts'
import { asText, codec, textOf } from './plain-codec.ts'
import { type ValueCodec, ValueError } from './value.ts'

/** A datetime as it is served. */
const EXACT = /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

/** A datetime without microseconds and without an offset. */
const PLAIN = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d$/

const DATETIME = 'a date and time such as 2020-01-31T10:00:00Z'

export const dateCodec = dateLike(
  'date',
  'a date such as 2020-01-31',
  { type: 'string', format: 'date' },
  ({ date }) => date,
)

export const timeCodec = dateLike(
  'time',
  'a time such as 10:00:00',
  { type: 'string', pattern: '^\\d{2}:\\d{2}:\\d{2}(\\.\\d{6})?$' },
  ({ time }) => time,
)

export const datetimeCodec = codec({
  select: (reference, type, dialect) => {
    if (dialect === 'sqlite') return reference
    if (dialect === 'postgres') {
      return isoText(type.hasTimeZone ? sql`${reference} at time zone 'UTC'` : reference)
    }
    return asText(type.hasTimeZone ? sql`unix_timestamp(${reference})` : reference, dialect)
  },
  serialize: (value, type, dialect) => {
    if (typeof value !== 'string') return value
    if (dialect === 'mysql' && type.hasTimeZone) return ofEpoch(value)
    if (EXACT.test(value)) return value
    const text = unquoted(value)
    if (text.startsWith('0000-')) return null // MySQL's zero date
    if (PLAIN.test(text)) return `${text.slice(0, 10)}T${text.slice(11)}Z`
    const parsed = parseDate(text)
    return parsed?.date ? `${parsed.date}T${parsed.time ?? '00:00:00'}Z` : text
  },
  parse: (value, type, dialect) => {
    const text = textOf(value, DATETIME)
    if (text === '') return null
    const { date, time = '00:00:00' } = parseDate(text) ?? {}
    if (!date) throw new ValueError(`must be ${DATETIME}`)
    if (dialect === 'postgres') return `${date}T${time}${type.hasTimeZone ? 'Z' : ''}`
    if (!type.hasTimeZone) return `${date} ${time}`
    if (dialect === 'sqlite')
      return `${date}T${time.includes('.') ? time.replace(/000$/, '') : `${time}.000`}Z`
    return epochOf(date, time)
  },
  bind: (value, type, dialect) => {
    if (dialect === 'postgres') {
      return type.hasTimeZone ? sql`cast(${value} as timestamptz)` : sql`cast(${value} as timestamp)`
    }
    if (dialect === 'sqlite' || !type.hasTimeZone) return sql.val(value)
    return sql`from_unixtime(cast(${value} as decimal(20, 6)))`
  },
  schema: () => ({ type: 'string', format: 'date-time' }),
})

/** The codec of a date or a time: one part of a {@link DateText}. */
function dateLike(
  cast: 'date' | 'time',
  expected: string,
  schema: ReturnType<ValueCodec['schema']>,
  part: (text: DateText) => string | undefined,
): ValueCodec {
  return codec({
    select: (reference, _, dialect) => {
      if (dialect === 'sqlite') return reference
      return dialect === 'postgres' ? isoText(reference) : asText(reference, dialect)
    },
    serialize: (value) => {
      if (typeof value !== 'string') return value
      const text = unquoted(value)
      return text === '0000-00-00' ? null : text.replace(/(?<=:\d\d)\.\d{1,6}$/, microseconds)
    },
    parse: (value) => {
      const text = textOf(value, expected)
      if (text === '') return null
      const parsed = part(parseDate(text) ?? {})
      if (!parsed) throw new ValueError(`must be ${expected}`)
      return parsed
    },
    bind: (value, _, dialect) =>
      dialect === 'postgres' ? sql`cast(${value} as ${sql.raw(cast)})` : sql.val(value),
    schema: () => schema,
  })
}

/** PostgreSQL's JSON text of a date or a time, which is ISO 8601 whatever the DateStyle. */
function isoText(reference: Parameters<ValueCodec['select']>[0]) {
  return sql`cast(to_json(${reference}) as text)`
}

/** A fraction with six digits; none if it is zero. */
function microseconds(fraction: string): string {
  return /[1-9]/.test(fraction) ? fraction.padEnd(7, '0') : ''
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text
}

/** Seconds since 1970, as MySQL stores a TIMESTAMP; 0 is its zero date. */
function ofEpoch(text: string): string | null {
  const [seconds = '0', fraction = ''] = text.split('.')
  if (seconds === '0') return null
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}${microseconds(`.${fraction}`)}Z`
}

/** @throws {ValueError} outside of the years that a TIMESTAMP has. */
function epochOf(date: string, time: string): string {
  const [whole = '', fraction = '0'] = time.split('.')
  const seconds = Date.parse(`${date}T${whole}Z`) / 1000
  if (seconds < 1 || seconds > 2 ** 31 - 1) throw new ValueError('must be between 1970-01-02 and 2038-01-18')
  return `${seconds}.${fraction}`
}
