/**
 * The versions of an option, in order, with their media types.
 *
 *     { current: '2', type: (v) => `application/vnd.acme.v${v}+json`, supported: { 1: {}, 2: {} } }
 *     →  1 application/vnd.acme.v1+json · 2 application/vnd.acme.v2+json (current)
 */
import { MediaType } from '../http/media-type.ts'
import { VersionPattern } from './version-pattern.ts'
import {
  checkVersions,
  type Version as Declared,
  dateOf,
  orderOf,
  type VersionsOptions,
} from './versions-options.ts'

/** A version with its media type. */
export interface Version {
  readonly name: string
  /** 0 for the oldest. */
  readonly index: number
  /** The media type as `MediaType` writes it. */
  readonly contentType: string
  readonly mediaType: MediaType
  readonly deprecated: Date | undefined
  readonly sunset: Date | undefined
  readonly isGone: boolean
  readonly declared: Declared
}

export class VersionSet {
  /** From the oldest to the newest. */
  readonly all: readonly Version[]
  readonly current: Version
  /** Those that are not gone: the current one, then the others from the newest to the oldest. */
  readonly served: readonly Version[]
  readonly byType: ReadonlyMap<string, Version>
  /** The names of parameters that distinguish versions: `version`. */
  readonly parameters: ReadonlySet<string>
  readonly #pattern: VersionPattern
  /** The media type that has no version: `application/json` for `+json` types. */
  readonly #plain: string

  /** @throws {TypeError} for an invalid option. */
  constructor(where: string, options: VersionsOptions) {
    checkVersions(where, options)
    const names = orderOf(where, Object.keys(options.supported))
    this.all = names.map((name, index) => versionOf(where, options, name, index))
    this.current = this.all.find(({ name }) => name === options.current) as Version
    const others = this.all.filter((version) => version !== this.current).toReversed()
    this.served = [this.current, ...others.filter(({ isGone }) => !isGone)]
    this.byType = new Map(this.all.map((version) => [version.contentType, version]))
    if (this.byType.size < this.all.length) throw new TypeError(sameType(where, this.all))
    this.parameters = new Set(this.all.flatMap(({ mediaType }) => Object.keys(mediaType.parameters)))
    this.#plain = plainOf(this.current.mediaType)
    this.#pattern = new VersionPattern(options.type, names)
  }

  /** Whether a client's range names a version, a known one or not: `application/vnd.acme.v9+json`. */
  isNamedBy(range: MediaType): boolean {
    if (this.#pattern.matches(range.essence)) return true
    return this.all.some(({ mediaType: { essence, parameters } }) => {
      if (essence !== range.essence) return false
      const names = Object.keys(parameters)
      return names.length > 0 ? names.some((name) => name in range.parameters) : essence !== this.#plain
    })
  }

  /** Whether the data of an entry of a MIME map has versions: the type without a version, or that of the current one. */
  isVersioned(contentType: string): boolean {
    const { essence, isRange } = MediaType.of(contentType)
    if (contentType === this.current.contentType || essence === this.#plain) return true
    return isRange && MediaType.of(contentType).covers(this.current.mediaType)
  }

  /** The versions on the way from one to the current one, in this order, without the latter. */
  wayFrom(version: Version): readonly Version[] {
    const { current, all } = this
    return version.index < current.index
      ? all.slice(version.index, current.index)
      : all.slice(current.index + 1, version.index + 1).toReversed()
  }

  /** The version to change to: the next one that is neither deprecated nor gone. Undefined for the last one. */
  successorOf(version: Version): Version | undefined {
    const later = this.all.slice(version.index + 1).filter(({ isGone }) => !isGone)
    return later.find(({ deprecated, sunset }) => !deprecated && !sunset) ?? later[0]
  }
}

/** The type that clients without a version name; `application/json` for each type of JSON. */
export function plainOf(mediaType: MediaType): string {
  return mediaType.suffix === undefined ? mediaType.essence : `application/${mediaType.suffix}`
}

function versionOf(
  where: string,
  { supported, type }: VersionsOptions,
  name: string,
  index: number,
): Version {
  const declared = supported[name] as Declared
  const place = `${where}, in '${name}',`
  const deprecated = dateOf(place, 'deprecated', declared.deprecated)
  const sunset = dateOf(place, 'sunset', declared.sunset)
  if (deprecated && sunset && sunset < deprecated)
    // RFC 9745 §4
    throw new TypeError(
      `${place} has the sunset ${sunset.toISOString()}, before it is deprecated: ${deprecated.toISOString()}`,
    )
  const text = type(name)
  const mediaType = typeof text === 'string' ? MediaType.parse(text) : undefined
  if (!mediaType || mediaType.isRange)
    throw new TypeError(
      `${where} has the type ${JSON.stringify(text)} of version '${name}', which is no media type`,
    )
  if ('q' in mediaType.parameters)
    throw new TypeError(
      `${where} has the type ${JSON.stringify(text)} of version '${name}': the parameter 'q' is the weight in Accept; use another name, such as 'version'`,
    )
  const contentType = mediaType.toString()
  return { name, index, contentType, mediaType, deprecated, sunset, isGone: declared.gone ?? false, declared }
}

function sameType(where: string, all: readonly Version[]): string {
  const [second] = all.filter(
    ({ contentType, index }) => all.findIndex((one) => one.contentType === contentType) < index,
  )
  const first = all.find(({ contentType }) => contentType === second?.contentType)
  return `${where} has the type ${second?.contentType} for two versions: '${first?.name}' and '${second?.name}'`
}
