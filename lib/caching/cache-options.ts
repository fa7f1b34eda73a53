/** Declared caching: options → the value of Cache-Control (RFC 9111 §5.2.2, RFC 5861, RFC 8246). */
import { checkFieldNames } from '../registry/field-names.ts'
import { checkChoice, checkOptions, type Keys } from '../registry/options.ts'

export interface CacheOptions {
  /** Seconds that any cache may use the response: `max-age`. */
  readonly maxAgeSeconds?: number
  /** Seconds that a shared cache may use the response: `s-maxage`. */
  readonly sharedMaxAgeSeconds?: number
  /** Seconds after it that a cache may still use it while it asks for a new one. */
  readonly staleWhileRevalidateSeconds?: number
  /** Seconds after it that a cache may use it in place of an error. */
  readonly staleIfErrorSeconds?: number
  /** Default: `private` on endpoints with `security`, else neither. */
  readonly visibility?: 'public' | 'private'
  readonly noStore?: boolean
  /** The response may be stored, and is used only after the server has confirmed it. */
  readonly noCache?: boolean
  readonly mustRevalidate?: boolean
  readonly immutable?: boolean
  /** Request fields that the response depends on, beside those that are known: `['X-Tenant']`. */
  readonly vary?: readonly string[]
}

const KEYS: Keys<CacheOptions> = {
  maxAgeSeconds: 'finite',
  sharedMaxAgeSeconds: 'finite',
  staleWhileRevalidateSeconds: 'finite',
  staleIfErrorSeconds: 'finite',
  visibility: true,
  noStore: 'boolean',
  noCache: 'boolean',
  mustRevalidate: 'boolean',
  immutable: 'boolean',
  vary: 'list',
}

/** @throws {TypeError} for an unknown option, a wrong value, and options that contradict each other. */
export function checkCache(where: string, options: CacheOptions): void {
  checkOptions(where, options, KEYS)
  const { vary, visibility, noStore, sharedMaxAgeSeconds } = options
  const seconds = Object.entries(options).filter(([key]) => key.endsWith('Seconds'))
  checkChoice(where, 'visibility', visibility, ['public', 'private'])
  checkFieldNames(where, 'vary', vary)
  if (noStore && seconds.length > 0) throw new TypeError(`${where} has noStore beside ${seconds[0]?.[0]}`)
  if (visibility === 'private' && sharedMaxAgeSeconds !== undefined)
    throw new TypeError(`${where} has sharedMaxAgeSeconds, but is private`)
}

/** The directives; `isPrivate`: of a response that no shared cache may keep. */
export function cacheControl(options: CacheOptions, isPrivate: boolean): string {
  const { visibility, maxAgeSeconds, sharedMaxAgeSeconds } = options
  const seconds = (name: string, value: number | undefined) =>
    value === undefined ? [] : [`${name}=${value}`]
  const flag = (name: string, value: boolean | undefined) => (value ? [name] : [])
  return [
    ...(isPrivate ? ['private'] : visibility ? [visibility] : []),
    ...flag('no-store', options.noStore),
    ...flag('no-cache', options.noCache),
    ...seconds('max-age', maxAgeSeconds),
    ...seconds('s-maxage', isPrivate ? undefined : sharedMaxAgeSeconds),
    ...seconds('stale-while-revalidate', options.staleWhileRevalidateSeconds),
    ...seconds('stale-if-error', options.staleIfErrorSeconds),
    ...flag('must-revalidate', options.mustRevalidate),
    ...flag('immutable', options.immutable),
  ].join(', ')
}
