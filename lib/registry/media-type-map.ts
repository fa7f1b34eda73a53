/** Things that are looked up by media type: parsers, renderers. */
import { MediaType } from '../http/media-type.ts'
import { Observable } from './observable.ts'

export abstract class MediaTypeMap<T> extends Observable {
  readonly #entries = new Map<string, T>()

  /** Whether something serves the type. */
  has(contentType: string): boolean {
    return this.find(contentType) !== undefined
  }

  /** The types that have an entry of their own, in the order they were first registered. */
  get types(): string[] {
    return [...this.#entries.keys()]
  }

  /** One of its own with the same entries. */
  copy(): this {
    const copy = new (this.constructor as new () => this)()
    for (const [type, entry] of this.#entries) copy.put(type, entry)
    return copy
  }

  /** A later word replaces an earlier one. @throws {TypeError} for text that is no media type. */
  protected put(contentType: string, entry: T): this {
    this.#entries.set(MediaType.of(contentType).toString(), entry)
    this.changed()
    return this
  }

  /** The entry of a type: its own, that of the type without parameters, JSON for any `+json`, that of a range. */
  protected find(contentType: string): T | undefined {
    const type = MediaType.of(contentType)
    const names = [type.toString(), type.essence]
    if (type.suffix === 'json') names.push('application/json')
    names.push(`${type.type}/*`, '*/*')
    for (const name of names) {
      const entry = this.#entries.get(name)
      if (entry !== undefined) return entry
    }
    return undefined
  }
}
