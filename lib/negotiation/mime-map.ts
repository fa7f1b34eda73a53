/**
 * Which media types each endpoint takes or gives, in the server's order of preference.
 *
 *     api.outgoing.addMimetype('text/csv')                      every endpoint may also answer CSV
 *     api.outgoing.setMimetypes([null, 'text/html'], 'query')   query: those, and HTML
 */
import { MediaType } from '../http/media-type.ts'
import { Observable } from '../registry/observable.ts'

/** What an endpoint lists: a media type, or null for all types of the default endpoint. */
type Entry = string | null

interface Named {
  readonly name: string
}

export class MIMEMap extends Observable {
  /** The endpoint whose types all others start from. */
  static readonly DEFAULT_ENDPOINT = null

  readonly #entries = new Map<string | null, readonly Entry[]>()

  /**
   * Adds a type for an endpoint, which keeps the types it has.
   *
   * @throws {TypeError} for text that is no media type, and for null on the default endpoint.
   */
  addMimetype(mimetype: string | null, endpoint: string | null = MIMEMap.DEFAULT_ENDPOINT): this {
    return this.setMimetypes([...this.#listed(endpoint), mimetype], endpoint)
  }

  /**
   * Replaces the types of an endpoint. Null among them stands for those of the default endpoint, now and
   * later; none at all blocks everything.
   *
   * @throws {TypeError} as addMimetype.
   */
  setMimetypes(mimetypes: Iterable<string | null>, endpoint: string | null = MIMEMap.DEFAULT_ENDPOINT): this {
    const entries = [...new Set([...mimetypes].map(normalize))]
    if (endpoint === MIMEMap.DEFAULT_ENDPOINT && entries.includes(null)) {
      throw new TypeError('null stands for the default types and cannot be listed among them')
    }
    this.#entries.set(endpoint, entries)
    this.changed()
    return this
  }

  /** The types of an endpoint in order of preference, null expanded: a fresh array. */
  getMimetypes(endpoint: string | null = MIMEMap.DEFAULT_ENDPOINT): string[] {
    const defaults = this.#listed(MIMEMap.DEFAULT_ENDPOINT)
    const expanded = this.#listed(endpoint).flatMap((entry) => (entry === null ? defaults : [entry]))
    return [...new Set(expanded)].filter((entry) => entry !== null)
  }

  /** Decorator form of addMimetype: the endpoint is the handler's name. */
  add(mimetype: string | null): <H extends Named>(handler: H) => H {
    return (handler) => {
      this.addMimetype(mimetype, nameOf(handler))
      return handler
    }
  }

  /** Decorator form of setMimetypes: these types only. */
  only(mimetypes: Iterable<string | null>): <H extends Named>(handler: H) => H {
    return (handler) => {
      this.setMimetypes(mimetypes, nameOf(handler))
      return handler
    }
  }

  /** A map of its own with the same entries. */
  copy(): MIMEMap {
    const copy = new MIMEMap()
    for (const [endpoint, entries] of this.#entries) copy.setMimetypes(entries, endpoint)
    return copy
  }

  #listed(endpoint: string | null): readonly Entry[] {
    return this.#entries.get(endpoint) ?? (endpoint === MIMEMap.DEFAULT_ENDPOINT ? [] : [null])
  }
}

/** Two spellings of one type are one entry. */
function normalize(mimetype: string | null): string | null {
  return mimetype === null ? null : MediaType.of(mimetype).toString()
}

function nameOf(handler: Named): string {
  if (!handler.name) throw new TypeError('A handler without a name has no endpoint name to list types for')
  return handler.name
}
