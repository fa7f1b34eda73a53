/**
 * Ranks offers by weighted media ranges, by the rules of the package `accepts`, and more exactly: by the
 * {@link MediaType.specificity} of a range.
 *
 * RFC 9110 §12.5.1 (precedence).
 */
import type { MediaType } from './media-type.ts'

/** A media range of a field, and its weight. */
export interface WeightedRange {
  readonly range: MediaType
  /** 0 (not acceptable) to 1 (preferred). */
  readonly weight: number
}

/** The range that gives an offer its weight. */
interface Match {
  readonly offer: MediaType
  readonly range: MediaType
  readonly weight: number
  /** How specific the range is: the higher, the more. A charset of UTF-8 takes half a point, which does not count between offers. */
  readonly precedence: number
  /** Position of the range. */
  readonly index: number
}

/** The offer of the highest weight, then of the most specific range, then of the first range, then the first one. */
export function preferredOffer(
  offers: readonly MediaType[],
  ranges: readonly WeightedRange[],
): MediaType | undefined {
  let best: Match | undefined
  for (const offer of offers) {
    const match = matchOf(offer, ranges)
    if (!match || !(match.weight > 0)) continue // `q=.` is NaN
    const order = best
      ? match.weight - best.weight ||
        Math.floor(match.precedence) - Math.floor(best.precedence) ||
        best.index - match.index
      : 1
    if (order > 0) best = match
  }
  return best?.offer
}

/** The most specific range, of equally specific ones that of the highest weight, then the last. */
export function matchOf(offer: MediaType, ranges: readonly WeightedRange[]): Match | undefined {
  let best: Match | undefined
  for (let index = 0; index < ranges.length; index++) {
    const { range, weight } = ranges[index] as WeightedRange
    const precedence = precedenceOf(range, offer)
    if (precedence < 0) continue
    const order = best ? precedence - best.precedence || weight - best.weight || 1 : 1
    if (order > 0) best = { offer, range, weight, precedence, index }
  }
  return best
}

/** -1 for a range that does not match. */
function precedenceOf(range: MediaType, offer: MediaType): number {
  const { parameters } = range
  if (!range.coversType(offer)) return -1
  if (!Object.keys(parameters).every((name) => isMet(name, parameters[name], offer.parameters[name])))
    return -1
  return range.specificity - (isUtf8(parameters.charset ?? '') ? 0.5 : 0)
}

/** `*` is met by any value, an empty value also by a missing one, and UTF-8 by an offer without a charset. */
function isMet(name: string, asked = '', value = ''): boolean {
  if (name === 'charset' && isUtf8(asked)) return value === '' || isUtf8(value)
  return asked === '*' || asked.toLowerCase() === value.toLowerCase()
}

/** Whether it is UTF-8, which text is always sent as. */
export function isUtf8(charset: string): boolean {
  return /^utf-?8$/i.test(charset)
}
