/** A registration of a blueprint below a prefix: compiled at registration, and again after each change. */
import { logTo } from '../walk/log.ts'
import type { Blueprint } from './blueprint.ts'
import { type Compiled, compile } from './compile.ts'
import type { Mount } from './endpoint.ts'

export class Registration {
  readonly #blueprint: Blueprint
  readonly #outer: () => readonly Blueprint[]
  readonly prefix: string
  /** Whether unknown paths are a 404 of the blueprint, also without a prefix. */
  readonly #takesAll: boolean
  #compiled: Compiled | undefined
  #lastValid: Compiled | undefined
  /** The error of the last compilation where nothing valid was compiled before; undefined after a change. */
  #failure: { readonly error: unknown } | undefined

  /** @param outer the blueprints around it, outermost first. */
  constructor(
    blueprint: Blueprint,
    prefix: string,
    takesAll = false,
    outer = (): readonly Blueprint[] => [],
  ) {
    this.#blueprint = blueprint
    this.#outer = outer
    this.#takesAll = takesAll
    this.prefix = prefix
    blueprint.onChange(() => this.reset())
  }

  /** Compiles again before the next request, because the blueprint or one around it has changed. */
  reset(): void {
    this.#compiled = undefined
    this.#failure = undefined
  }

  /**
   * The blueprint as it is now; the last valid compilation if the current declarations are invalid (logged).
   *
   * @throws {TypeError} for an invalid declaration, when nothing valid was compiled before.
   */
  get compiled(): Compiled {
    if (this.#compiled) return this.#compiled
    if (this.#failure) throw this.#failure.error
    try {
      return this.compile()
    } catch (error) {
      if (!this.#lastValid) {
        this.#failure = { error }
        throw error
      }
      this.#log('has an invalid change and keeps its last valid routes', error)
      this.#compiled = this.#lastValid
      return this.#lastValid
    }
  }

  /** {@link Registration.compiled} for the dispatcher: undefined (logged) instead of an error. */
  get served(): Compiled | undefined {
    try {
      return this.compiled
    } catch (error) {
      this.#log('cannot be compiled, a request is answered with 500', error)
      return undefined
    }
  }

  /** @throws {TypeError} for an invalid declaration. */
  compile(): Compiled {
    const outer = this.#outer().map((blueprint) => blueprint['~parts'])
    this.#compiled = compile(this.#blueprint, this.prefix, outer)
    this.#lastValid = this.#compiled
    return this.#compiled
  }

  /** The innermost mount that a path belongs to: below its prefix, or that of an endpoint at the path. */
  mountAt(path: string): Mount | undefined {
    const { mounts, table } = this.compiled
    const below = mounts.find(({ prefix }) => (this.#takesAll || prefix !== '') && isBelow(prefix, path))
    return below ?? table.endpointsAt(path)[0]?.mount
  }

  #log(what: string, error: unknown): void {
    const { name, settings } = this.#blueprint
    logTo(settings.logger ?? console, `The blueprint '${name}' ${what}`, error, { blueprint: name })
  }
}

function isBelow(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}
