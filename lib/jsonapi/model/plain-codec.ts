/** The parts of a codec that most kinds share: a column is selected, bound and compared as it is. */

import { type Expression, sql } from 'kysely'
import { base64Of, bytesOf } from '../../json/bytes.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { Dialect } from './dialect.ts'
import type { ValueType } from './model.ts'
import { type ValueCodec, ValueError } from './value.ts'

type Parts = Partial<ValueCodec> & Pick<ValueCodec, 'parse'> & { schema(type: ValueType): JsonSchema }

/**
 * A codec of its own parts; the others hand values on.
 *
 * `serialize` is called for values that are not null, and that are no bytes of SQLite: these may be in a column of any type.
 */
export function codec(parts: Parts): ValueCodec {
  const { serialize = (value: unknown) => value } = parts
  return {
    select: (reference) => reference,
    parseText: (text, type, dialect) => parts.parse(text, type, dialect),
    bind: (value) => sql.val(value),
    compare: (operand) => operand,
    ...parts,
    serialize: (value, type, dialect) => {
      if (value == null) return null
      const bytes = dialect === 'sqlite' ? bytesOf(value) : undefined
      return bytes ? base64Of(bytes) : serialize(value, type, dialect)
    },
  }
}

/** The text of a JSON string. @throws {ValueError} that says what it must be. */
export function textOf(value: unknown, expected: string): string {
  if (typeof value !== 'string') throw new ValueError(`must be ${expected}`)
  return value
}

/** The parameters in a declared type: `decimal(10,2)` has 10 and 2. */
export function parametersOf({ type = '' }: ValueType): readonly number[] {
  const [, list = ''] = /\(([\d, ]+)\)/.exec(type) ?? []
  return list === '' ? [] : list.split(',').map(Number)
}

/** The declared type without its parameters: `timestamp with time zone` for `timestamp(3) with time zone`. */
export function baseTypeOf({ type = '' }: ValueType): string {
  return type
    .replace(/\([^)]*\)/, '')
    .replace(/ +/g, ' ')
    .trim()
}

/** A cast to text that no setting of the session or the driver changes. */
export function asText(reference: Expression<unknown>, dialect: Dialect): Expression<unknown> {
  return dialect === 'mysql' ? sql`cast(${reference} as char)` : sql`cast(${reference} as text)`
}

/** A number of SQLite; as text where a JavaScript number would round it. */
export function exact(reference: Expression<unknown>): Expression<unknown> {
  const [least, most] = [sql.lit(Number.MIN_SAFE_INTEGER), sql.lit(Number.MAX_SAFE_INTEGER)]
  const isNumber = sql`${reference} between ${least} and ${most}`
  return sql`case when ${isNumber} then ${reference} else cast(${reference} as text) end`
}
