/** The names of attributes: those of the columns, apart from `id` and `type`, which resources have for themselves. */
import { memberNameOf, type TakenNames } from './member-name.ts'
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
  const names: Record<string, string> = {}
  for (const column of columns) {
    const name = memberNameOf(column)
    const isId = name === 'id' && primaryKey.length === 1 && primaryKey[0] === column
    const free = name === 'id' || name === 'type' ? memberNameOf(`${table}_${name}`) : name
    names[column] = isId ? 'id' : (chosen[column] ?? taken.take(free))
  }
  return names
}
