/** Entries by media type (parsers, renderers, response schemas) and their look-up. */
import { MediaType } from '../http/media-type.ts'
import { Observable } from './observable.ts'

export abstract class MediaTypeMap<T> extends Observable {
  readonly #entries = new Map<string, T>()

  /** Whether a type has an entry, its own or that of a range. */
  has(contentType: string): boolean {
    return this.find(contentType) !== undefined
  }

  /** Types with an entry of their own, in the order of first registration. */
  get types(): string[] {
    return [...this.#entries.keys()]
  }

  /** A shallow copy. */
  copy(): this {
    const copy = new (this.constructor as new () => this)()
    for (const [type, entry] of this.#entries) copy.put(type, entry)
    return copy
  }

  /** Adds an entry, or replaces the entry of the type. @throws {TypeError} for invalid media types. */
  protected put(contentType: string, entry: T): this {
    this.#entries.set(MediaType.of(contentType).toString(), entry)
    this.changed()
    return this
  }

  /** Looks up a type as `lookUpByMediaType` does. */
  protected find(contentType: string): T | undefined {
    return lookUpByMediaType(this.#entries, contentType)
  }
}

/**
 * The entry for a content type: of the type itself, of the type without parameters, of a range with its suffix, of
 * `application/json` for a `+json` type, of another range. The key `*` matches everything.
 *
 *     text/csv; header=absent  →  text/csv;header=absent, text/csv, text/*
 *     application/rss+xml      →  application/rss+xml, application/*+xml, *+xml, application/*
 *
 * @param entries by media type, as `MediaType` writes it.
 * @throws {TypeError} for an invalid media type.
 */
export function lookUpByMediaType<T>(entries: ReadonlyMap<string, T>, contentType: string): T | undefined {
  const exact = entries.get('*') ?? entries.get(contentType)
  if (exact !== undefined) return exact
  const type = MediaType.of(contentType)
  const { suffix } = type
  const ranges = suffix === undefined ? [] : [`${type.type}/*+${suffix}`, `*/*+${suffix}`]
  const json = type.isJson ? ['application/json'] : []
  for (const name of [type.toString(), type.essence, ...ranges, ...json, `${type.type}/*`, '*/*']) {
    const entry = entries.get(name)
    if (entry !== undefined) return entry
  }
  return undefined
}
