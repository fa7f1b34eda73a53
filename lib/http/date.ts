/**
 * Dates in header fields: three formats are parsed, one is written.
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

/** Formats a date for a header field, in whole seconds. @throws {TypeError} for an invalid Date. */
export function formatDate(date: Date): string {
  if (Number.isNaN(date.getTime()))
    throw new TypeError('An invalid Date cannot be written into a header field')
  return date.toUTCString()
}

/** Parses any of the three formats. Undefined for other text, and for a day that the calendar does not have. */
export function parseDate(text: string): Date | undefined {
  const parts = (IMF.exec(text) ?? RFC850.exec(text) ?? ASCTIME.exec(text))?.groups
  const month = MONTHS.indexOf(parts?.month ?? '')
  if (!parts || month < 0) return undefined
  const [hour = 0, minute = 0, second = 0] = (parts.time ?? '').split(':').map(Number)
  const date = new Date(0)
  date.setUTCFullYear(fullYear(parts.year ?? ''), month, Number(parts.day))
  date.setUTCHours(hour, minute, Math.min(second, 59)) // RFC 9110 §5.6.7 allows leap seconds
  const isReal = date.getUTCDate() === Number(parts.day) && hour < 24 && minute < 60 && second <= 60
  return isReal ? date : undefined
}

/** A two-digit year more than 50 years in the future is in the past (RFC 9110 §5.6.7). */
function fullYear(digits: string): number {
  if (digits.length === 4) return Number(digits)
  const now = new Date().getUTCFullYear()
  const year = now - (now % 100) + Number(digits)
  return year > now + 50 ? year - 100 : year
}
