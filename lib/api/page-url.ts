/**
 * Addresses relative to the page of documentation, so that they hold behind a proxy that takes a prefix away.
 *
 *     /v1/internal/docs   →  ./docs/init.js  ../openapi.json
 *     /v1/internal/docs/  →  ./init.js       ../../openapi.json
 */

interface Addresses {
  /** What stands before the names of assets. */
  readonly assets: string
  readonly document: string
}

/**
 * @param requested the path as it was asked for.
 * @param page below the prefix; empty where it is the prefix itself.
 * @param document below the prefix.
 */
export function addressesFrom(requested: string, page: string, document: string): Addresses {
  const isFolder = requested.endsWith('/')
  const own = isFolder ? './' : `./${requested.slice(requested.lastIndexOf('/') + 1)}/`
  const steps = page.split('/').length - (isFolder ? 1 : 2)
  const prefix = steps < 0 ? own : '../'.repeat(steps) || './'
  return { assets: own, document: prefix + document.slice(1) }
}

/** A path of the developer's without a trailing slash. @throws {TypeError} naming the option. */
export function placeOf(option: string, path: string): string {
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw new TypeError(`The option ${option} is ${JSON.stringify(path)}, which does not start with '/'`)
  return path.replace(/\/+$/, '')
}
