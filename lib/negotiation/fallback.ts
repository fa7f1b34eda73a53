/**
 * The fallback of an endpoint, `'*\/*'` in `outgoing`: for clients that accept none of its other media types. Its
 * content has the type that the client names.
 *
 *     Accept: image/png;q=0.5, text/calendar, application/json;q=0  →  text/calendar; charset=utf-8
 *     Accept: image/*                                               →  application/octet-stream
 *
 * RFC 9110 §12.4.2 (weights), §12.5.1 (Accept).
 */
import { Accept } from '../http/accept.ts'
import type { Fields } from '../http/headers.ts'
import { MediaType } from '../http/media-type.ts'
import type { Renderer } from '../renderers/renderer.ts'
import { type Offer, offer } from './offer.ts'

/** The key of the fallback in `outgoing`. */
export const FALLBACK_RANGE = '*/*'

/** The type is the client's choice: a browser must not run such content, for example as HTML. */
const HARMLESS: Fields = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'x-content-type-options': 'nosniff',
}

export class Fallback {
  /** The offer as it is documented: of the type `*\/*`. */
  readonly offer: Offer

  constructor(renderer: Renderer) {
    const { fields } = offer(GENERIC_TYPES[0], renderer, true)
    this.offer = { contentType: FALLBACK_RANGE, fields: { ...fields, ...HARMLESS }, renderer }
  }

  /** The offer for a client; undefined when it accepts nothing: `*\/*;q=0`. */
  for(accept: Accept): Offer | undefined {
    const type = labelFor(accept)
    if (type === undefined) return undefined
    const { fields } = offer(type, undefined, true)
    return {
      ...this.offer,
      contentType: type,
      fields: { ...this.offer.fields, ...fields },
      listed: FALLBACK_RANGE,
    }
  }

  /** The offer for a client without Accept. */
  get default(): Offer {
    return this.for(Accept.parse(undefined)) as Offer
  }
}

/** The types of clients that name none, the first one that they accept: those of unknown content (RFC 2046 §4.1, §4.5). */
const GENERIC_TYPES = ['application/octet-stream', 'text/plain'] as const

/** A name of a registered type (RFC 6838 §4.2). */
const NAME = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/

/** The accepted type of the highest weight, then the first, without parameters; undefined when nothing is accepted. */
function labelFor(accept: Accept): string | undefined {
  const refused = new Set<string>()
  let label: string | undefined
  let highest = 0
  for (const { range, weight } of accept.ranges) if (weight === 0) refused.add(String(range))
  for (const { range, weight } of accept.ranges) {
    if (weight <= highest || !isName(range) || refused.has(range.essence)) continue
    label = range.essence
    highest = weight
  }
  if (label !== undefined || accept.ranges.every(({ weight }) => weight === 0)) return label
  const generic = GENERIC_TYPES.find((type) => accept.weigh(MediaType.of(type)).weight > 0)
  return generic ?? GENERIC_TYPES[0]
}

/** Whether a range is one type, and not that of errors, which clients list beside that of the data (RFC 9457 §3). */
function isName({ type, subtype, essence }: MediaType): boolean {
  return NAME.test(type) && NAME.test(subtype) && essence !== 'application/problem+json'
}
