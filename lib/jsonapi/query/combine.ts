/** Many conditions as one. */
import { type Expression, type SqlBool, sql } from 'kysely'

/** Conditions side by side: SQLite allows a tree of 1,000 levels, and `a or b or c` is one of two. */
const MAX_SIDE_BY_SIDE = 50

/** The conjunction or disjunction of conditions, in groups where they are many. Of none it is true or false. */
export function combine(conditions: readonly Expression<SqlBool>[], kind: 'and' | 'or'): Expression<SqlBool> {
  const [first] = conditions
  if (!first) return kind === 'and' ? sql`1 = 1` : sql`1 = 0`
  if (conditions.length === 1) return first
  if (conditions.length <= MAX_SIDE_BY_SIDE)
    return sql`(${sql.join(conditions, kind === 'and' ? sql` and ` : sql` or `)})`
  const groups = Array.from({ length: Math.ceil(conditions.length / MAX_SIDE_BY_SIDE) }, (_, index) =>
    combine(conditions.slice(index * MAX_SIDE_BY_SIDE, (index + 1) * MAX_SIDE_BY_SIDE), kind),
  )
  return combine(groups, kind)
}
