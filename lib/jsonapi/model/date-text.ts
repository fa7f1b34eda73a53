/**
 * Dates and times in the texts that clients send.
 *
 *     2020-01-31    2020-01-31T10:00:00+02:00    2020-01-31 10:00    31st Jan 2020    10:00
 *
 * The result is in UTC; a text without an offset is UTC. A `+` that a URL has turned into a space is read as a `+`.
 */

/** A moment or a part of it, in UTC. */
export interface DateText {
  /** `2020-01-31`; undefined where the text is a time alone. */
  readonly date?: string
  /** `10:00:00`, with six digits more where there are microseconds; undefined where the text is a date alone. */
  readonly time?: string
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const ISO =
  /^(?:(\d{4})-(\d\d)-(\d\d))?(?:(?:^|[Tt ])(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:([Zz])|([+ -])(\d\d):?(\d\d)?)?)?$/
const DAY_FIRST = /^(\d{1,2})(?:st|nd|rd|th)? ([A-Za-z]{3,9})\.?,? (\d{4})$/
const MONTH_FIRST = /^([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/

/** Undefined for another text, and for a day or an hour that does not exist. */
export function parseDate(text: string): DateText | undefined {
  return isNow(text) ? now() : (parseNamed(text) ?? parseIso(text))
}

/** Whether a text stands for the time of its request: another value in each. */
export function isNow(text: string): boolean {
  return text === 'CURRENT_TIMESTAMP' || text === 'CURRENT_DATE' || text === 'LOCALTIMESTAMP'
}

/** The time of this server, in UTC. */
function now(): DateText {
  const text = new Date().toISOString()
  return { date: text.slice(0, 10), time: `${text.slice(11, 23)}000` }
}

function parseNamed(text: string): DateText | undefined {
  const [, day, month, year] = DAY_FIRST.exec(text) ?? []
  const [, otherMonth = '', otherDay, otherYear] = day ? [] : (MONTH_FIRST.exec(text) ?? [])
  const index = MONTHS.indexOf((month ?? otherMonth).slice(0, 3).toLowerCase())
  if (index < 0) return undefined
  const date = new Date(0)
  date.setUTCFullYear(Number(year ?? otherYear), index, Number(day ?? otherDay))
  return date.getUTCMonth() === index ? dated(date, undefined) : undefined
}

function parseIso(text: string): DateText | undefined {
  const [
    found,
    year,
    month,
    day,
    hour,
    minute,
    second = '00',
    fraction = '',
    ,
    sign,
    hours = '00',
    minutes = '00',
  ] = ISO.exec(text) ?? []
  if (!found || year === '0000') return undefined
  const date = new Date(0)
  if (year) date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  if (year && (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)))
    return undefined
  if (hour === undefined) return dated(date, undefined)
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
  date.setUTCHours(Number(hour), Number(minute) - offset, Number(second))
  const micros = fraction.slice(0, 6).padEnd(6, '0')
  const time = `${date.toISOString().slice(11, 19)}${micros === '000000' ? '' : `.${micros}`}`
  return year ? dated(date, time) : { time }
}

/** Undefined for a year that does not have four digits. */
function dated(date: Date, time: string | undefined): DateText | undefined {
  const text = date.toISOString()
  if (text.startsWith('-') || text.startsWith('+') || text.startsWith('0000')) return undefined
  return { date: text.slice(0, 10), ...(time && { time }) }
}
