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
import { MediaType } from '../http/media-type.ts'
import { matchOf } from '../http/preferred-offer.ts'
import { groupBy } from '../registry/group-by.ts'
import type { Renderer } from '../renderers/renderer.ts'
import { type Offer, offer } from './offer.ts'
import type { Fallback } from './outgoing.ts'

/** The key of the fallback in `outgoing`. */
export const FALLBACK = '*/*'

/** The client has chosen the type: a browser must not run such content, for example as HTML. */
const HARMLESS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'x-content-type-options': 'nosniff',
}

/** A name of a registered type (RFC 6838 §4.2). */
const NAME = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/

/**
 * The types of clients that name none: the first one that they accept, else the first one that they do not refuse (RFC 2046
 * §4.1.4, §4.5.1).
 */
const GENERIC_TYPES = ['application/octet-stream', 'text/plain']

export function fallbackOf(renderer: Renderer): Fallback {
  const labelled = (type: string): Offer => {
    const { fields } = offer(type, renderer, true)
    return { contentType: type, fields: { ...fields, ...HARMLESS }, renderer, listed: FALLBACK }
  }
  return {
    offer: labelled(FALLBACK),
    for(field, isRefused = () => false) {
      const type = labelFor(Accept.parse(field), isRefused)
      return type === undefined ? undefined : labelled(type)
    },
  }
}

/**
 * The accepted type of the highest weight, then the first, without parameters; where none is named, a generic type that is
 * not refused. Undefined when nothing is accepted.
 */
function labelFor(accept: Accept, isRefused: (range: MediaType) => boolean): string | undefined {
  const accepted = accept.ranges.filter(({ range, weight }) => weight > 0 && !isRefused(range))
  const byType = groupBy(accept.ranges, ({ range }) => range.essence)
  const refused = new Set(
    [...byType]
      .filter(([type, ranges]) => matchOf(MediaType.of(type), ranges)?.weight === 0)
      .map(([type]) => type),
  )
  const [best] = accepted
    .filter(({ range }) => isName(range) && !refused.has(range.essence))
    .sort((a, b) => b.weight - a.weight)
  if (best || accepted.length === 0) return best?.range.essence
  const generic = GENERIC_TYPES.map((type) => ({ type, ...accept.weigh(MediaType.of(type)) }))
  return (generic.find(({ weight }) => weight > 0) ?? generic.find(({ range }) => !range))?.type
}

/** Whether a range is one type, and not that of errors, which clients list beside that of the data (RFC 9457 §3). */
function isName({ type, subtype }: MediaType): boolean {
  return NAME.test(type) && NAME.test(subtype) && subtype !== 'problem+json'
}
