/**
 * Which of an endpoint's types a client gets.
 *
 *     offers application/json, text/csv · Accept: text/*  →  text/csv
 */
import { Accept } from '../http/accept.ts'
import { MediaType } from '../http/media-type.ts'
import { BoundedCache } from '../registry/bounded-cache.ts'

/** What one offer weighed. */
export interface WeighedOffer {
  readonly contentType: string
  /** 0 (refused or not mentioned) to 1. */
  readonly weight: number
  /** The client's range that decided; undefined when none covers the offer. */
  readonly range: string | undefined
}

/** Why a client gets what it gets. */
export interface Explanation {
  /** The type that won; undefined when the answer is 406, or nothing is negotiated. */
  readonly contentType: string | undefined
  /** In the server's order of preference. */
  readonly offers: readonly WeighedOffer[]
  /** The decision in a sentence. */
  readonly reason: string
}

/** What can be chosen: anything that has a media type. */
interface Typed {
  readonly contentType: string
}

export class Outgoing<T extends Typed = Typed> {
  /** In the server's order of preference. */
  readonly offers: readonly T[]
  readonly #types: readonly MediaType[]
  readonly #chosen = new BoundedCache((accept) => this.#rank(accept))

  constructor(offers: readonly T[]) {
    this.offers = offers
    this.#types = offers.map(({ contentType }) => MediaType.of(contentType))
  }

  /** The offer this client wants most; the first without Accept; undefined when it refuses all. */
  best(accept: string | undefined): T | undefined {
    if (accept === undefined || accept === '*/*') return this.offers[0]
    return this.#chosen.get(accept)
  }

  /** What every offer weighs, and why one wins. */
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
  if (offers.length === 0) return 'Nothing is on offer'
  if (contentType === undefined) return `No offer meets Accept: ${accept}`
  if (!accept?.trim()) return `Without Accept the first offer is sent: ${contentType}`
  const winner = offers.find((offer) => offer.contentType === contentType)
  const rivals = offers.filter((offer) => offer !== winner && offer.weight === winner?.weight)
  const tie = 'of these the more specific range, then the client’s order, then the server’s decides'
  const weighs = `${contentType} weighs ${winner?.weight} by ${winner?.range}`
  if (rivals.length === 0) return `${weighs}, more than any other offer`
  return `${weighs}, as ${rivals.map((rival) => rival.contentType).join(', ')}: ${tie}`
}
