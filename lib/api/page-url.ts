/**
 * URLs relative to the documentation page, valid also behind a proxy that removes a path prefix.
 *
 *     /v1/internal/docs   →  ./docs/init.js  ../openapi.json
 *     /v1/internal/docs/  →  ./init.js       ../../openapi.json
 */

interface PageUrls {
  /** Base URL of the assets. */
  readonly assets: string
  readonly document: string
}

/**
 * @param requested Path of the request.
 * @param page Path of the page below the prefix; empty for the prefix itself.
 * @param document Path of the document below the prefix.
 */
export function pageUrls(requested: string, page: string, document: string): PageUrls {
  const hasSlash = requested.endsWith('/')
  const assets = hasSlash ? './' : `./${requested.slice(requested.lastIndexOf('/') + 1)}/`
  const depth = page.split('/').length - (hasSlash ? 1 : 2)
  const prefix = depth < 0 ? assets : '../'.repeat(depth) || './'
  return { assets, document: prefix + document.slice(1) }
}

/** A path option without its trailing slash. @throws {TypeError} naming the option. */
export function pathOption(option: string, path: string): string {
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw new TypeError(`The option ${option} is ${JSON.stringify(path)}, which does not start with '/'`)
  return path.replace(/\/+$/, '')
}
