/** Where the page of documentation is served, and what it is made of. */
import type { IncomingMessage } from 'node:http'
import type { OpenApiDocument } from '../openapi/document/document.ts'
import type { Middleware } from '../walk/middleware.ts'
import { addressesFrom, placeOf } from './address.ts'
import { type Asset, fileOf } from './asset.ts'
import type { Root } from './root.ts'
import { type UserInterface, userInterfaceOf } from './user-interface.ts'

export interface DocsOptions {
  /** Below the prefix. Default `/docs`. */
  readonly path?: string
  /** Whose page: the package is yours to install. Default Swagger UI where it is installed, else a plain page. */
  readonly ui?: 'swagger-ui' | 'redoc' | 'rapidoc' | 'plain' | UserInterface
  /** Methods that "Try it out" may send. Default all. */
  readonly submitMethods?: readonly string[]
  /** Of the page itself: members of the configuration of Swagger UI, attributes of `<redoc>` and `<rapi-doc>`. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Stands before the page, its assets and the document: a place to ask who is there. */
  readonly middleware?: readonly Middleware[]
}

/** @throws {TypeError} for a page nobody knows, a package that is not installed, and a path that is none. */
export function serveDocs(
  root: Root,
  document: () => OpenApiDocument,
  title: string,
  docs: DocsOptions,
  documentPlace: string,
): void {
  const { path = '/docs', middleware: guard = [] } = docs
  const place = placeOf('docs.path', path)
  const ui = userInterfaceOf(docs)
  const options = (name: string) =>
    ({ name: `api-docs ${name}`, hidden: true, outgoing: false, use: guard }) as const
  root.get(place || '/', options('page'), (request) => {
    const [requested = ''] = targetOf(request).split('?')
    const html = ui.page({ title, ...addressesFrom(requested, place, `${documentPlace}.json`) }, document)
    const policy = withServers(ui.policy, document())
    return answer(html, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy })
  })
  for (const [name, asset] of Object.entries(ui.assets)) {
    root.get(`${place}/${name}`, { ...options(name), etag: true }, () => answerOf(asset))
  }
}

function targetOf(request: IncomingMessage & { readonly originalUrl?: string }): string {
  return request.originalUrl ?? request.url ?? '/'
}

function answerOf(asset: Asset): Response {
  const { content, tag } = fileOf(asset)
  return answer(content, { 'content-type': asset.contentType, etag: tag })
}

/** Asked for again each time: a page that is guarded is nobody else's. */
function answer(content: string | Buffer, fields: Readonly<Record<string, string>>): Response {
  const headers = { ...fields, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' }
  return new Response(content as string, { headers })
}

/** A page that may ask its own host may also ask the servers that the document names. */
function withServers(policy: string, { servers = [] }: OpenApiDocument): string {
  const origins = servers
    .map(({ url }) => String(url))
    .filter((url) => /^https?:/i.test(url) && URL.canParse(url))
    .map((url) => new URL(url).origin)
  return policy.replace(/(?<=connect-src )'self'/, ["'self'", ...new Set(origins)].join(' '))
}
