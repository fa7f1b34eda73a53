/** Why a media type is chosen: the weights of all offers, and the reason, for developers. */

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

/** The reason for the chosen media type, in one sentence. */
export function reasonFor(
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
