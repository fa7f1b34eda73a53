/** Kinds of the types of PostgreSQL. */
import type { Kind, ValueType } from './model.ts'
import { ownValue } from './own-value.ts'

/** By the name in pg_type. */
const KINDS: Readonly<Record<string, Kind>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'bigint',
  oid: 'bigint',
  float4: 'number',
  float8: 'number',
  numeric: 'decimal',
  money: 'decimal',
  bool: 'boolean',
  date: 'date',
  time: 'time',
  timestamp: 'datetime',
  timestamptz: 'datetime',
  interval: 'interval',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'json',
  bytea: 'binary',
  inet: 'inet',
  cidr: 'inet',
}

/**
 * @param type of format_type: `character varying(80)`.
 * @param name of pg_type, of the base type of a domain.
 * @param values the labels of an enum.
 */
export function postgresType(
  type: string,
  name: string,
  values: readonly string[] | null,
): ValueType & { readonly type: string } {
  if (values) return { type, kind: 'enum', values }
  if (type.endsWith('[]')) return { type, kind: 'json' }
  const kind = ownValue(KINDS, name) ?? 'string'
  const [, length] = /^character(?: varying)?\((\d+)\)/.exec(type) ?? []
  return {
    type,
    kind,
    ...(length && { maxLength: Number(length) }),
    ...(kind === 'datetime' && { hasTimeZone: name === 'timestamptz' }),
  }
}
