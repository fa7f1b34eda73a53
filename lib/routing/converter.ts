/**
 * Converters between path segments and values.
 *
 *     /temperatures/<int:id>  ·  GET /temperatures/7  →  params.id === 7
 */
import { checkFunction } from '../registry/options.ts'

/** Parses and formats one kind of segment. */
export interface Converter<T = unknown> {
  /**
   * Parses decoded text. Undefined, or an exception, for text that does not match: the next path is tried, and the response is
   * a 404 without one. In `urlFor` it is a TypeError if the converter has no `format`.
   */
  parse(text: string): T | undefined
  /** Formats a value for `urlFor`, before percent-encoding. Default `String`. */
  format?(value: T): string
  /** Regular expression of a segment, to distinguish routes that differ only here. Default: any segment. */
  readonly pattern?: string
  /** JSON Schema of the value, for documentation. */
  readonly schema?: { readonly [keyword: string]: unknown }
}

/** Types of values in `params`, by converter. Augment it for your own converters. */
export interface Converters {
  string: string
  int: number
  float: number
  path: string
  uuid: string
}

const UUID = '[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}'

/** The converters of every blueprint, besides `any(a,b)`. */
export const CONVERTERS: Readonly<Record<string, Converter>> = {
  string: { parse: (text) => text, schema: { type: 'string', minLength: 1 } },
  int: {
    parse: parseInteger,
    pattern: '[0-9]+',
    schema: { type: 'integer', minimum: 0, maximum: 9_007_199_254_740_991 }, // Number.MAX_SAFE_INTEGER
  },
  float: { parse: parseFloat64, pattern: '[0-9]+(?:\\.[0-9]+)?', schema: { type: 'number', minimum: 0 } },
  path: { parse: (text) => text, schema: { type: 'string', minLength: 1 } },
  uuid: { parse: (text) => text.toLowerCase(), pattern: UUID, schema: { type: 'string', format: 'uuid' } },
}

/** @throws {TypeError} for a converter without `parse`, or with a `pattern` that is no regular expression. */
export function checkConverter(name: string, { parse, format, pattern }: Converter): void {
  checkFunction(`'parse' of the converter '${name}'`, parse)
  if (format !== undefined) checkFunction(`'format' of the converter '${name}'`, format)
  try {
    new RegExp(pattern ?? '')
  } catch (cause) {
    throw new TypeError(`The 'pattern' of the converter '${name}' is no regular expression`, { cause })
  }
}

/** Undefined for text beyond the largest number. */
function parseFloat64(text: string): number | undefined {
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** Undefined beyond the safe integers, where two URLs would have the same value. */
function parseInteger(text: string): number | undefined {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

/** The converter `any(a,b)`: one of these texts. @throws {TypeError} without texts. */
export function anyOf(choices: readonly string[]): Converter {
  if (choices.length === 0 || choices.includes('')) throw new TypeError('any() needs choices: any(a,b)')
  return {
    parse: (text) => (choices.includes(text) ? text : undefined),
    pattern: choices.map(escapeText).join('|'),
    schema: { type: 'string', enum: choices },
  }
}

/** Text as a regular expression that matches it, also within a character class. */
export function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|-]/g, '\\$&')
}
