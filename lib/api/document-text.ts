/** Routes of the OpenAPI document as JSON and YAML, with its text cached. */
import { hash } from 'node:crypto'
import type { OpenApiDocument } from '../openapi/document/document.ts'
import { toYaml } from '../openapi/document/yaml.ts'
import { clientOf } from '../proxy/client.ts'
import { BoundedCache } from '../registry/bounded-cache.ts'
import type { RenderFunction } from '../renderers/renderer.ts'
import type { Middleware } from '../walk/hook.ts'
import { serializeResponse } from '../walk/representation.ts'
import type { OpenApiOptions } from './api-options.ts'
import { pathOption } from './page-url.ts'
import type { Root } from './root.ts'

interface DocumentText {
  readonly json: string
  readonly hash: string
  yaml(): Promise<string>
}

type Renderers = Readonly<Record<string, RenderFunction>>

const json: RenderFunction = (text) => (text as DocumentText).json
const yaml: RenderFunction = (text) => (text as DocumentText).yaml()

/** Renderers by the extension of the path. */
const RENDERERS: Readonly<Record<string, Renderers>> = {
  '': {
    'application/json': json,
    'application/yaml': yaml, // RFC 9512
    'application/vnd.oai.openapi+json': json,
    'application/vnd.oai.openapi': yaml,
  },
  '.json': { 'application/json': json },
  '.yaml': { 'application/yaml': yaml },
}

/**
 * Adds the routes to the root blueprint: one with content negotiation, one for JSON, one for YAML.
 *
 * @returns The path without extension. @throws {TypeError} for an invalid path.
 */
export function serveDocument(
  root: Root,
  document: () => OpenApiDocument,
  { path = '/openapi' }: OpenApiOptions,
  guard: readonly Middleware[],
): string {
  const documentPath = pathOption('openapi.path', path)
  if (documentPath === '') throw new TypeError(`The option openapi.path is '${path}': it needs a file name`)
  const textFor = cachedText(document)
  for (const [extension, outgoing] of Object.entries(RENDERERS)) {
    const name = `api-docs document${extension}`
    const etag = { data: (text: DocumentText) => text.hash }
    const options = { name, hidden: true, security: false, use: guard, outgoing, etag } as const
    root.get(documentPath + extension, options, (request) => {
      const text = textFor(clientOf(request).prefix)
      return serializeResponse(text, { headers: FIELDS })
    })
  }
  return documentPath
}

/** Clients revalidate each time, and get a 304 if the document is unchanged. */
const FIELDS = { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' }

/** Bound of the cache, since a proxy that does not set X-Forwarded-Prefix lets clients choose the server URL. */
const MAX_SERVERS = 10

function cachedText(document: () => OpenApiDocument): (server: string) => DocumentText {
  let latest: OpenApiDocument | undefined
  let texts: BoundedCache<DocumentText> | undefined
  return (server) => {
    const current = document()
    if (!texts || current !== latest) texts = textsOf(current)
    latest = current
    return texts.get(server)
  }
}

function textsOf(document: OpenApiDocument): BoundedCache<DocumentText> {
  const create = (server: string) => textOf(server === '' ? document : withServer(server, document))
  return new BoundedCache(create, MAX_SERVERS)
}

function textOf(document: OpenApiDocument): DocumentText {
  const json = JSON.stringify(document, undefined, 2)
  let yaml: Promise<string> | undefined
  return {
    json,
    hash: hash('sha256', json, 'base64url'),
    yaml() {
      yaml ??= toYaml(json).then((text) => text ?? json) // JSON is valid YAML 1.2
      return yaml
    },
  }
}

/** The developer's own servers are kept. */
function withServer(url: string, document: OpenApiDocument): OpenApiDocument {
  const { openapi, info, ...rest } = document
  return { openapi, info, servers: [{ url }], ...rest }
}
