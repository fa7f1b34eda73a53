/**
 * The media types of an endpoint with those of its versions: which version does a client accept, and which one is the
 * content of a request?
 */
import type { Endpoint } from '../blueprint/endpoint.ts'
import { MediaType } from '../http/media-type.ts'
import type { Explanation } from '../negotiation/explanation.ts'
import { Incoming, type MatchedContentType } from '../negotiation/incoming.ts'
import { type Offer, offer } from '../negotiation/offer.ts'
import { Outgoing } from '../negotiation/outgoing.ts'
import { BoundedCache } from '../registry/bounded-cache.ts'
import { lookUpByMediaType } from '../registry/media-type-map.ts'
import type { Renderer } from '../renderers/renderer.ts'
import { isSuccess } from '../responses/response-option.ts'
import { plainOf, type Version, type VersionSet } from './version-set.ts'

/** Offers of which some are gone: those are chosen only by a client that accepts no other, before the fallback. */
class VersionedOutgoing extends Outgoing {
  readonly #gone: Outgoing | undefined

  constructor(offers: readonly Offer[], gone: readonly Offer[], extras?: Outgoing['extras']) {
    super(offers, extras)
    this.#gone = gone.length > 0 ? new Outgoing(gone) : undefined
  }

  override best(accept: string | undefined): Offer | undefined {
    const best = super.best(accept)
    return best && best.listed === undefined ? best : (this.#gone?.best(accept) ?? best)
  }

  override serves(offer: Offer): boolean {
    return !this.#gone?.offers.includes(offer)
  }

  override explain(accept: string | undefined, target?: string): Explanation {
    const explanation = super.explain(accept, target)
    const { contentType } = explanation
    if (!this.#gone?.offers.some((one) => one.contentType === contentType)) return explanation
    return { ...explanation, contentType: undefined, reason: `${contentType} is of a version that is gone` }
  }
}

/**
 * The endpoint's own types, then those of its versions: the current one, and the others from the newest to the oldest.
 * Undefined where it has no type with versions.
 *
 * @throws {TypeError} for a type without a renderer, or without a response schema beside others that have one.
 */
export function versionedOutgoing(endpoint: Endpoint, set: VersionSet): VersionedOutgoing | undefined {
  const listed = endpoint.outgoing?.offers ?? []
  const base = listed.find(({ contentType }) => set.isVersioned(contentType))
  if (!base) return undefined
  const own = new Map(listed.map((one) => [one.contentType, one.renderer]))
  const { served, byType } = set
  const types = new Set([...own.keys(), ...served.map(({ contentType }) => contentType)])
  const kept = [...types].filter((type) => !byType.get(type)?.isGone)
  for (const type of kept) checkSchema(endpoint, type)
  const rendererOf = (type: string) => (own.has(type) ? own.get(type) : rendererFor(endpoint, type, base))
  const gone = set.all.filter(({ isGone }) => isGone)
  return new VersionedOutgoing(
    kept.map((type) => offer(type, rendererOf(type), kept.length > 1)),
    gone.map(({ contentType }) => offer(contentType, undefined, false)),
    endpoint.outgoing && extrasOf(endpoint.outgoing, set),
  )
}

/** The types of an endpoint without versions: its fallback is not sent as that of a version either. */
export function unversionedOutgoing({ outgoing }: Endpoint, set: VersionSet): Outgoing | undefined {
  return outgoing?.extras.fallback ? new Outgoing(outgoing.offers, extrasOf(outgoing, set)) : outgoing
}

/** A fallback has the data of the current version, so that it never gets the name of one. */
function extrasOf({ extras }: Outgoing, set: VersionSet): Outgoing['extras'] {
  const { fallback } = extras
  if (!fallback) return extras
  const isOfVersion = (range: MediaType) => set.isNamedBy(range)
  return { ...extras, fallback: { ...fallback, for: (accept) => fallback.for(accept, isOfVersion) } }
}

/** The renderer of a version: of its own type, unless the option `outgoing` has one for the type without a version. */
function rendererFor(endpoint: Endpoint, type: string, base: Offer): Renderer | undefined {
  const { outgoing } = endpoint.options as { readonly outgoing?: unknown }
  const hasOwn = typeof outgoing === 'object' && !Array.isArray(outgoing)
  const isOfFormat = plainOf(MediaType.of(type)) === plainOf(MediaType.of(base.contentType))
  return hasOwn && isOfFormat ? base.renderer : endpoint.offerOf(type).renderer
}

function checkSchema({ name, responses }: Endpoint, type: string): void {
  const successes = [...(responses?.values() ?? [])].filter(
    ({ status, schemas }) => isSuccess(status) && schemas.size > 0,
  )
  if (successes.length === 0 || successes.some(({ schemas }) => lookUpByMediaType(schemas, type))) return
  throw new TypeError(`The response of '${name}' has no schema for ${type}, the type of a version`)
}

/** Content that is accepted, with its version; undefined for a type without one, which is the current version. */
export interface VersionedMatch extends MatchedContentType {
  readonly version?: Version
}

export class VersionedIncoming extends Incoming {
  /** The entry whose parser and schema the content of all versions has, once it is of the current one. */
  readonly base: string | undefined
  /** The entry of {@link base}, also of a patch, whose content is never converted. */
  readonly #entry: string | undefined
  readonly #listed: readonly string[]
  readonly #set: VersionSet
  readonly #isPatch: boolean
  readonly #versions: Incoming
  readonly #known = new BoundedCache((field) => this.#find(field))

  /** @param isPatch whether the content describes changes: of the current version alone. */
  constructor(listed: readonly string[], set: VersionSet, isPatch: boolean) {
    const base = listed.find((type) => set.isVersioned(type))
    const served = base === undefined ? [] : isPatch ? [set.current] : set.served
    const isRefused = (version?: Version) => version && (isPatch ? version !== set.current : version.isGone)
    const types = new Set([...listed, ...served.map(({ contentType }) => contentType)])
    super([...types].filter((type) => !isRefused(set.byType.get(type))))
    this.base = isPatch ? undefined : base
    this.#entry = base
    this.#listed = listed
    this.#set = set
    this.#isPatch = isPatch
    this.#versions = new Incoming(base === undefined ? [] : set.all.map(({ contentType }) => contentType))
  }

  override match(field?: string): VersionedMatch | undefined {
    return field === undefined ? super.match() : this.#known.get(field)
  }

  #find(field: string): VersionedMatch | undefined {
    const own = this.#versions.match(field)
    const match = own ?? super.match(field)
    if (!match || this.#namesOtherVersion(match)) return undefined
    const version = own && this.#set.byType.get(own.entry)
    if (!version) return match
    if (this.#isPatch && version !== this.#set.current) return undefined
    const entry = this.#listed.includes(match.entry) ? match.entry : (this.#entry ?? match.entry)
    return { ...match, entry, version }
  }

  /** Whether the content has a version that its entry does not: neither a known one, nor the current one. */
  #namesOtherVersion({ entry, mediaType }: MatchedContentType): boolean {
    const { parameters } = mediaType
    if (MediaType.of(entry).isRange && this.#set.isNamedBy(mediaType)) return true
    const known = MediaType.of(entry).with({
      ...this.#set.current.mediaType.parameters,
      ...MediaType.of(entry).parameters,
    })
    return [...this.#set.parameters].some(
      (name) => parameters[name] !== undefined && !known.carries({ [name]: parameters[name] }),
    )
  }
}
