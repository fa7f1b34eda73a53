/** The option `versions`: the versions of a blueprint's data, and the functions that convert between neighbours. */
import { inspect } from 'node:util'
import { checkObject, checkOptions, type Keys } from '../registry/options.ts'
import { type Schema, schemaOf } from '../schema/schema.ts'
import type { HookRequest } from '../walk/hook.ts'

interface Transforming {
  // a method, so that the function may ask for data of a type of its own
  transform(value: unknown, request: HookRequest): unknown
}

/**
 * Converts data between two versions that follow each other; a promise is waited for. It returns a new value, and
 * leaves the data that it gets as it is.
 */
export type Transform = Transforming['transform']

/** A function that converts data, with the schema of the data in the version that it is listed under. */
export interface DescribedTransform {
  /**
   * In `request` it validates the content of this version, before the function gets its output: 422. In `response` it
   * validates the data of this version, and removes members that it does not know, as the option `response` does.
   */
  readonly schema?: Schema
  /** Default: the data is the same in both versions, apart from members that the schema does not know. */
  readonly transform?: Transform
}

/** By the name of the endpoint; of an endpoint in a nested blueprint `child.show`, on an Api `pets.show`. */
export type TransformTable = Readonly<Record<string, Transform | DescribedTransform>>

/** One version. An endpoint without a transform has the same data as in the next version. */
export interface Version {
  /** Content of this version → content of the next one towards the current version. */
  readonly request?: TransformTable
  /** Data of the next version, on the way from the current one, → data of this version. */
  readonly response?: TransformTable
  /** When it was deprecated, or will be: a Date, or a text such as `2026-08-16`. */
  readonly deprecated?: Date | string
  /** When it is expected to be removed: not before it is deprecated. */
  readonly sunset?: Date | string
  /** Whether it is removed: requests for it are a 410. Default false. */
  readonly gone?: boolean
}

export interface VersionsOptions {
  /** The version of the handlers' data, of `body` and of all schemas of endpoints. */
  readonly current: string
  /**
   * The media type of a version: `application/vnd.acme.v2+json`, `application/json;version=2`. It is also called with a
   * version that does not exist, to recognize those that clients make up.
   */
  readonly type: (version: string) => string
  /**
   * The versions by name. Numbers and dates (`2`, `1.10`, `v3`, `2025-06-01`) are ordered by their numbers; other
   * names are listed from the oldest to the newest.
   */
  readonly supported: Readonly<Record<string, Version>>
}

const VERSIONS: Keys<VersionsOptions> = { current: 'string', type: 'function', supported: 'object' }
const VERSION: Keys<Version> = {
  request: 'object',
  response: 'object',
  deprecated: true,
  sunset: true,
  gone: 'boolean',
}
const DESCRIBED: Keys<DescribedTransform> = { schema: true, transform: 'function' }

/** @throws {TypeError} for an unknown option, and a wrong or missing value. */
export function checkVersions(where: string, options: VersionsOptions): void {
  checkOptions(where, options, VERSIONS)
  const { current, type, supported } = options
  for (const [key, value] of Object.entries({ current, type, supported }))
    if (value === undefined) throw new TypeError(`${where} needs '${key}'`)
  const names = Object.keys(supported)
  if (!names.includes(current))
    throw new TypeError(
      `${where} has the current version '${current}', which is not supported: ${names.join(', ')}`,
    )
  for (const [name, version] of Object.entries(supported)) checkVersion(`${where}, in '${name}',`, version)
  const { request, response, gone } = supported[current] as Version
  if (gone) throw new TypeError(`${where} has the current version '${current}', which is gone`)
  if (request || response)
    throw new TypeError(
      `${where} has transforms of the current version '${current}': the handlers have its data as it is`,
    )
}

function checkVersion(where: string, version: Version): void {
  checkOptions(where, version, VERSION)
  for (const key of ['request', 'response'] as const) {
    for (const [endpoint, entry] of Object.entries(version[key] ?? {})) {
      const place = `${where} has the ${key} transform of '${endpoint}', which`
      if (typeof entry === 'function' && !('~standard' in entry)) continue
      checkObject(place, entry)
      checkOptions(place, entry, DESCRIBED)
      const { schema, transform } = entry as DescribedTransform
      if (schema === undefined && transform === undefined)
        throw new TypeError(`${place} needs a function or a schema`)
      if (schema !== undefined) schemaOf(schema, place)
    }
  }
}

/** The schema and the function of an entry of a table. */
export function describedOf(entry: Transform | DescribedTransform): DescribedTransform {
  return typeof entry === 'function' ? { transform: entry } : entry
}

/** A day or an instant of RFC 3339, which is ISO 8601 without its rarer forms. */
const DATE = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?$/

/** @throws {TypeError} for a value that is no date. */
export function dateOf(where: string, key: string, value: Date | string | undefined): Date | undefined {
  if (value === undefined) return undefined
  const date = typeof value === 'string' ? parseText(value) : value
  if (date instanceof Date && !Number.isNaN(date.getTime())) return date
  throw new TypeError(
    `${where} cannot have ${key}: ${inspect(value)}; use a Date, or a text such as '2026-08-16'`,
  )
}

function parseText(text: string): Date | undefined {
  const day = DATE.exec(text)?.[1]
  const isReal = day !== undefined && new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day)
  return isReal ? new Date(text) : undefined
}

/** The names of versions from the oldest to the newest. @throws {TypeError} for names without an order. */
export function orderOf(where: string, names: readonly string[]): readonly string[] {
  const numbered = names.filter((name) => NUMBERS.test(name))
  if (numbered.length === 0) return names
  const odd = names.find((name) => !NUMBERS.test(name))
  if (odd !== undefined)
    throw new TypeError(
      `${where} has versions with and without numbers ('${numbered[0]}', '${odd}'), which have no order: number all of them, or none`,
    )
  const sorted = numbered.toSorted(compare)
  const same = sorted.findIndex(
    (name, index) => index > 0 && compare(sorted[index - 1] as string, name) === 0,
  )
  if (same > 0)
    throw new TypeError(
      `${where} has '${sorted[same - 1]}' and '${sorted[same]}', which are the same version`,
    )
  return sorted
}

/** `2`, `1.10`, `v3`, `2025-06-01`. */
const NUMBERS = /^v?\d+(?:[.-]\d+)*$/

function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((name) => (name.match(/\d+/g) ?? []).map(Number)) as [number[], number[]]
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
