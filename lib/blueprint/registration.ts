/** A blueprint at one place: compiled when it is put there, and again when it has changed. */
import type { Blueprint } from './blueprint.ts'
import { type Compiled, compile } from './compile.ts'
import type { Mount } from './endpoint.ts'

export class Registration {
  readonly #blueprint: Blueprint
  readonly prefix: string
  /** Whether every path below the prefix is its own, and without a prefix every path. */
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

  /** The blueprint as it is now; as it was, when what was said since cannot be: that is told in the log. */
  get compiled(): Compiled {
    if (this.#compiled) return this.#compiled
    if (!this.#lastValid) return this.compile()
    try {
      return this.compile()
    } catch (error) {
      const { logger = console } = this.#blueprint.settings
      logger.error(`The blueprint '${this.#blueprint.name}' stays as it was:`, error)
      this.#compiled = this.#lastValid
      return this.#lastValid
    }
  }

  /** @throws {TypeError} for anything the blueprint says that cannot be. */
  compile(): Compiled {
    this.#compiled = compile(this.#blueprint, this.prefix)
    this.#lastValid = this.#compiled
    return this.#compiled
  }

  /** The innermost blueprint that a path belongs to: below its prefix, or known to an endpoint. */
  mountAt(path: string): Mount | undefined {
    const { mounts, table } = this.compiled
    const below = mounts.find(({ prefix }) => (this.takesAll || prefix !== '') && isBelow(prefix, path))
    return below ?? table.endpointsAt(path)[0]?.mount
  }

  /** Who speaks when nobody else does. */
  get outermost(): Mount | undefined {
    return this.compiled.outermost
  }
}

function isBelow(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}
