/**
 * The header fields of a version that is deprecated, or will be removed.
 *
 *     Deprecation: @1786838400
 *     Sunset: Thu, 30 Sep 2027 00:00:00 GMT
 *     Link: <?>; rel="successor-version"; type="application/vnd.acme.v2+json"
 *
 * RFC 9745 §2 (Deprecation), RFC 8594 §3 (Sunset), RFC 5829 §3 (successor-version).
 */

import { presetFields } from '../connection/served-response.ts'
import { formatDate } from '../http/date.ts'
import { linkField, linkTo, queryReference } from '../http/link.ts'
import { targetWith } from '../http/parameters.ts'
import { hasContent } from '../parsers/has-content.ts'
import { receivedTargetOf } from '../routing/request-target.ts'
import type { Exchange, Step } from '../walk/exchange.ts'
import type { Version, VersionSet } from './version-set.ts'
import type { VersionedMatch } from './versioned-types.ts'

/** Whether the answers of a version have the fields. */
export function isAgeing({ deprecated, sunset, isGone }: Version): boolean {
  return deprecated !== undefined || sunset !== undefined || isGone
}

/** Header Objects of the fields, for documents. */
export const LIFE_CYCLE_HEADERS = {
  Deprecation: {
    description:
      'When the version was deprecated: @ and seconds since 1970 (RFC 9745). Of a deprecated version.',
    schema: { type: 'string' },
  },
  Sunset: {
    description: 'When the version is expected to be removed (RFC 8594).',
    schema: { type: 'string' },
  },
  Link: {
    description: 'Related resources; of a deprecated version `successor-version`, with its media type.',
    schema: { type: 'string' },
  },
} as const

/** Sets the fields before anything can fail, so that every answer of the version has them. */
export function setLifeCycle(set: VersionSet): Step {
  return function setLifeCycleFields(exchange) {
    const version = versionOf(exchange, set)
    if (!version) return
    const { response } = exchange
    const { deprecated, sunset } = version
    const time = deprecated && Math.floor(deprecated.getTime() / 1000)
    if (time !== undefined) presetFields(response, ['deprecation', `@${time}`])
    if (sunset) presetFields(response, ['sunset', formatDate(sunset)])
    const link = linkOf(exchange, set, version)
    const own = response.getHeader('link')
    if (link && !hasSuccessor(own)) presetFields(response, ['link', withLink(own, link)])
  }
}

/** Adds the link to those that the answer has of its own. */
export function keepSuccessor(set: VersionSet): Step {
  return function keepSuccessorLink(exchange) {
    const { rendered, response } = exchange
    const own = rendered?.fields.link ?? response.getHeader('link')
    if (!rendered || hasSuccessor(own)) return
    const version = versionOf(exchange, set)
    const link = version && linkOf(exchange, set, version)
    if (link) exchange.rendered = { ...rendered, fields: { ...rendered.fields, link: withLink(own, link) } }
  }
}

type Field = number | string | readonly string[] | undefined

/** Whether the link is there: a response may have it of its own, or of an endpoint that passed the request on. */
function hasSuccessor(own: Field): boolean {
  return [own ?? []].flat().join().includes('rel="successor-version"')
}

function withLink(own: Field, link: string): string {
  return [...[own ?? []].flat(), link].join(', ')
}

/** The link to the same address, without the parameter that chooses a media type by its name in `formats`. */
function linkOf({ endpoint, request }: Exchange, set: VersionSet, version: Version): string | undefined {
  const successor = set.successorOf(version)
  if (!successor) return undefined
  const received = receivedTargetOf(request)
  const { formats } = endpoint.outgoing?.extras ?? {}
  const target = queryReference(formats ? targetWith(received, formats.parameter)(undefined) : received)
  return linkField([linkTo(target, { rel: 'successor-version', type: successor.contentType })])
}

/** The oldest version that the request uses, for its answer or its content, among those with a life cycle. */
function versionOf(exchange: Exchange, set: VersionSet): Version | undefined {
  const { endpoint, headers, request, preferredOffer } = exchange
  const best = preferredOffer?.contentType
  const answer = (best && set.byType.get(best)) || set.current
  const type = headers['content-type']
  const match = type !== undefined && hasContent(request) ? endpoint.incoming?.match(type) : undefined
  const content = (match as VersionedMatch | undefined)?.version ?? answer
  const [older, newer] = content.index < answer.index ? [content, answer] : [answer, content]
  return [older, newer].find(isAgeing)
}
