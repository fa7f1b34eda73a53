/**
 * The blueprint or Api that an option `versions` belongs to, and the names of endpoints in its tables.
 *
 *     on the blueprint pets   show, toys.show        on an Api   pets.show, pets.toys.show
 */
import type { BlueprintOptions } from '../blueprint/blueprint-options.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { suggestion } from '../registry/nearest.ts'
import type { Step } from '../walk/exchange.ts'
import { warnOnce } from '../walk/warn-once.ts'
import { VersionSet } from './version-set.ts'
import type { VersionsOptions } from './versions-options.ts'

/** An option, parsed once for each blueprint that has it. */
interface Parsed {
  readonly options: VersionsOptions
  readonly set: VersionSet
  /** The names of the endpoints that the option applies to, as far as they are compiled. */
  readonly names: Set<string>
  /** Whether a request has found that all names are endpoints. */
  isChecked: boolean
}

const known = new WeakMap<BlueprintOptions, Parsed>()

export class Place {
  readonly set: VersionSet
  /** Whether the option is that of the Api: more blueprints may be registered later. */
  readonly isApi: boolean
  readonly #parsed: Parsed
  readonly #where: string
  /** The names of the blueprints between the one with the option and the endpoint, each with a dot. */
  readonly #prefix: string

  /** @throws {TypeError} for an invalid option. */
  constructor({ settings, blueprintNames }: Endpoint, options: VersionsOptions) {
    const index = settings.findIndex(({ versions }) => versions === options)
    const owner = settings[index] as BlueprintOptions
    this.isApi = index === settings.length - 1
    this.#where = `The option 'versions' of the ${this.isApi ? 'Api' : `blueprint '${blueprintNames[index]}'`}`
    const earlier = known.get(owner)
    this.#parsed =
      earlier?.options === options
        ? earlier
        : { options, set: new VersionSet(this.#where, options), names: new Set(), isChecked: false }
    known.set(owner, this.#parsed)
    this.set = this.#parsed.set
    const path = blueprintNames.slice(0, index).toReversed()
    this.#prefix = path.map((name) => `${name}.`).join('')
  }

  /** The name of an endpoint in the tables. */
  add({ name }: Endpoint): string {
    const key = this.#prefix + name
    this.#parsed.names.add(key)
    return key
  }

  /**
   * Checks the names of a blueprint's endpoints, when these are compiled.
   *
   * @throws {TypeError} for a name that no endpoint has.
   */
  check(): void {
    const odd = this.#unknown(this.#prefix)
    if (odd === undefined) return
    throw new TypeError(this.#message(odd) + suggestion(odd, [...this.#parsed.names]))
  }

  /** On an Api: warns at the first request of a name whose blueprint was not registered. */
  get warnOfUnknown(): Step | undefined {
    if (!this.isApi || this.#unknown('') === undefined) return undefined
    return ({ endpoint }) => {
      const odd = this.#parsed.isChecked ? undefined : this.#unknown('')
      this.#parsed.isChecked = true
      if (odd !== undefined) warnOnce(endpoint, 'MAZURKA_UNKNOWN_TRANSFORM', this.#message(odd))
    }
  }

  #unknown(prefix: string): string | undefined {
    const keys = this.set.all.flatMap(({ declared: { request, response } }) =>
      Object.keys({ ...request, ...response }),
    )
    return keys.find((key) => key.startsWith(prefix) && !this.#parsed.names.has(key))
  }

  #message(name: string): string {
    return `${this.#where} has a transform of '${name}', which is no endpoint`
  }
}
