/** A blueprint at one place: compiled when it is put there, and again when it has changed. */
import type { Blueprint } from './blueprint.ts'
import { type Compiled, compile } from './compile.ts'
import type { Mount } from './endpoint.ts'

export class Registration {
  readonly #blueprint: Blueprint
  readonly #prefix: string
  /** Whether every path below the prefix is its own, and without a prefix every path. */
  readonly takesAll: boolean
  #compiled: Compiled | undefined

  constructor(blueprint: Blueprint, prefix: string, takesAll = false) {
    this.#blueprint = blueprint
    this.takesAll = takesAll
    this.#prefix = prefix
    blueprint.watch(() => {
      this.#compiled = undefined
    })
  }

  /** The blueprint as it is now. @throws {TypeError} for anything it says that cannot be. */
  get compiled(): Compiled {
    return this.#compiled ?? this.compile()
  }

  compile(): Compiled {
    this.#compiled = compile(this.#blueprint, this.#prefix)
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
    return this.compiled.mounts.at(-1)
  }
}

function isBelow(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}
