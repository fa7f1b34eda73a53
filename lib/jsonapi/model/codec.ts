/** The codec of each kind of values. */
import { dateCodec, datetimeCodec, timeCodec } from './date-codec.ts'
import { bigintCodec, integerCodec } from './integer-codec.ts'
import type { Kind, ValueType } from './model.ts'
import { decimalCodec, intervalCodec, numberCodec } from './number-codec.ts'
import { enumCodec, inetCodec, stringCodec, uuidCodec } from './text-codec.ts'
import type { ValueCodec } from './value.ts'
import { binaryCodec, booleanCodec, jsonCodec } from './value-codec.ts'

const CODECS: Readonly<Record<Kind, ValueCodec>> = {
  string: stringCodec,
  integer: integerCodec,
  bigint: bigintCodec,
  number: numberCodec,
  decimal: decimalCodec,
  boolean: booleanCodec,
  date: dateCodec,
  time: timeCodec,
  datetime: datetimeCodec,
  interval: intervalCodec,
  uuid: uuidCodec,
  json: jsonCodec,
  binary: binaryCodec,
  enum: enumCodec,
  inet: inetCodec,
}

export const KINDS = Object.keys(CODECS) as readonly Kind[]

export function codecOf({ kind }: ValueType): ValueCodec {
  return CODECS[kind]
}
