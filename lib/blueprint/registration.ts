/** A registration of a blueprint below a prefix: compiled at registration, and again after each change. */

import type { Blueprint } from './blueprint.ts'
import { type Compiled, compile } from './compile.ts'
import type { Mount } from './endpoint.ts'

export class Registration {
  readonly #blueprint: Blueprint
  readonly prefix: string
  /** Whether unknown paths are a 404 of the blueprint, also without a prefix. */
  readonly takesAll: boolean
  #compiled: Compiled | undefined
  #lastValid: Compiled | undefined

  constructor(blueprint: Blueprint, prefix: string, takesAll = false) {
    this.#blueprint = blueprint
    this.takesAll = takesAll
    this.prefix = prefix
    blueprint.onChange(() => {
      this.#compiled = undefined
    })
  }

  /** The blueprint as it is now; the last valid compilation if the current declarations are invalid (logged). */
  get compiled(): Compiled {
    if (this.#compiled) return this.#compiled
    if (!this.#lastValid) return this.compile()
    try {
      return this.compile()
    } catch (error) {
      const { logger = console } = this.#blueprint.settings
      logger.error(
        `The blueprint '${this.#blueprint.name}' has an invalid change and keeps its last valid routes:`,
        error,
      )
      this.#compiled = this.#lastValid
      return this.#lastValid
    }
  }

  /** @throws {TypeError} for an invalid declaration. */
  compile(): Compiled {
    this.#compiled = compile(this.#blueprint, this.prefix)
    this.#lastValid = this.#compiled
    return this.#compiled
  }

  /** The innermost mount that a path belongs to: below its prefix, or that of an endpoint at the path. */
  mountAt(path: string): Mount | undefined {
    const { mounts, table } = this.compiled
    const below = mounts.find(({ prefix }) => (this.takesAll || prefix !== '') && isBelow(prefix, path))
    return below ?? table.endpointsAt(path)[0]?.mount
  }
}

function isBelow(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}
