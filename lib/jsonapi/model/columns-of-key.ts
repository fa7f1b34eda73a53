/** The columns of a unique key, where an error names the key alone: of MySQL and MariaDB. */
import type { Model } from './model.ts'
import { ownValue } from './own-value.ts'

/** Empty for an unknown key. Without introspection a key is known by its default name, which is that of its column. */
export function columnsOfKey(
  { table, columns, primaryKey, namedKeys }: Model,
  name: string,
): readonly string[] {
  const own = name.startsWith(`${table}.`) ? name.slice(table.length + 1) : name // MySQL 8: person.email
  if (own === 'PRIMARY') return primaryKey
  if (namedKeys) return ownValue(namedKeys, own) ?? []
  return ownValue(columns, own)?.isUnique ? [own] : []
}
