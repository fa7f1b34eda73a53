/**
 * Chooses the media type of a response: by the format in the query, or by the Accept field of the client.
 *
 *     offers application/json, text/csv · Accept: text/*  →  text/csv
 */
import { Accept } from '../http/accept.ts'
import { MediaType } from '../http/media-type.ts'
import { BoundedCache } from '../registry/bounded-cache.ts'
import { type Explanation, reasonFor } from './explanation.ts'
import { type Formats, formatIn } from './formats.ts'
import type { Offer } from './offer.ts'

/** For clients that accept none of the offers. */
export interface Fallback {
  /** The offer for the documentation: of the type `*\/*`. */
  readonly offer: Offer
  /**
   * Undefined for a client that accepts nothing: `*\/*;q=0`.
   *
   * @param isRefused whether the client's range is a type that the fallback must not have.
   */
  for(accept: string | undefined, isRefused?: (range: MediaType) => boolean): Offer | undefined
}

/** The fallback and the formats of an endpoint. */
interface Extras {
  readonly fallback?: Fallback | undefined
  readonly formats?: Formats | undefined
}

export class Outgoing {
  /** In the server's order of preference, without the fallback. */
  readonly offers: readonly Offer[]
  readonly extras: Extras
  readonly #types: readonly MediaType[]
  readonly #chosen = new BoundedCache((accept) => this.#rank(accept))

  constructor(offers: readonly Offer[], extras: Extras = {}) {
    this.offers = offers
    this.extras = extras
    this.#types = offers.map(({ contentType }) => MediaType.of(contentType))
  }

  /** The offers and the fallback, whose type is `*\/*`: for documentation. */
  get all(): readonly Offer[] {
    const { fallback } = this.extras
    return fallback ? [...this.offers, fallback.offer] : this.offers
  }

  /** The offer for a client without Accept; undefined when there is none. */
  get first(): Offer | undefined {
    return this.offers[0] ?? this.extras.fallback?.for(undefined)
  }

  /** The offer whose format the query of a target names, else the best one. */
  choose(accept: string | undefined, target: string | undefined): Offer | undefined {
    return this.#named(this.#formatIn(target)) ?? this.best(accept)
  }

  /** The offer this client prefers; the first without Accept; undefined when it refuses all. */
  best(accept: string | undefined): Offer | undefined {
    if (accept === undefined || accept === '*/*') return this.first
    return this.#chosen.get(accept)
  }

  /** Whether data may be sent as a chosen offer: not as one that is chosen only to be refused. */
  serves(_offer: Offer): boolean {
    return true
  }

  /** The weight of every offer, the chosen one and the reason. */
  explain(accept: string | undefined, target?: string): Explanation {
    const field = Accept.parse(accept)
    const format = this.#formatIn(target)
    const named = this.#named(format)
    const contentType = (named ?? this.best(accept))?.contentType
    const offers = this.#types.map((type, index) => {
      const { weight, range } = field.weigh(type)
      return { contentType: this.offers[index]?.contentType ?? '', weight, range: range?.toString() }
    })
    if (named) return { contentType, offers, reason: `The query names the format ${format}` }
    const unknown = format === undefined ? '' : `The format ${format} is not known. `
    return { contentType, offers, reason: unknown + reasonFor(contentType, offers, accept) }
  }

  /** The reason of a 406, for the client. */
  refusal(_accept?: string): string {
    const types = this.offers.map(({ contentType }) => contentType)
    return types.length > 0 ? `Available media types: ${types.join(', ')}` : 'No media type is available'
  }

  #rank(accept: string): Offer | undefined {
    const best = Accept.parse(accept).best(this.#types)
    return best ? this.offers[this.#types.indexOf(best)] : this.extras.fallback?.for(accept)
  }

  #formatIn(target = ''): string | undefined {
    return this.extras.formats && formatIn(this.extras.formats, target)
  }

  #named(format: string | undefined): Offer | undefined {
    const type = format && this.extras.formats?.types.get(format)
    return type ? this.offers.find(({ contentType }) => contentType === type) : undefined
  }
}
