/** The version column of a row: a number that counts, or the time of the last change. */
import { type Expression, sql } from 'kysely'
import { codecOf } from '../model/codec.ts'
import type { Column } from '../model/model.ts'
import type { Row } from '../reading/selection.ts'
import type { WriteContext } from './context.ts'
import { bind } from './row.ts'

/** The value of a new row for the driver. */
export function firstVersion({ dialect }: WriteContext, column: Column): unknown {
  return codecOf(column).parse(
    column.kind === 'datetime' ? new Date().toISOString() : initialOf(column),
    column,
    dialect,
  )
}

function initialOf({ kind }: Column): number | string {
  return kind === 'bigint' || kind === 'decimal' ? '1' : 1
}

/** The value after the next change of a row. A time is always later than the one before, in the precision of the column. */
export function nextVersion(context: WriteContext, column: Column, row?: Row): Expression<unknown> {
  if (column.kind !== 'datetime') return sql`coalesce(${sql.id(column.name)}, 0) + 1`
  const before = row && codecOf(column).serialize(row[column.name], column, context.dialect)
  const earliest = typeof before === 'string' ? Date.parse(before) + stepOf(context, column) : 0
  const time = new Date(Math.max(Date.now(), earliest)).toISOString()
  return bind(context, column, codecOf(column).parse(time, column, context.dialect))
}

/** The milliseconds between two values that a column can tell apart, at least one. */
function stepOf({ dialect }: WriteContext, { type }: Column): number {
  const digits = Number(/\((\d)\)/.exec(type)?.[1] ?? (dialect === 'mysql' ? 0 : 3))
  return 10 ** Math.max(0, 3 - digits)
}
