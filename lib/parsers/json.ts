/**
 * application/json, and every listed `+json` type without a parser of its own.
 *
 * RFC 8259: UTF-8 (§8.1; a charset parameter has no effect, §11), limits on depth are allowed (§9).
 */

import { BadRequest } from '../exceptions/client-errors.ts'
import { asConversion } from '../exceptions/wrap.ts'
import { factory } from '../registry/factory.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import type { IncomingContent } from './content.ts'
import type { ParseFunction } from './parser.ts'

const MAX_DEPTH = 100

export interface JsonOptions {
  /** Levels of arrays and objects, at most; Infinity: no limit. Default 100. */
  readonly maxDepth?: number
}

const KEYS: Keys<JsonOptions> = { maxDepth: 'count' }

/**
 * The value of a JSON text.
 *
 * @throws {TypeError} at once, for an unknown option or an invalid value.
 * @throws {BadRequest} 400, for invalid JSON, too many levels, or a member `__proto__` or
 * `constructor.prototype`, which would change a prototype when it is merged.
 */
export const json = /* @__PURE__ */ factory('json', (options: JsonOptions = {}): ParseFunction => {
  checkOptions('json', options, KEYS)
  const { maxDepth = MAX_DEPTH } = options
  const parseText = (text: string): unknown => parseJson(text, maxDepth)
  return Object.assign((content: IncomingContent) => content.text().then(parseText), { parseText })
})

/** The value of a JSON text with the default limits; undefined for an invalid one. */
export function jsonOf(text: string): unknown {
  try {
    return parseJson(text, MAX_DEPTH)
  } catch {
    return undefined
  }
}

function parseJson(text: string, maxDepth: number): unknown {
  if (isDeeper(text, maxDepth)) throw new BadRequest(`The JSON is nested deeper than ${maxDepth} levels`)
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value) && mayHavePrototypeMembers(text)) rejectPrototypeMembers(value)
    return value
  } catch (error) {
    throw error instanceof BadRequest
      ? error
      : asConversion(new BadRequest(syntaxErrorOf(error as Error), { cause: error }))
  }
}

/**
 * Looks for members that would change a prototype when they are merged. A reviver would be called for each value, which
 * takes ten times as long as all of it.
 *
 * @throws {BadRequest} 400, for the first of them, inner ones first.
 */
function rejectPrototypeMembers(value: object): void {
  if (Array.isArray(value)) {
    for (const item of value) if (isObject(item)) rejectPrototypeMembers(item)
    return
  }
  for (const name of Object.keys(value)) {
    const member = (value as Readonly<Record<string, unknown>>)[name]
    if (isObject(member)) rejectPrototypeMembers(member)
    const isPrototype = name === 'constructor' && isObject(member) && Object.hasOwn(member, 'prototype')
    if (name === '__proto__' || isPrototype)
      throw new BadRequest(
        `The JSON has a member that is not allowed: ${name}${isPrototype ? '.prototype' : ''}`,
      )
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Whether a member may have one of the rejected names, spelled out or with an escape for one of its characters. */
function mayHavePrototypeMembers(text: string): boolean {
  return (
    text.includes('__proto__') ||
    text.includes('constructor') ||
    (text.includes('\\u00') && /\\u00[567]/.test(text))
  )
}

/** The message of `JSON.parse` repeats the content; only its position is used. */
function syntaxErrorOf({ message }: Error): string {
  const position = /at position (\d+)/.exec(message)?.[1]
  return position === undefined
    ? 'The content is not JSON'
    : `The content is not JSON from character ${position} on`
}

/** Whether arrays and objects are nested deeper. For invalid JSON the result has no meaning. */
function isDeeper(text: string, maxDepth: number): boolean {
  if (text.length <= maxDepth) return false
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case 0x22: // "
        index = endOfString(text, index)
        break
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > maxDepth) return true
        break
      case 0x5d: // ]
      case 0x7d: // }
        depth--
        break
    }
  }
  return false
}

/** Characters that are read one by one behind an escaped quote, where others are likely. */
const NEAR = 16

/** The position of the quote that ends a string; the length of the text without one. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; ) {
    const end = text.indexOf('"', at)
    if (end < 0) return text.length
    if (!isEscaped(text, end)) return end
    at = end + 1
    for (let near = at + NEAR; at < near; at++) {
      const code = text.charCodeAt(at)
      if (code === 0x22) return at
      if (code === 0x5c) near = ++at + NEAR
    }
  }
}

/** Whether an odd number of backslashes precedes a position. */
function isEscaped(text: string, position: number): boolean {
  let before = position - 1
  while (text.charCodeAt(before) === 0x5c) before--
  return (position - before) % 2 === 0
}
