/** The surroundings of a write: the transaction, and what the request has defined so far. */
import type { IncomingMessage } from 'node:http'
import type { Database, Dialect } from '../model/dialect.ts'

export interface WriteContext {
  /** The transaction, without the plugins of the Kysely instance. */
  readonly db: Database
  readonly dialect: Dialect
  readonly request: IncomingMessage | undefined
  /** The resources that earlier operations of the request have created. */
  readonly localIds?: LocalIds
}

/** The ids of new resources, by type and `lid`. */
export class LocalIds {
  readonly #ids = new Map<string, string>()

  /** Whether the `lid` is new for its type. */
  define(type: string, lid: string, id: string): boolean {
    const key = JSON.stringify([type, lid])
    if (this.#ids.has(key)) return false
    this.#ids.set(key, id)
    return true
  }

  /** Undefined before the resource is created. */
  idOf(type: string, lid: string): string | undefined {
    return this.#ids.get(JSON.stringify([type, lid]))
  }
}
