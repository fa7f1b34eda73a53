/** Kinds of the types of MySQL and MariaDB. */
import type { Kind, ValueType } from './model.ts'
import { ownValue } from './own-value.ts'

const KINDS: Readonly<Record<string, Kind>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  year: 'integer',
  bigint: 'bigint',
  decimal: 'decimal',
  float: 'number',
  double: 'number',
  date: 'date',
  time: 'time',
  datetime: 'datetime',
  timestamp: 'datetime',
  json: 'json',
  uuid: 'uuid',
  inet4: 'inet',
  inet6: 'inet',
  enum: 'enum',
  binary: 'binary',
  varbinary: 'binary',
  tinyblob: 'binary',
  blob: 'binary',
  mediumblob: 'binary',
  longblob: 'binary',
}

/** @param type the COLUMN_TYPE of information_schema: `int(10) unsigned`, `enum('a','b')`. */
export function mysqlType(type: string): ValueType & { readonly type: string } {
  const [, base = '', parameters = ''] = /^(\w+)(?:\((.*)\))?/.exec(type) ?? []
  const lowerCase = type.toLowerCase()
  if (lowerCase === 'tinyint(1)' || lowerCase === 'bit(1)') return { type: lowerCase, kind: 'boolean' }
  if (base === 'bit') return { type, kind: Number(parameters) > 53 ? 'bigint' : 'integer' }
  const kind = ownValue(KINDS, base) ?? 'string'
  if (kind === 'enum') return { type, kind, values: valuesOf(parameters) }
  return {
    type: lowerCase,
    kind,
    ...(base.endsWith('char') && { maxLength: Number(parameters) }),
    ...(kind === 'datetime' && { hasTimeZone: base === 'timestamp' }),
  }
}

/** The values of `'a','it''s'`. */
function valuesOf(list: string): string[] {
  return [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => value.replaceAll("''", "'"))
}
