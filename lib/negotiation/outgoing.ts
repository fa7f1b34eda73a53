/**
 * Chooses the media type of a response: by the format in the query, or by the Accept field of the client.
 *
 *     offers application/json, text/csv · Accept: text/*  →  text/csv
 */
import { Accept } from '../http/accept.ts'
import { MediaType } from '../http/media-type.ts'
import { BoundedCache } from '../registry/bounded-cache.ts'
import { type Formats, formatIn } from './formats.ts'

/** An offer with its weight for a client. */
export interface WeighedOffer {
  readonly contentType: string
  /** 0 (refused or not mentioned) to 1. */
  readonly weight: number
  /** The client's range that gives the weight; undefined when no range covers the offer. */
  readonly range: string | undefined
}

/** The result of a negotiation, with its reason. */
export interface Explanation {
  /** The chosen media type; undefined when the response is a 406, or nothing is negotiated. */
  readonly contentType: string | undefined
  /** In the server's order of preference, without the fallback. */
  readonly offers: readonly WeighedOffer[]
  /** The reason for the choice, in one sentence. */
  readonly reason: string
}

/** Anything that has a media type. */
interface HasContentType {
  readonly contentType: string
}

/** For clients that accept none of the offers. */
export interface Fallback<T> {
  /** The offer for the documentation: of the type `*\/*`. */
  readonly offer: T
  /**
   * Undefined for a client that accepts nothing: `*\/*;q=0`.
   *
   * @param isRefused whether the client's range is a type that the fallback must not have.
   */
  for(accept: string | undefined, isRefused?: (range: MediaType) => boolean): T | undefined
}

/** The fallback and the formats of an endpoint. */
interface Extras<T> {
  readonly fallback?: Fallback<T> | undefined
  readonly formats?: Formats | undefined
}

export class Outgoing<T extends HasContentType = HasContentType> {
  /** In the server's order of preference, without the fallback. */
  readonly offers: readonly T[]
  readonly extras: Extras<T>
  readonly #types: readonly MediaType[]
  readonly #chosen = new BoundedCache((accept) => this.#rank(accept))

  constructor(offers: readonly T[], extras: Extras<T> = {}) {
    this.offers = offers
    this.extras = extras
    this.#types = offers.map(({ contentType }) => MediaType.of(contentType))
  }

  /** The offers and the fallback, whose type is `*\/*`: for documentation. */
  get all(): readonly T[] {
    const { fallback } = this.extras
    return fallback ? [...this.offers, fallback.offer] : this.offers
  }

  /** The offer for a client without Accept; undefined when there is none. */
  get first(): T | undefined {
    return this.offers[0] ?? this.extras.fallback?.for(undefined)
  }

  /** The offer whose format the query of a target names, else the best one. */
  choose(accept: string | undefined, target: string | undefined): T | undefined {
    return this.#named(this.#formatIn(target)) ?? this.best(accept)
  }

  /** The offer this client prefers; the first without Accept; undefined when it refuses all. */
  best(accept: string | undefined): T | undefined {
    if (accept === undefined || accept === '*/*') return this.first
    return this.#chosen.get(accept)
  }

  /** Whether data may be sent as a chosen offer: not as one that is chosen only to be refused. */
  serves(_offer: T): boolean {
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

  #rank(accept: string): T | undefined {
    const best = Accept.parse(accept).best(this.#types)
    return best ? this.offers[this.#types.indexOf(best)] : this.extras.fallback?.for(accept)
  }

  #formatIn(target = ''): string | undefined {
    return this.extras.formats && formatIn(this.extras.formats, target)
  }

  #named(format: string | undefined): T | undefined {
    const type = format && this.extras.formats?.types.get(format)
    return type ? this.offers.find(({ contentType }) => contentType === type) : undefined
  }
}

function reasonFor(
  contentType: string | undefined,
  offers: readonly WeighedOffer[],
  accept?: string,
): string {
  const chosen = offers.find((offer) => offer.contentType === contentType)
  if (contentType !== undefined && !chosen) return `The fallback */* is sent as ${contentType}`
  if (offers.length === 0) return 'No media type is available'
  if (contentType === undefined) return `No available media type matches Accept: ${accept}`
  if (!accept?.trim()) return `Without Accept the first media type is sent: ${contentType}`
  const equals = offers.filter((offer) => offer !== chosen && offer.weight === chosen?.weight)
  const weight = `${contentType} has weight ${chosen?.weight} by range ${chosen?.range}`
  if (equals.length === 0) return `${weight}, more than any other media type`
  const others = equals.map((offer) => offer.contentType).join(', ')
  const rule = 'the more specific range decides, then the client’s order, then the server’s'
  return `${weight}, the same as ${others}: ${rule}`
}
