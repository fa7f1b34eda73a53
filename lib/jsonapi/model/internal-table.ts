/** Tables that hold no data of the application: those of Mazurka and of Kysely. They are no models. */
import type { TableFacts } from './table-facts.ts'

/** The table of idempotency keys, unless it has another name. It has the responses of all clients. */
export const IDEMPOTENCY_TABLE = 'mazurka_idempotency'

/** The columns of that table, whatever its name is. */
const IDEMPOTENCY_COLUMNS = ['id', 'fingerprint', 'status', 'headers', 'body', 'created_at']

const NAMES = [IDEMPOTENCY_TABLE, 'kysely_migration', 'kysely_migration_lock']

export function isInternalTable({ name, columns }: Pick<TableFacts, 'name' | 'columns'>): boolean {
  if (NAMES.includes(name)) return true
  const own = columns.map((column) => column.name)
  return (
    own.length === IDEMPOTENCY_COLUMNS.length && IDEMPOTENCY_COLUMNS.every((column) => own.includes(column))
  )
}
