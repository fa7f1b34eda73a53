/**
 * Dates in fields: written one way, read three.
 *
 *     Sun, 06 Nov 1994 08:49:37 GMT     Sunday, 06-Nov-94 08:49:37 GMT     Sun Nov  6 08:49:37 1994
 *
 * RFC 9110 §5.6.7.
 */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const IMF = /^[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/
const RFC850 =
  /^[A-Z][a-z]{5,8}, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/
const ASCTIME =
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/

/** The date as fields carry it, in whole seconds. @throws {TypeError} for an invalid Date. */
export function formatDate(date: Date): string {
  if (Number.isNaN(date.getTime())) throw new TypeError('An invalid Date cannot stand in a header field')
  return date.toUTCString()
}

/** Reads any of the three forms. Undefined when it is none of them, or no day of the calendar. */
export function parseDate(text: string): Date | undefined {
  const parts = (IMF.exec(text) ?? RFC850.exec(text) ?? ASCTIME.exec(text))?.groups
  const month = MONTHS.indexOf(parts?.month ?? '')
  if (!parts || month < 0) return undefined
  const [hour = 0, minute = 0, second = 0] = (parts.time ?? '').split(':').map(Number)
  const date = new Date(0)
  date.setUTCFullYear(fullYear(parts.year ?? ''), month, Number(parts.day))
  date.setUTCHours(hour, minute, Math.min(second, 59)) // RFC 9110 §5.6.7: a leap second may be written
  const real = date.getUTCDate() === Number(parts.day) && hour < 24 && minute < 60 && second <= 60
  return real ? date : undefined
}

/** A two-digit year more than 50 years ahead is one of the past (RFC 9110 §5.6.7). */
function fullYear(digits: string): number {
  if (digits.length === 4) return Number(digits)
  const now = new Date().getUTCFullYear()
  const year = now - (now % 100) + Number(digits)
  return year > now + 50 ? year - 100 : year
}
