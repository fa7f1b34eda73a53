/** The versions of one endpoint: the conversions of its content and data, and the facts for its documentation. */
import type { Endpoint } from '../blueprint/endpoint.ts'
import { settle } from '../exceptions/settle.ts'
import { isRows } from '../http/row-media-type.ts'
import { bytesOf } from '../json/bytes.ts'
import type { Outgoing } from '../negotiation/outgoing.ts'
import type { PaginationEndpointOptions } from '../pagination/pagination.ts'
import { isLazy } from '../renderers/source.ts'
import type { Schema } from '../schema/schema.ts'
import type { Exchange } from '../walk/exchange.ts'
import { type Conversion, convert, downgradeOf, linksOf, upgradeOf } from './transforms.ts'
import type { Version, VersionSet } from './version-set.ts'
import type { VersionedIncoming, VersionedMatch } from './versioned-types.ts'

interface Types {
  /** The entries of `incoming` that the endpoint lists itself. */
  readonly listed: readonly string[]
  readonly incoming: VersionedIncoming | undefined
  /** Undefined where data has no versions. */
  readonly outgoing: Outgoing | undefined
}

export class EndpointVersions {
  readonly set: VersionSet
  /** The entries of `incoming` that the endpoint lists itself. */
  readonly listed: readonly string[]
  /** The entry of `incoming` that content of all versions is converted to. */
  readonly base: string | undefined
  readonly #key: string
  readonly #upgrades = new Map<Version, readonly Conversion[]>()
  /** By media type. */
  readonly #downgrades = new Map<string, readonly Conversion[]>()
  readonly #hasData: boolean
  readonly #hasItems: boolean

  /** @throws {TypeError} for a transform of content or data without versions. */
  constructor(endpoint: Endpoint, set: VersionSet, key: string, { listed, incoming, outgoing }: Types) {
    this.set = set
    this.listed = listed
    this.base = incoming?.base
    this.#key = key
    this.#hasData = outgoing !== undefined
    this.#hasItems = hasEnvelope(endpoint)
    for (const version of set.all) {
      const requests = linksOf(set, version, 'request', key)
      const responses = linksOf(set, version, 'response', key)
      if (requests.length > 0 && this.base === undefined) throw noVersions(endpoint, 'request', listed)
      const offered = endpoint.outgoing?.offers.map(({ contentType }) => contentType)
      if (responses.length > 0 && !outgoing) throw noVersions(endpoint, 'response', offered ?? [])
      if (requests.length > 0)
        this.#upgrades.set(
          version,
          requests.map((link) => upgradeOf(endpoint, link)),
        )
      if (responses.length > 0)
        this.#downgrades.set(
          version.contentType,
          responses.toReversed().map((link) => downgradeOf(endpoint, link)),
        )
    }
  }

  /** Whether content or data has versions. */
  get hasTypes(): boolean {
    return this.base !== undefined || this.#hasData
  }

  get convertsContent(): boolean {
    return this.#upgrades.size > 0 || this.listed.some((type) => this.set.byType.has(type))
  }

  get convertsData(): boolean {
    return this.#downgrades.size > 0
  }

  /** Converts content of any version to the current one. */
  upgrade(exchange: Exchange): void | Promise<void> {
    const match = exchange.contentTypeMatch as VersionedMatch | undefined
    if (!match?.version || this.base === undefined) return undefined
    exchange.contentTypeMatch = { ...match, entry: this.base } // its schema is the one of the current version
    return convert(exchange, this.#upgrades.get(match.version) ?? [])
  }

  /** Converts data to the version of the answer's media type. Errors, raw responses and bytes have no version. */
  downgrade(exchange: Exchange): void | Promise<void> {
    const conversions = this.#downgrades.get(exchange.contentType)
    const { result, pagination } = exchange
    if (!conversions || result?.kind !== 'data' || result.status >= 300 || bytesOf(result.data))
      return undefined
    const isPage = this.#hasItems && pagination !== undefined && !isRows(exchange.contentType)
    if (!isPage || isLazy(result.data)) return convert(exchange, conversions) // HEAD: a source without its envelope
    const { items, ...page } = result.data as { readonly items: unknown }
    exchange.setData(items)
    return settle(convert(exchange, conversions), () => {
      exchange.setData({ items: exchange.result?.data, ...page })
      exchange.schema = undefined // it describes the items
    })
  }

  /** The version of a media type; undefined for a type without one. */
  versionOf(contentType: string): Version | undefined {
    return this.set.byType.get(contentType)
  }

  /** The media types that content of the versions may have. */
  get types(): readonly string[] {
    return this.base === undefined ? [] : this.set.served.map(({ contentType }) => contentType)
  }

  /** Whether content or data of a version differs from that of the current one. */
  isConverted(version: Version, table: 'request' | 'response'): boolean {
    return linksOf(this.set, version, table, this.#key).length > 0
  }

  /**
   * The schema of content or data in a version: that of the endpoint where nothing is converted.
   *
   * @returns Undefined for data that a function returns without a schema.
   */
  schemaOf(version: Version, table: 'request' | 'response', own: Schema | undefined): Schema | undefined {
    const links = linksOf(this.set, version, table, this.#key)
    const link = links.find(({ schema, transform }) => schema ?? transform)
    return link ? link.schema : own
  }
}

/** Whether the content of a page is `{ items, pagination }`. */
function hasEnvelope({ pagination, options, owner }: Endpoint): boolean {
  const { paginate } = options as PaginationEndpointOptions
  const own = typeof paginate === 'object' && 'envelope' in paginate ? paginate.envelope : undefined
  return pagination?.envelope !== undefined && (own ?? owner.settings.pagination?.envelope) === true
}

function noVersions({ name }: Endpoint, table: string, types: readonly string[]): TypeError {
  return new TypeError(
    `The endpoint '${name}' has a ${table} transform, but no media type with versions: ${types.join(', ') || 'none'}`,
  )
}
