/**
 * Whether an Accept field has only what the package `accepts` reads as RFC 9110 does: types and ranges with weights.
 *
 *     text/html, application/*;q=0.5   →  true
 *     text/html;level=1                →  false, and so for a suffix range and for a member that does not parse
 *
 * RFC 9110 §5.6.1 (lists), §12.4.2 (weights), §12.5.1 (Accept).
 */
import { isToken } from './field.ts'

const TAB = 0x09
const SPACE = 0x20
const STAR = 0x2a
const COMMA = 0x2c
const DOT = 0x2e
const SLASH = 0x2f
const ZERO = 0x30
const ONE = 0x31
const NINE = 0x39
const SEMICOLON = 0x3b
const EQUALS = 0x3d
const UPPER_Q = 0x51
const LOWER_Q = 0x71

const IS_TOKEN = /* @__PURE__ */ Array.from({ length: 128 }, (_, code) => isToken(String.fromCharCode(code)))

/** False for a field without members. */
export function isPlainAccept(field: string): boolean {
  let isEmpty = true
  for (let index = 0; index <= field.length; index++) {
    index = afterBlanks(field, index)
    if (isEnd(field, index)) continue
    isEmpty = false
    index = afterBlanks(field, afterRange(field, index))
    if (field.charCodeAt(index) === SEMICOLON) index = afterBlanks(field, afterWeight(field, index + 1))
    if (!isEnd(field, index)) return false
  }
  return !isEmpty
}

/** Whether a member ends here. */
function isEnd(field: string, index: number): boolean {
  return index === field.length || field.charCodeAt(index) === COMMA
}

function afterBlanks(field: string, start: number): number {
  let index = start
  for (let code = field.charCodeAt(index); code === SPACE || code === TAB; ) code = field.charCodeAt(++index)
  return index
}

function afterToken(field: string, start: number): number {
  let index = start
  while (index < field.length && IS_TOKEN[field.charCodeAt(index)]) index++
  return index
}

/** -1 where there is no type or range. */
function afterRange(field: string, start: number): number {
  const slash = afterToken(field, start)
  if (slash === start || field.charCodeAt(slash) !== SLASH) return -1
  const end = afterToken(field, slash + 1)
  const isAny = field.charCodeAt(slash + 1) === STAR
  if (isAny) return end === slash + 2 ? end : -1 // `*+json`
  const isAnyType = field.charCodeAt(start) === STAR && slash === start + 1
  return end === slash + 1 || isAnyType ? -1 : end
}

/** -1 where the parameter is no weight. @param start after the semicolon. */
function afterWeight(field: string, start: number): number {
  const name = afterBlanks(field, start)
  const code = field.charCodeAt(name)
  if (code !== LOWER_Q && code !== UPPER_Q) return -1
  const equals = afterBlanks(field, name + 1)
  if (field.charCodeAt(equals) !== EQUALS) return -1
  const value = afterBlanks(field, equals + 1)
  const end = afterNumber(field, value)
  return end === value ? -1 : end
}

/** The index after a weight, by the rules of `accept.ts`: 0 to 1, leniently `.5`. */
function afterNumber(field: string, start: number): number {
  const first = field.charCodeAt(start)
  const dot = first === ZERO || first === ONE ? start + 1 : start
  if (field.charCodeAt(dot) !== DOT) return dot
  const highest = first === ONE ? ZERO : NINE
  let index = dot + 1
  for (let code = field.charCodeAt(index); code >= ZERO && code <= highest; ) code = field.charCodeAt(++index)
  return index
}
