/** Join tables: tables that do nothing but relate rows of two others. */
import { areSameColumns } from './same-columns.ts'
import type { ForeignKey, TableFacts } from './table-facts.ts'

/**
 * Whether a table has two foreign keys, which are unique together, and no other columns than a generated primary key.
 *
 * A table of two keys alone, without a primary key, is a join table too.
 */
export function isJoinTable({ columns, primaryKey, uniqueKeys, foreignKeys }: TableFacts): boolean {
  const [left, right, ...more] = foreignKeys
  if (!left || !right || more.length > 0) return false
  const both = [...left.columns, ...right.columns]
  if (new Set(both).size < both.length) return false
  const others = columns.filter(({ name }) => !both.includes(name))
  if (others.some(({ name, hasDefault }) => !hasDefault || !primaryKey.includes(name))) return false
  const keys = primaryKey.length > 0 ? [primaryKey, ...uniqueKeys] : uniqueKeys
  if (keys.some((key) => isWithin(key, left.columns) || isWithin(key, right.columns))) return false
  return keys.length === 0 || keys.some((key) => areSameColumns(key, both))
}

/** The foreign keys of a join table, each with the other one. */
export function sidesOf({
  foreignKeys,
}: TableFacts): readonly (readonly [near: ForeignKey, far: ForeignKey])[] {
  const [left, right] = foreignKeys as [ForeignKey, ForeignKey]
  return [
    [left, right],
    [right, left],
  ]
}

function isWithin(key: readonly string[], columns: readonly string[]): boolean {
  return key.every((column) => columns.includes(column))
}
