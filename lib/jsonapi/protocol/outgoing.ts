/**
 * The choice of a response's media type among JSON:API with its parameters and the other types of an endpoint.
 *
 * Instances of the JSON:API media type with parameters that are not supported are removed from Accept; the rest is
 * negotiated as everywhere. The extensions and profiles of the instance that is chosen are in the Content-Type.
 *
 * JSON:API 1.1, "Content Negotiation", "Server Responsibilities".
 */
import { Accept } from '../../http/accept.ts'
import { splitList } from '../../http/field.ts'
import { MediaType } from '../../http/media-type.ts'
import type { Explanation } from '../../negotiation/explanation.ts'
import type { Offer } from '../../negotiation/offer.ts'
import { Outgoing } from '../../negotiation/outgoing.ts'
import { BoundedCache } from '../../registry/bounded-cache.ts'
import {
  type Applied,
  appliedOf,
  JSONAPI_MIMETYPE,
  mediaTypeOf,
  problemOf,
  type Support,
} from './media-type.ts'

/** The JSON:API media type as an offer, with the extensions and profiles of its document. */
interface JsonApiOffer extends Offer {
  readonly applied: Applied
}

/** An Accept field, as far as it is supported. */
interface ReadAccept {
  /** The supported members; JSON:API without parameters. Undefined where none is left. */
  readonly field: string | undefined
  /** The parameters of the preferred instance of the media type. */
  readonly parameters: MediaType['parameters']
  /** Why an instance was removed. */
  readonly problem: string | undefined
}

export class JsonApiOutgoing extends Outgoing {
  readonly #support: Support
  readonly #best = new BoundedCache((accept) => this.#bestOf(accept))

  constructor({ offers, extras }: Outgoing, support: Support) {
    super(
      offers.map((offer) => withApplied(offer, appliedOf({}, support))),
      extras,
    )
    this.#support = support
  }

  override best(accept: string | undefined): Offer | undefined {
    return accept === undefined || accept === '*/*' ? this.first : this.#best.get(accept)
  }

  override explain(accept: string | undefined, target?: string): Explanation {
    return super.explain(accept && (this.#read(accept).field ?? accept), target)
  }

  override refusal(accept = ''): string {
    const { problem } = this.#read(accept)
    return problem ? `Accept has ${JSONAPI_MIMETYPE} only with parameters: ${problem}` : super.refusal(accept)
  }

  #bestOf(accept: string): Offer | undefined {
    const { field, parameters } = this.#read(accept)
    const best = field === undefined ? undefined : super.best(field)
    return best && withApplied(best, appliedOf(parameters, this.#support))
  }

  #read(accept: string): ReadAccept {
    const members: string[] = []
    let best: { readonly range: MediaType; readonly weight: number } | undefined
    let place: number | undefined
    let problem: string | undefined
    for (const member of splitList(accept)) {
      const parsed = MediaType.parse(member)
      const [read] = Accept.parse(member).ranges
      if (parsed?.essence !== JSONAPI_MIMETYPE || !read) {
        members.push(member)
        continue
      }
      const range = parsed.with(beforeWeight(parsed.parameters))
      const found = problemOf(range.parameters, this.#support)
      problem ??= found
      const order = best ? read.weight - best.weight || range.specificity - best.range.specificity : 1
      if (found !== undefined || order <= 0) continue
      best = { range, weight: read.weight }
      place ??= members.push('') - 1
    }
    if (best && place !== undefined) members[place] = `${JSONAPI_MIMETYPE};q=${best.weight.toFixed(3)}`
    const isEmpty = members.length === 0 && problem !== undefined
    return {
      field: isEmpty ? undefined : members.join(','),
      parameters: best?.range.parameters ?? {},
      problem,
    }
  }
}

/** The parameters of a media range: those after the weight are the obsolete accept-ext (RFC 9110 §12.5.1). */
function beforeWeight(parameters: MediaType['parameters']): MediaType['parameters'] {
  const entries = Object.entries(parameters)
  const weight = entries.findIndex(([name]) => name === 'q')
  return weight < 0 ? parameters : Object.fromEntries(entries.slice(0, weight))
}

/** An offer with `Vary: Accept`; that of JSON:API with its extensions and profiles. */
export function withApplied(offer: Offer, applied: Applied): Offer | JsonApiOffer {
  const fields = { ...offer.fields, vary: 'Accept' }
  if (offer.contentType !== JSONAPI_MIMETYPE) return { ...offer, fields }
  return { ...offer, fields: { ...fields, 'content-type': mediaTypeOf(applied) }, applied }
}
