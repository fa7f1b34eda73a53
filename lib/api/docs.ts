/** Routes of the documentation page and its assets. */
import type { OpenApiDocument } from '../openapi/document/document.ts'
import { clientOf } from '../proxy/client.ts'
import { receivedTargetOf } from '../routing/request-target.ts'
import type { DocsOptions } from './api-options.ts'
import { type Asset, readAsset } from './asset.ts'
import { userInterfaceOf } from './built-in-user-interface.ts'
import { pageUrls, pathOption } from './page-url.ts'
import type { Root } from './root.ts'

/**
 * Adds the routes to the root blueprint.
 *
 * @throws {TypeError} for an unknown `ui`, a package that is not installed, and a path without a leading slash.
 */
export function serveDocs(
  root: Root,
  document: () => OpenApiDocument,
  title: string,
  docs: DocsOptions,
  documentPath: string,
): void {
  const { path = '/docs', middleware: guard = [] } = docs
  const pagePath = pathOption('docs.path', path)
  const ui = userInterfaceOf(docs)
  const options = (name: string) =>
    ({ name: `api-docs ${name}`, hidden: true, security: false, outgoing: false, use: guard }) as const
  root.get(pagePath || '/', options('page'), (request) => {
    const [requested = ''] = receivedTargetOf(request).split('?')
    const { host, prefix } = clientOf(request)
    const base = (host || 'localhost') + (document().servers ? '' : prefix)
    const facts = { title, host: base, ...pageUrls(requested, pagePath, `${documentPath}.json`) }
    const html = ui.page(facts, document)
    const policy = allowServers(ui.policy, document())
    return respond(html, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy })
  })
  for (const [name, asset] of Object.entries(ui.assets)) {
    root.get(`${pagePath}/${name}`, { ...options(name), etag: true }, () => respondWithAsset(asset))
  }
}

function respondWithAsset(asset: Asset): Response {
  const { content, etag } = readAsset(asset)
  return respond(content, { 'content-type': asset.contentType, etag })
}

/** no-cache: a protected page must not be reused without a request. */
function respond(content: string | Buffer, fields: Readonly<Record<string, string>>): Response {
  const headers = { ...fields, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' }
  return new Response(content as string, { headers })
}

/** Adds the origins of the document's servers to `connect-src`, for "Try it out". */
function allowServers(policy: string, { servers = [] }: OpenApiDocument): string {
  const origins = servers
    .map(({ url }) => String(url))
    .filter((url) => /^https?:/i.test(url) && URL.canParse(url))
    .map((url) => new URL(url).origin)
  return policy.replace(/(?<=connect-src )'self'/, ["'self'", ...new Set(origins)].join(' '))
}
