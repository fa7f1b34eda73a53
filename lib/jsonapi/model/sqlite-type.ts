/** Kinds of the types that SQLite tables declare: by name, else by SQLite's own rules of affinity. */
import type { Kind } from './model.ts'
import { ownValue } from './own-value.ts'

const KINDS: Readonly<Record<string, Kind>> = {
  bigint: 'bigint',
  int8: 'bigint',
  'unsigned big int': 'bigint',
  bool: 'boolean',
  boolean: 'boolean',
  bytea: 'binary',
  date: 'date',
  datetime: 'datetime',
  timestamp: 'datetime',
  timestamptz: 'datetime',
  'timestamp with time zone': 'datetime',
  'timestamp without time zone': 'datetime',
  time: 'time',
  dec: 'decimal',
  decimal: 'decimal',
  numeric: 'decimal',
  interval: 'interval',
  json: 'json',
  jsonb: 'json',
  uuid: 'uuid',
  guid: 'uuid',
  uniqueidentifier: 'uuid',
  inet: 'inet',
  cidr: 'inet',
}

/** The affinity of SQLite §3.1, by a part of the name. */
const AFFINITIES: readonly (readonly [part: RegExp, kind: Kind])[] = [
  [/int/, 'integer'],
  [/char|clob|text/, 'string'],
  [/blob/, 'binary'],
  [/real|floa|doub/, 'number'],
]

export function sqliteType(declared: string) {
  const type = declared.toLowerCase().trim()
  const base = type
    .replace(/\s*\([^)]*\)/, '')
    .replace(/\s+/g, ' ')
    .trim()
  if (base === 'tinyint' && type.includes('(1)')) return { type, kind: 'boolean' as const }
  const [, length] = /char.*\((\d+)\)/.exec(type) ?? []
  const decimals = /^(decimal|numeric)_?text$/.test(base) ? ('decimal' as const) : undefined
  const known = ownValue(KINDS, base)
  return {
    type,
    kind: decimals ?? known ?? AFFINITIES.find(([part]) => part.test(base))?.[1] ?? ('string' as const),
    ...(length && { maxLength: Number(length) }),
    ...(known === 'datetime' && { hasTimeZone: /tz|with time/.test(base) }),
  }
}
