/**
 * Converters: from a path segment to a value, and back.
 *
 *     /temperatures/<int:id>  ·  GET /temperatures/7  →  params.id === 7
 */

/** How one kind of segment is read and written. */
export interface Converter<T = unknown> {
  /** Reads decoded text. Undefined, or a throw, when it does not fit: the answer is 404. */
  parse(text: string): T | undefined
  /** Writes a value for `urlFor`, before percent-encoding. Default `String`. */
  format?(value: T): string
  /** What a segment must look like, for telling apart routes that differ only here. Default: anything. */
  readonly pattern?: string
  /** JSON Schema of the value, for documentation. */
  readonly schema?: { readonly [keyword: string]: unknown }
}

/** The types that converters give `params`. Augment it for your own. */
export interface Converters {
  string: string
  int: number
  float: number
  path: string
  uuid: string
}

const UUID = '[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}'

/** What every blueprint knows. `any(a,b)` is made to measure. */
export const CONVERTERS: Readonly<Record<string, Converter>> = {
  string: { parse: (text) => text, schema: { type: 'string', minLength: 1 } },
  int: { parse: parseInteger, pattern: '[0-9]+', schema: { type: 'integer', minimum: 0 } },
  float: { parse: parseFloat64, pattern: '[0-9]+\\.[0-9]+', schema: { type: 'number', minimum: 0 } },
  path: { parse: (text) => text, schema: { type: 'string', minLength: 1 } },
  uuid: { parse: (text) => text.toLowerCase(), pattern: UUID, schema: { type: 'string', format: 'uuid' } },
}

/** Digits without end are beyond all numbers. */
function parseFloat64(text: string): number | undefined {
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** Beyond the safe integers two addresses would be one: that is a miss. */
function parseInteger(text: string): number | undefined {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

/** `any(a,b)`: one of these words. @throws {TypeError} when there are none. */
export function anyOf(words: readonly string[]): Converter {
  if (words.length === 0 || words.includes(''))
    throw new TypeError('any() needs words to choose from: any(a,b)')
  return {
    parse: (text) => (words.includes(text) ? text : undefined),
    pattern: words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'),
    schema: { type: 'string', enum: words },
  }
}
