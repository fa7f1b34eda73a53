/** The codecs of values, by kind. */
import { sql } from 'kysely'
import type { ValueType } from './model.ts'
import type { ValueCodec } from './value.ts'

const PLAIN: ValueCodec = {
  select: (reference) => reference,
  serialize: (value) => value,
  parse: (value) => value,
  parseText: (text, { kind }) => (kind === 'integer' ? Number(text) : text),
  bind: (value) => sql.val(value),
  compare: (operand) => operand,
  schema: () => ({}),
}

export function codecOf(_type: ValueType): ValueCodec {
  return PLAIN
}
