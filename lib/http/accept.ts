/**
 * Accept: the media types a client will take, and how much it wants each.
 *
 *     Accept: text/html, application/*;q=0.5, application/xml;q=0
 *
 * `accepts` does the ranking; what it does not know is told to it in words it does: a charset that
 * means nothing, parameters behind the weight, `application/*+json`, members that do not parse.
 *
 * RFC 9110 §12.4.2 (weights), §12.5.1 (Accept).
 */
import type { IncomingMessage } from 'node:http'
import accepts from 'accepts'
import { splitList } from './field.ts'
import { MediaType } from './media-type.ts'

/** A member of the field. */
export interface WeightedRange {
  readonly range: MediaType
  /** 0 (refused) to 1 (wanted most). */
  readonly weight: number
}

/** What an offer weighs, and the range that says so. */
export interface Weighed {
  /** 0 when the offer is refused or not mentioned. */
  readonly weight: number
  readonly range: MediaType | undefined
}

const ANYTHING: WeightedRange = { range: /* @__PURE__ */ MediaType.of('*/*'), weight: 1 }

export class Accept {
  /** As the client wrote them. Empty when nothing in the field could be read. */
  readonly ranges: readonly WeightedRange[]

  constructor(ranges: readonly WeightedRange[]) {
    this.ranges = ranges
  }

  /** Reads a header. None, or an empty one, means anything goes; a member that does not parse is skipped. */
  static parse(header: string | undefined): Accept {
    const members = splitList(header ?? '')
    if (members.length === 0) return new Accept([ANYTHING])
    return new Accept(members.map(parseMember).filter((member) => member !== undefined))
  }

  /** The weight of `offer`: that of the most specific range that covers it, of equals the highest. */
  weigh(offer: MediaType): Weighed {
    let best: WeightedRange | undefined
    for (const member of this.ranges) {
      if (!member.range.covers(offer)) continue
      const more = best ? member.range.specificity - best.range.specificity || member.weight - best.weight : 1
      if (more > 0) best = member
    }
    return { weight: best?.weight ?? 0, range: best?.range }
  }

  /**
   * The offer wanted most; undefined when all are refused (the caller answers 406).
   *
   * At equal weight the more specific range wins, then the client's order, then the order of `offers`.
   */
  best(offers: readonly MediaType[]): MediaType | undefined {
    const field = this.#rankable(offers)
    if (field === '') return undefined
    const texts = offers.map(String)
    const chosen = accepts({ headers: { accept: field } } as IncomingMessage).type(texts)
    return typeof chosen === 'string' ? offers[texts.indexOf(chosen)] : undefined
  }

  /** The field in the words of `accepts`: a suffix range becomes the offers that no single type speaks for. */
  #rankable(offers: readonly MediaType[]): string {
    const plain = this.ranges.filter(({ range }) => range.specificity !== 2)
    const suffixed = offers
      .map((offer) => ({ offer, ...this.weigh(offer) }))
      .filter(({ range }) => range?.specificity === 2)
      .sort((a, b) => this.#position(a.range) - this.#position(b.range))
      .map(({ offer, weight }) => ({ range: offer, weight }))
    return [...plain, ...suffixed].map(({ range, weight }) => `${range};q=${weight}`).join(',')
  }

  #position(range: MediaType | undefined): number {
    return this.ranges.findIndex((member) => member.range === range)
  }
}

/** Everything behind the weight is the obsolete accept-ext and ignored (RFC 9110 §12.5.1). */
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
    if (!saysNothing(parsed, name, value)) parameters[name] = value
  }
  return { range: parsed.with(parameters), weight }
}

/** All our text is UTF-8, and JSON has no other charset (RFC 8259 §8.1): asking for it changes nothing. */
function saysNothing(range: MediaType, name: string, value: string): boolean {
  return name === 'charset' && (range.isJson || /^utf-?8$/i.test(value))
}
