/**
 * The media types that each endpoint accepts or returns, in the server's order of preference.
 *
 *     api.outgoing.addMimetype('text/csv')                      every endpoint may also return CSV
 *     api.outgoing.setMimetypes([null, 'text/html'], 'query')   query: those, and HTML
 */
import { MediaType } from '../http/media-type.ts'
import { Observable } from '../registry/observable.ts'

/** An entry of an endpoint: a media type, or null for all types of the default endpoint. */
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
   * @throws {TypeError} for an invalid media type, and for null on the default endpoint.
   */
  addMimetype(mimetype: string | null, endpoint: string | null = MIMEMap.DEFAULT_ENDPOINT): this {
    return this.setMimetypes([...this.#listed(endpoint), mimetype], endpoint)
  }

  /**
   * Replaces the types of an endpoint. Null among them means the types of the default endpoint, also those
   * that are added later; an empty list allows no type.
   *
   * @throws {TypeError} as addMimetype.
   */
  setMimetypes(mimetypes: Iterable<string | null>, endpoint: string | null = MIMEMap.DEFAULT_ENDPOINT): this {
    const entries = [...new Set([...mimetypes].map(normalize))]
    if (endpoint === MIMEMap.DEFAULT_ENDPOINT && entries.includes(null)) {
      throw new TypeError(
        'null means the types of the default endpoint, which cannot list null itself: list media types',
      )
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

  /** A copy that changes independently. */
  copy(): MIMEMap {
    const copy = new MIMEMap()
    for (const [endpoint, entries] of this.#entries) copy.setMimetypes(entries, endpoint)
    return copy
  }

  #listed(endpoint: string | null): readonly Entry[] {
    return this.#entries.get(endpoint) ?? (endpoint === MIMEMap.DEFAULT_ENDPOINT ? [] : [null])
  }
}

/** The normal form of a media type, so that two spellings are one entry. */
function normalize(mimetype: string | null): string | null {
  return mimetype === null ? null : MediaType.of(mimetype).toString()
}

function nameOf(handler: Named): string {
  if (!handler.name)
    throw new TypeError('The handler has no name to list types for: give the function a name')
  return handler.name
}
