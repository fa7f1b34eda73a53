/** The names of attributes: those of the columns, apart from `id` and `type`, which resources have for themselves. */
import { memberNameOf, type TakenNames } from './member-name.ts'
import { ownValue } from './own-value.ts'
import { areSameColumns } from './same-columns.ts'
import type { TableFacts } from './table-facts.ts'

/**
 * Names columns in their order. A column `type` of the table `animal` is the attribute `animal_type`, and so is an `id` that
 * is not alone the id of the resource.
 *
 * @param chosen the developer's names, by column; they are taken already.
 */
export function attributeNames(
  { name: table, primaryKey }: Pick<TableFacts, 'name' | 'primaryKey'>,
  columns: readonly string[],
  chosen: Readonly<Record<string, string>>,
  taken: TakenNames,
): Record<string, string> {
  const nameOf = (column: string): string => {
    const name = memberNameOf(column)
    const isId = name === 'id' && areSameColumns(primaryKey, [column])
    const free = name === 'id' || name === 'type' ? memberNameOf(`${table}_${name}`) : name
    return isId ? 'id' : (ownValue(chosen, column) ?? taken.take(free))
  }
  return Object.fromEntries(columns.map((column) => [column, nameOf(column)]))
}
