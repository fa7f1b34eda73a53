/**
 * Versions of the data of a blueprint, by media type: the handlers have the current one alone.
 *
 *     const pets = new RestBlueprint('pets', {
 *       versions: {
 *         current: '2',
 *         type: (version) => `application/vnd.acme.v${version}+json`,
 *         supported: { 1: { response: { show: toV1 }, deprecated: new Date('2026-08-16') }, 2: {} },
 *       },
 *     })
 */
import { inspect } from 'node:util'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { EndpointOptions } from '../blueprint/endpoint-options.ts'
import { Gone } from '../exceptions/client-errors.ts'
import type { Exchange } from '../walk/exchange.ts'
import type { Surrounding } from '../walk/surrounding.ts'
import { EndpointVersions } from './endpoint-versions.ts'
import { isAgeing, keepSuccessor, LIFE_CYCLE_HEADERS, setLifeCycle } from './life-cycle.ts'
import { Place } from './place.ts'
import type { Version, VersionSet } from './version-set.ts'
import {
  unversionedOutgoing,
  VersionedIncoming,
  type VersionedMatch,
  versionedOutgoing,
} from './versioned-types.ts'
import type { VersionsOptions } from './versions-options.ts'

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /**
     * The versions of the data of JSON endpoints, or of another type: their media types, and the functions that convert
     * between neighbours. False: none. Inside an Api.
     */
    readonly versions?: VersionsOptions | false
  }
}

declare module '../blueprint/endpoint-options.ts' {
  interface EndpointOptions {
    /** False: the endpoint has no versions. */
    readonly versions?: false
  }
}

declare module '../blueprint/endpoint.ts' {
  interface Endpoint<O extends EndpointOptions> {
    /** The versions of its content and data; undefined where it has none. */
    versions?: EndpointVersions
    readonly '~versions'?: O
  }
}

export const VERSIONS = {
  name: 'Versions',
  option: 'versions',
  surround(endpoint) {
    const own: unknown = endpoint.options.versions
    if (own !== undefined && own !== false)
      throw new TypeError(
        `The endpoint '${endpoint.name}' cannot have versions: ${inspect(own)}; use false, and the option of its blueprint`,
      )
    const options = endpoint.nearest('versions')
    if (!options) return
    const isOfApi = endpoint.blueprintNames.length === 1 // its document, its health
    const place = new Place(endpoint, options)
    if (isOfApi) return
    if (!endpoint.isRouted) return place.check()
    const key = place.add(endpoint)
    const warn = place.warnOfUnknown
    if (warn) endpoint.on('before/warnOfUnknownTransforms', warn)
    endpoint.afterPrepare = [...(endpoint.afterPrepare ?? []), () => addVersions(endpoint, place.set, key)]
  },
} satisfies Surrounding

/** Adds the media types of the versions to those of an endpoint, and the steps that convert. */
function addVersions(endpoint: Endpoint, set: VersionSet, key: string): void {
  const listed = endpoint.incoming?.types ?? []
  const isPatch = (endpoint.options as { readonly patch?: unknown }).patch !== undefined
  const incoming = endpoint.incoming && new VersionedIncoming(listed, set, isPatch)
  const outgoing = versionedOutgoing(endpoint, set)
  const versions = new EndpointVersions(endpoint, set, key, { listed, incoming, outgoing })
  if (incoming) endpoint.incoming = incoming
  if (outgoing) endpoint.defaultOffer = outgoing.offers[0] ?? endpoint.defaultOffer
  endpoint.outgoing = outgoing ?? unversionedOutgoing(endpoint, set)
  endpoint.versions = versions
  if (isAgeing(set.current) || (versions.hasTypes && set.all.some(isAgeing))) addLifeCycle(endpoint, set)
  if (versions.hasTypes && set.all.some(({ isGone }) => isGone)) addRefusal(endpoint, set)
  if (versions.convertsContent)
    endpoint.on('upgrade/upgradeContent', function upgradeContent(exchange) {
      return versions.upgrade(exchange)
    })
  if (versions.convertsData)
    endpoint.on('downgrade/downgradeData', function downgradeData(exchange) {
      return versions.downgrade(exchange)
    })
}

function addLifeCycle(endpoint: Endpoint, set: VersionSet): void {
  endpoint.documented.push({ headers: LIFE_CYCLE_HEADERS })
  endpoint.on('protect/setLifeCycle', setLifeCycle(set))
  endpoint.on('encode/keepSuccessor', keepSuccessor(set))
}

/** Refuses versions that are gone. */
function addRefusal(endpoint: Endpoint, set: VersionSet): void {
  endpoint.documented.push({ errors: { 410: {} } })
  const refuse = (version: Version | undefined): void => {
    if (!version?.isGone) return
    const headers = { vary: 'Accept' } // caches may keep a 410 (RFC 9110 §15.5.11)
    throw new Gone(`Version ${version.name} is gone; the current one is ${set.current.name}`, { headers })
  }
  endpoint.on('negotiate/refuseGoneVersion', function refuseGoneVersion({ offer }) {
    refuse(set.byType.get(offer.contentType))
  })
  endpoint.on('content-type/refuseGoneContent', function refuseGoneContent({ contentTypeMatch }: Exchange) {
    refuse((contentTypeMatch as VersionedMatch | undefined)?.version)
  })
}
