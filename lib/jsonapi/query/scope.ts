/** What the parts of one SQL statement share: its dialect, the request it is for, and the aliases of its tables. */
import type { IncomingMessage } from 'node:http'
import type { RawBuilder } from 'kysely'
import type { Database, Dialect } from '../model/dialect.ts'

/** Begins the aliases of tables: one that SQL of the application has as well would hide the row from it that the SQL is about. */
const ALIAS = 'mazurka_'

/** The alias of the table in a statement of one table. */
export const ONLY_ALIAS = `${ALIAS}0`

export class Scope {
  /** The database, or the transaction that the statements are part of. */
  readonly db: Database
  readonly dialect: Dialect
  /** Undefined outside of a request. */
  readonly request: IncomingMessage | undefined
  #aliases = 0

  constructor(db: Database, dialect: Dialect, request?: IncomingMessage) {
    this.db = db
    this.dialect = dialect
    this.request = request
  }

  /** The rows of a statement. @throws the reason of the abort, once the client of the request has left. */
  async rows<Row>(statement: RawBuilder<Row>): Promise<readonly Row[]> {
    ;(this.request as { readonly signal?: AbortSignal } | undefined)?.signal?.throwIfAborted()
    return (await statement.execute(this.db)).rows
  }

  /** An alias that no other table of the statement has. */
  nextAlias(): string {
    return `${ALIAS}${this.#aliases++}`
  }
}
