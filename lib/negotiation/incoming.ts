/**
 * Matches the Content-Type of a request against the media types that an endpoint accepts: of several that match, the most
 * specific one is its entry.
 *
 *     lists application/*+json, application/vnd.temps+json · Content-Type: application/vnd.temps+json  →  the second
 *
 * RFC 9110 §8.3 (Content-Type).
 */
import typeis from 'type-is'
import { MediaType } from '../http/media-type.ts'
import { BoundedCache } from '../registry/bounded-cache.ts'

/** A Content-Type that the endpoint accepts. */
export interface MatchedContentType {
  /** The entry of the map that matches it. */
  readonly entry: string
  readonly mediaType: MediaType
}

const UNKNOWN = 'application/octet-stream'

export class Incoming {
  /** The entries of the map: types, and patterns such as `application/*+json`. */
  readonly types: readonly string[]
  /** With their patterns, the most specific first. */
  readonly #entries: readonly (readonly [entry: string, pattern: MediaType])[]
  readonly #matches = new BoundedCache((field) => this.#match(field))

  constructor(types: readonly string[]) {
    this.types = types
    this.#entries = types
      .map((type) => [type, MediaType.of(type)] as const)
      .sort(([, a], [, b]) => b.specificity - a.specificity)
  }

  /**
   * The match for a Content-Type; undefined (415) for an unsupported one. Content without the field is
   * `application/octet-stream` (RFC 9110 §8.3).
   */
  match(field: string = UNKNOWN): MatchedContentType | undefined {
    return this.#matches.get(field)
  }

  /** The reason of a 415, for the client. */
  refusal(_field?: string): string {
    return this.types.length > 0
      ? `Supported media types: ${this.types.join(', ')}`
      : 'No content is supported'
  }

  /** Compares type and subtype as `type-is` does, and those parameters that the entry has. */
  #match(field: string): MatchedContentType | undefined {
    const mediaType = MediaType.parse(field)
    if (!mediaType || mediaType.isRange) return undefined
    const found = this.#entries.find(
      ([, { essence, parameters }]) =>
        typeis.is(mediaType.essence, [essence]) && mediaType.carries(parameters),
    )
    return found && { entry: found[0], mediaType }
  }
}
