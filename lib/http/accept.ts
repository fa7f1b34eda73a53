/**
 * Accept: the media types a client accepts, with their weights.
 *
 *     Accept: text/html, application/*;q=0.5, application/xml;q=0
 *
 * The package `accepts` ranks a field of plain types and weights. A field with a parameter, with `application/*+json`
 * or with a member that does not parse is ranked here, by the same rules.
 *
 * RFC 9110 §12.4.2 (weights), §12.5.1 (Accept).
 */
import type { IncomingMessage } from 'node:http'
import accepts from 'accepts'
import { splitList } from './field.ts'
import { MediaType } from './media-type.ts'
import { isPlainAccept } from './plain-accept.ts'
import { isUtf8, matchOf, preferredOffer, type WeightedRange } from './preferred-offer.ts'

/** The weight of an offer, and the range it comes from. */
interface OfferWeight {
  /** 0 for an offer that is not acceptable or not mentioned. */
  readonly weight: number
  readonly range: MediaType | undefined
}

const ANYTHING: WeightedRange = { range: /* @__PURE__ */ MediaType.of('*/*'), weight: 1 }

export class Accept {
  readonly #field: string
  #ranges: readonly WeightedRange[] | undefined

  private constructor(field: string) {
    this.#field = field
  }

  /** Without a field, or with an empty one, every type is acceptable; invalid members are skipped. Never throws. */
  static parse(header: string | undefined): Accept {
    return new Accept(header ?? '')
  }

  /** In the order of the field. Empty when no member of the field parses. */
  get ranges(): readonly WeightedRange[] {
    this.#ranges ??= rangesOf(this.#field)
    return this.#ranges
  }

  /** The weight of `offer`: of the most specific range that covers it, of equally specific ones the highest. */
  weigh(offer: MediaType): OfferWeight {
    const match = matchOf(offer, this.ranges)
    return { weight: match?.weight ?? 0, range: match?.range }
  }

  /**
   * The preferred offer; undefined when none is acceptable (the caller responds with 406).
   *
   * At equal weight the more specific range wins, then the client's order, then the order of `offers`.
   */
  best(offers: readonly MediaType[]): MediaType | undefined {
    if (!isPlainAccept(this.#field)) return preferredOffer(offers, this.ranges)
    const texts = offers.map(String)
    const chosen = accepts({ headers: { accept: this.#field } } as IncomingMessage).type(texts)
    return typeof chosen === 'string' ? offers[texts.indexOf(chosen)] : undefined
  }
}

function rangesOf(field: string): readonly WeightedRange[] {
  const members = splitList(field)
  if (members.length === 0) return [ANYTHING]
  return members.map(parseMember).filter((member) => member !== undefined)
}

/** Parameters after the weight are the obsolete accept-ext and ignored (RFC 9110 §12.5.1). */
function parseMember(member: string): WeightedRange | undefined {
  const parsed = MediaType.parse(member)
  if (!parsed) return undefined
  const parameters: Record<string, string> = {}
  let weight = 1
  for (const [name, value] of Object.entries(parsed.parameters)) {
    if (name === 'q') {
      if (!/^(?:0|0?\.\d*|1(?:\.0*)?)$/.test(value)) return undefined // RFC 9110 §12.4.2, leniently `.5`
      weight = Number(value)
      break
    }
    if (name !== 'charset' || !parsed.isJson || isUtf8(value)) parameters[name] = value // RFC 8259 §8.1: JSON is UTF-8
  }
  return { range: parsed.with(parameters), weight }
}
