/**
 * Removes the invalid value from the message of an issue.
 *
 *     Invalid type: Expected number but received "hunter2"  →  Invalid type: Expected number
 *
 * A rejected password must not appear in a response, nor in a log of responses.
 */
import { ownWords, type VendorIssue, wordsOf } from './own-words.ts'
import { isPlain } from './record.ts'

const NEUTRAL = 'The value is not valid here'
/** In UTF-16 units. */
const MAX_DETAIL_LENGTH = 500
const MIN_ECHO_LENGTH = 3
/** Shorter texts inside a record or array occur too often in messages by chance. */
const MIN_INNER_ECHO_LENGTH = 6
const MAX_INNER_VALUES = 200

/** Shorter texts are also parts of other words: a value `ann` in `cannot`. */
const MIN_PARTIAL_LENGTH = 8

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

/**
 * The message of an issue without the value; a neutral text when the value is still part of it.
 *
 * The schema's own words are no echo: types, limits, listed values, names of members. A custom message that happens
 * to contain the value as a word of its own is replaced, too.
 */
export function withoutEcho(
  vendor: string,
  issue: VendorIssue,
  value: unknown,
  path: readonly unknown[] = [],
): string {
  const message = String(issue.message)
  const cut = CUTS[vendor]?.(message, issue) ?? message
  const detail = cut.length > MAX_DETAIL_LENGTH ? `${cut.slice(0, MAX_DETAIL_LENGTH)}…` : cut
  let own: ReadonlySet<string> | undefined
  const isOwn = (text: string) => {
    own ??= ownWords(vendor, issue, path)
    return wordsOf(text).every((word) => own?.has(word))
  }
  return repeats(detail.toLowerCase(), value, isOwn) ? NEUTRAL : detail
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

function repeats(detail: string, value: unknown, isOwn: (text: string) => boolean): boolean {
  const isEcho = (each: unknown, minLength: number) => {
    const text = textOf(each)
    return text !== undefined && text.length >= minLength && isIn(detail, text) && !isOwn(text)
  }
  if (typeof value !== 'object' || value === null) return isEcho(value, MIN_ECHO_LENGTH)
  const inner: unknown[] = [value]
  for (let index = 0; index < inner.length && index < MAX_INNER_VALUES; index++) {
    const each = inner[index]
    if (Array.isArray(each)) inner.push(...each.slice(0, MAX_INNER_VALUES))
    else if (isPlain(each)) inner.push(...Object.values(each).slice(0, MAX_INNER_VALUES))
    else if (isEcho(each, MIN_INNER_ECHO_LENGTH)) return true
  }
  return false
}

/** In lower case, trimmed; undefined for values that messages cannot contain. */
function textOf(value: unknown): string | undefined {
  const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
  return isText ? String(value).trim().toLowerCase() : undefined
}

/** The message may contain a text trimmed, in another case, or escaped as in JSON. */
function isIn(detail: string, text: string): boolean {
  if (text.length > detail.length) return false
  const escaped = JSON.stringify(text).slice(1, -1)
  if (text.length >= MIN_PARTIAL_LENGTH) return detail.includes(text) || detail.includes(escaped)
  return isWholeIn(detail, text) || isWholeIn(detail, escaped)
}

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u

/** Whether a text occurs in the message other than within a longer word. */
function isWholeIn(detail: string, text: string): boolean {
  for (let start = detail.indexOf(text); start >= 0; start = detail.indexOf(text, start + 1)) {
    const [before = '', after = ''] = [detail[start - 1], detail[start + text.length]]
    if (!LETTER_OR_DIGIT.test(before) && !LETTER_OR_DIGIT.test(after)) return true
  }
  return false
}
