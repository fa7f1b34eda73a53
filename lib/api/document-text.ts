/** The document as it is served: text that is made once for each of its versions. */
import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { OpenApiDocument } from '../openapi/document/document.ts'
import type { RenderFunction } from '../renderers/renderer.ts'
import type { Middleware } from '../walk/middleware.ts'
import { serializeResponse } from '../walk/representation.ts'
import { placeOf } from './address.ts'
import type { OpenApiOptions } from './api-options.ts'
import type { Root } from './root.ts'
import { yamlOf } from './yaml.ts'

interface DocumentText {
  readonly json: string
  readonly tag: string
  yaml(): Promise<string>
}

type DocumentSource = () => OpenApiDocument

type Renderers = Readonly<Record<string, RenderFunction>>

const json: RenderFunction = (text) => (text as DocumentText).json
const yaml: RenderFunction = (text) => (text as DocumentText).yaml()

/** By the ending of the path. */
const FORMS: Readonly<Record<string, Renderers>> = {
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
 * Serves the document negotiated, as JSON and as YAML.
 *
 * @returns the path, without an ending. @throws {TypeError} for a path that is none.
 */
export function serveDocument(
  root: Root,
  document: DocumentSource,
  { path = '/openapi', trustProxy = false }: OpenApiOptions,
  guard: readonly Middleware[],
): string {
  const place = placeOf('openapi.path', path)
  if (place === '') throw new TypeError(`The option openapi.path is '${path}', and the document needs a name`)
  const textFor = textsOf(document)
  for (const [ending, outgoing] of Object.entries(FORMS)) {
    const name = `api-docs document${ending}`
    const etag = { data: ({ tag }: DocumentText) => tag }
    root.get(place + ending, { name, hidden: true, use: guard, outgoing, etag }, (request) => {
      const text = textFor(trustProxy ? prefixBefore(request) : '')
      return serializeResponse(text, { headers: FIELDS })
    })
  }
  return place
}

/** Asked for again each time, and not sent again. */
const FIELDS = { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' }

/** Servers come from fields that anybody can send. */
const MAX_SERVERS = 10

function textsOf(source: DocumentSource): (server: string) => DocumentText {
  let current: OpenApiDocument | undefined
  const texts = new Map<string, DocumentText>()
  return (server) => {
    const document = source()
    if (document !== current || texts.size > MAX_SERVERS) texts.clear()
    current = document
    const text = texts.get(server) ?? textOf(server === '' ? document : servedBy(server, document))
    texts.set(server, text)
    return text
  }
}

function textOf(document: OpenApiDocument): DocumentText {
  const json = JSON.stringify(document, undefined, 2)
  let yaml: Promise<string> | undefined
  return {
    json,
    tag: hash('sha256', json, 'base64url'),
    yaml() {
      yaml ??= yamlOf(json)
      return yaml
    },
  }
}

/** The developer's servers stay. */
function servedBy(url: string, document: OpenApiDocument): OpenApiDocument {
  const { openapi, info, ...rest } = document
  return { openapi, info, servers: [{ url }], ...rest }
}

/** In no RFC, and what proxies commonly send. Anything but a plain path is nobody's prefix. */
function prefixBefore({ headers }: IncomingMessage): string {
  const field = String(headers['x-forwarded-prefix'] ?? '').replace(/\/$/, '')
  if (field.length > 256 || !field.startsWith('/')) return ''
  const isClean = field
    .slice(1)
    .split('/')
    .every((segment) => /^[\w~-][\w.~-]*$/.test(segment))
  return isClean ? field : ''
}
