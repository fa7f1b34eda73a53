/**
 * What an issue may say: what is wrong, and never the value that is wrong.
 *
 *     Invalid type: Expected number but received "hunter2"  →  Invalid type: Expected number
 *
 * A password that was refused must not come back in an answer, nor reach whoever logs answers.
 */
import { isPlain } from './record.ts'

const NEUTRAL = 'The value is not valid here'
/** In UTF-16 units. */
const MAX_DETAIL_LENGTH = 500
const MIN_ECHO_LENGTH = 3
/** Within a record or an array shorter texts are too often words of the message. */
const MIN_INNER_ECHO_LENGTH = 6
const MAX_INNER_VALUES = 200

/** An issue of any library; arktype says apart what it wants and what it got. */
export interface VendorIssue {
  readonly message: string
  readonly code?: unknown
  readonly expected?: unknown
  readonly actual?: unknown
}

/** How each library repeats values; after the cut come texts of the developer and the schema only. */
const CUTS: Readonly<Record<string, (message: string, issue: VendorIssue) => string>> = {
  valibot: (message) => {
    if (!message.startsWith('Invalid ')) return message
    return before(before(message, ' but received '), ': Received ')
  },
  arktype: (message, { code, expected, actual }) => {
    if (code === 'union') return withoutWas(String(expected))
    if (code === 'intersection') return withoutWas(`must be...\n${expected}`)
    return message.endsWith(` (was ${actual})`) ? `must be ${expected}` : message
  },
  joi: (message) => {
    const start = message.indexOf(' with value ')
    const end = Math.max(
      message.lastIndexOf('" fails to match'),
      message.lastIndexOf('" matches the inverted'),
    )
    return start >= 0 && end > start ? message.slice(0, start) + message.slice(end + 1) : message
  },
}

/** What an issue says, without the value it is about. */
export function withoutEcho(vendor: string, issue: VendorIssue, value: unknown): string {
  const message = String(issue.message)
  const cut = CUTS[vendor]?.(message, issue) ?? message
  const detail = cut.length > MAX_DETAIL_LENGTH ? `${cut.slice(0, MAX_DETAIL_LENGTH)}…` : cut
  return repeats(detail.toLowerCase(), value) ? NEUTRAL : detail
}

/** What arktype says of alternatives, up to the first value in it; `(was missing)` is none. */
function withoutWas(text: string): string {
  return before(before(text.replace(/ \(was [\w .]*\)/g, ''), ' (was '), ' ("')
}

/** The text up to a mark: up to its first, because a value may contain marks, too. */
function before(text: string, mark: string): string {
  const end = text.indexOf(mark)
  return end < 0 ? text : text.slice(0, end)
}

function repeats(detail: string, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isIn(detail, value, MIN_ECHO_LENGTH)
  const inner: unknown[] = [value]
  for (let index = 0; index < inner.length && index < MAX_INNER_VALUES; index++) {
    const each = inner[index]
    if (Array.isArray(each)) inner.push(...each.slice(0, MAX_INNER_VALUES))
    else if (isPlain(each)) inner.push(...Object.values(each).slice(0, MAX_INNER_VALUES))
    else if (isIn(detail, each, MIN_INNER_ECHO_LENGTH)) return true
  }
  return false
}

/** A text may also stand in the message trimmed, in another case, or escaped as in JSON. */
function isIn(detail: string, value: unknown, minLength: number): boolean {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return false
  const trimmed = String(value).trim()
  if (trimmed.length < minLength || trimmed.length > detail.length) return false
  const text = trimmed.toLowerCase()
  return detail.includes(text) || detail.includes(JSON.stringify(text).slice(1, -1))
}
