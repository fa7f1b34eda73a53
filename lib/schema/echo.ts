/**
 * Removes the invalid value from the message of an issue.
 *
 *     Invalid type: Expected number but received "hunter2"  →  Invalid type: Expected number
 *
 * A rejected password must not appear in a response, nor in a log of responses.
 */
import { isPlain } from './record.ts'

const NEUTRAL = 'The value is not valid here'
/** In UTF-16 units. */
const MAX_DETAIL_LENGTH = 500
const MIN_ECHO_LENGTH = 3
/** Shorter texts inside a record or array occur too often in messages by chance. */
const MIN_INNER_ECHO_LENGTH = 6
const MAX_INNER_VALUES = 200

/** An issue of any library; arktype has the expected and the actual value as members. */
export interface VendorIssue {
  readonly message: string
  readonly code?: unknown
  readonly expected?: unknown
  readonly actual?: unknown
}

/** Removes values from messages, by library; the rest comes from the developer and the schema. */
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

/** The message of an issue without the value; a neutral text when the value is still part of it. */
export function withoutEcho(vendor: string, issue: VendorIssue, value: unknown): string {
  const message = String(issue.message)
  const cut = CUTS[vendor]?.(message, issue) ?? message
  const detail = cut.length > MAX_DETAIL_LENGTH ? `${cut.slice(0, MAX_DETAIL_LENGTH)}…` : cut
  return repeats(detail.toLowerCase(), value) ? NEUTRAL : detail
}

/** The message of arktype for alternatives, up to its first value; `(was missing)` is not a value. */
function withoutWas(text: string): string {
  return before(before(text.replace(/ \(was [\w .]*\)/g, ''), ' (was '), ' ("')
}

/** The text before the first occurrence of a mark; a value may contain the mark as well. */
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

/** The message may contain a text trimmed, in another case, or escaped as in JSON. */
function isIn(detail: string, value: unknown, minLength: number): boolean {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return false
  const trimmed = String(value).trim()
  if (trimmed.length < minLength || trimmed.length > detail.length) return false
  const text = trimmed.toLowerCase()
  return detail.includes(text) || detail.includes(JSON.stringify(text).slice(1, -1))
}
