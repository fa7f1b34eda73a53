/**
 * Chooses the media type of a response by the Accept field of the client.
 *
 *     offers application/json, text/csv · Accept: text/*  →  text/csv
 */
import { Accept } from '../http/accept.ts'
import { MediaType } from '../http/media-type.ts'
import { BoundedCache } from '../registry/bounded-cache.ts'

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
  /** In the server's order of preference. */
  readonly offers: readonly WeighedOffer[]
  /** The reason for the choice, in one sentence. */
  readonly reason: string
}

/** Anything that has a media type. */
interface HasContentType {
  readonly contentType: string
}

export class Outgoing<T extends HasContentType = HasContentType> {
  /** In the server's order of preference. */
  readonly offers: readonly T[]
  readonly #types: readonly MediaType[]
  readonly #chosen = new BoundedCache((accept) => this.#rank(accept))

  constructor(offers: readonly T[]) {
    this.offers = offers
    this.#types = offers.map(({ contentType }) => MediaType.of(contentType))
  }

  /** The offer this client prefers; the first without Accept; undefined when it refuses all. */
  best(accept: string | undefined): T | undefined {
    if (accept === undefined || accept === '*/*') return this.offers[0]
    return this.#chosen.get(accept)
  }

  /** The weight of every offer, the chosen one and the reason. */
  explain(accept: string | undefined): Explanation {
    const field = Accept.parse(accept)
    const contentType = this.best(accept)?.contentType
    const offers = this.#types.map((type, index) => {
      const { weight, range } = field.weigh(type)
      return { contentType: this.offers[index]?.contentType ?? '', weight, range: range?.toString() }
    })
    return { contentType, offers, reason: reasonFor(contentType, offers, accept) }
  }

  #rank(accept: string): T | undefined {
    const best = Accept.parse(accept).best(this.#types)
    return best && this.offers[this.#types.indexOf(best)]
  }
}

function reasonFor(
  contentType: string | undefined,
  offers: readonly WeighedOffer[],
  accept?: string,
): string {
  if (offers.length === 0) return 'No media type is available'
  if (contentType === undefined) return `No available media type matches Accept: ${accept}`
  if (!accept?.trim()) return `Without Accept the first media type is sent: ${contentType}`
  const chosen = offers.find((offer) => offer.contentType === contentType)
  const equals = offers.filter((offer) => offer !== chosen && offer.weight === chosen?.weight)
  const weight = `${contentType} has weight ${chosen?.weight} by range ${chosen?.range}`
  if (equals.length === 0) return `${weight}, more than any other media type`
  const others = equals.map((offer) => offer.contentType).join(', ')
  const rule = 'the more specific range decides, then the client’s order, then the server’s'
  return `${weight}, the same as ${others}: ${rule}`
}
