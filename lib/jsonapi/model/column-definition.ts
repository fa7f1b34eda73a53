/** Columns of declared models. */
import { suggestion } from '../../registry/nearest.ts'
import { checkOptions, type Keys } from '../../registry/options.ts'
import { KINDS } from './codec.ts'
import type { Column, ValueType } from './model.ts'
import type { ColumnDefinition } from './model-definition.ts'
import { ownValue } from './own-value.ts'
import { areSameColumns } from './same-columns.ts'

const KEYS: Keys<Column> = {
  name: 'string',
  kind: true,
  type: 'string',
  values: 'list',
  maxLength: 'count',
  hasTimeZone: 'boolean',
  isNullable: 'boolean',
  isUnique: 'boolean',
  hasDefault: 'boolean',
  isNullableKey: 'boolean',
  needsReturning: 'boolean',
  isGenerated: 'boolean',
}

/** The columns of `known`, as they are refined, and new ones. @throws {TypeError} for an unknown kind or option. */
export function defineColumns(
  known: Readonly<Record<string, Column>>,
  definitions: Readonly<Record<string, ColumnDefinition>>,
  primaryKey: readonly string[],
  model: string,
): Readonly<Record<string, Column>> {
  const columns = { ...known }
  for (const [name, definition] of Object.entries(definitions)) {
    const type = typeof definition === 'string' ? { kind: definition } : definition
    checkType(type, `The column '${name}' of '${model}'`)
    const { kind, ...facts } = type
    columns[name] = { ...(ownValue(known, name) ?? unknown(name, kind, primaryKey)), ...facts, name, kind }
  }
  return columns
}

/** @throws {TypeError} */
export function checkType(type: ValueType, subject: string): void {
  checkOptions(subject, type, KEYS)
  const { kind } = type
  if (!KINDS.includes(kind)) {
    throw new TypeError(
      `${subject} has the kind '${kind}'${suggestion(String(kind), KINDS) || `, not one of ${KINDS.join(', ')}`}`,
    )
  }
}

/** @throws {TypeError} for a column that the model does not have. */
export function checkColumns(
  names: readonly string[],
  columns: Readonly<Record<string, Column>>,
  subject: string,
): void {
  const known = Object.keys(columns)
  const missing = names.find((name) => !known.includes(name))
  if (missing === undefined && names.length > 0) return
  if (missing === undefined) throw new TypeError(`${subject} has no columns`)
  throw new TypeError(`${subject} has the unknown column '${missing}'${suggestion(missing, known)}`)
}

function unknown(name: string, kind: ValueType['kind'], primaryKey: readonly string[]): Column {
  const isAlone = areSameColumns(primaryKey, [name])
  return {
    name,
    kind,
    type: kind === 'integer' ? 'integer' : '',
    isNullable: false,
    isUnique: isAlone,
    hasDefault: isAlone && (kind === 'integer' || kind === 'bigint'),
    isGenerated: false,
  }
}
