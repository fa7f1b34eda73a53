/** The values of filters, read by the type of the attribute they are compared with. */
import { codecOf } from '../model/codec.ts'
import type { Dialect } from '../model/dialect.ts'
import type { ValueType } from '../model/model.ts'
import { ValueError } from '../model/value.ts'
import type { Attribute } from '../resource/resource.ts'
import type { Operator } from './operators.ts'

/** An error of a filter, without the name of its parameter. */
export class FilterError extends Error {
  override readonly name = 'FilterError'
}

const USE_IS_NULL = 'To compare a value to NULL, use the unary is_null/is_not_null operators.'

/** The values of one list of filters, at most. */
const MAX_VALUES = 10_000

export class FilterValues {
  readonly #dialect: Dialect
  #count = 0

  constructor(dialect: Dialect) {
    this.#dialect = dialect
  }

  /**
   * The value of an operator.
   *
   * @param readOne reads one value, as the driver takes it.
   * @throws {FilterError} for a value that the operator or the attribute cannot have.
   */
  read(value: unknown, { takes }: Operator, readOne: (value: unknown) => unknown): unknown {
    if (value === undefined)
      throw new FilterError('expected an argument for this operator but none was given')
    if (value === null) throw new FilterError(USE_IS_NULL)
    if (takes === 'list') return this.#list(value).map(readOne)
    this.#add(1)
    if (takes === 'json') return value
    if (typeof value === 'object')
      throw new FilterError('this operator expects one value, not a list or an object')
    if (takes !== 'pattern') return readOne(value)
    if (typeof value !== 'string') throw new FilterError('this operator expects a text')
    return withoutNul(value)
  }

  /** A value of an attribute, as the driver takes it. A text may also be written as in URLs: `"18"` for the number 18. */
  parse(value: unknown, { name, type, computed }: Attribute): unknown {
    const text = typeof value === 'string' ? withPlus(withoutNul(value), type) : undefined
    if (computed && type.kind === 'json') return value
    try {
      const parsed = this.#parse(text ?? value, type)
      if (parsed === null) throw new FilterError(USE_IS_NULL)
      return parsed
    } catch (error) {
      throw error instanceof ValueError ? new FilterError(`"${name}" ${error.message}`) : error
    }
  }

  /** A value of a type in its form in documents; a text that has not this form, in that of URLs. */
  #parse(value: unknown, type: ValueType): unknown {
    const codec = codecOf(type)
    try {
      return codec.parse(value, type, this.#dialect)
    } catch (error) {
      if (!(error instanceof ValueError) || typeof value !== 'string') throw error
      return codec.parseText(value, type, this.#dialect)
    }
  }

  #list(value: unknown): readonly unknown[] {
    if (!Array.isArray(value)) throw new FilterError('this operator expects a list of values')
    this.#add(value.length)
    for (const item of value) {
      if (item === null) throw new FilterError(`a list cannot contain null. ${USE_IS_NULL}`)
      if (typeof item === 'object')
        throw new FilterError('a list contains single values, no lists or objects')
    }
    return value
  }

  #add(count: number): void {
    this.#count += count
    if (this.#count > MAX_VALUES) throw new FilterError(`more than ${MAX_VALUES} values`)
  }
}

/** PostgreSQL has no texts with this character. */
function withoutNul(text: string): string {
  if (text.includes('\0')) throw new FilterError('a text cannot contain the character U+0000')
  return text
}

/** The offset of a time zone whose plus sign arrived as a space, since it was not percent-encoded in the URL. */
function withPlus(text: string, { kind }: ValueType): string {
  return kind === 'datetime' || kind === 'time'
    ? text.replace(/(:\d\d(?:\.\d+)?) (\d\d:?\d\d)$/, '$1+$2')
    : text
}
