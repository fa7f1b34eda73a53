/**
 * Assertion that a response is documented: its status, media type, header fields and content.
 *
 *     await expectDocumented(await fetch('/pets/1'), api)
 */

import { AssertionError } from 'node:assert'
import { MediaType } from '../http/media-type.ts'
import { forbidsContent } from '../http/status.ts'
import type { OpenApiDocument } from '../openapi/document/document.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import { type DocumentNode, locationOf, memberOf, operationAt, responseIn } from './documented-operation.ts'
import { methodOf } from './listen.ts'
import { schemaErrors } from './schema-check.ts'

/** An object with an OpenAPI document, such as an Api. */
interface HasDocument {
  document(): OpenApiDocument
}

export interface ExpectOptions {
  /**
   * Request method. Default: the method of the request, for a response of this module's `fetch`; else the only
   * method that is documented at the path.
   */
  readonly method?: string
  /** Undocumented header fields to ignore, besides the general ones. */
  readonly fields?: readonly string[]
}

/** Fields of connections, contents, proxies and security middleware: not documented per operation. */
const GENERAL_FIELDS =
  `access-control-allow-credentials access-control-allow-headers access-control-allow-methods
  access-control-allow-origin access-control-expose-headers access-control-max-age age allow alt-svc cache-control
  connection content-encoding content-length content-security-policy content-type cross-origin-embedder-policy
  cross-origin-opener-policy cross-origin-resource-policy date keep-alive origin-agent-cluster permissions-policy
  referrer-policy server strict-transport-security trailer transfer-encoding vary via x-content-type-options
  x-accel-buffering x-dns-prefetch-control x-download-options x-frame-options x-permitted-cross-domain-policies x-powered-by
  x-xss-protection`.split(/\s+/)

/**
 * Checks a response against an OpenAPI document. The content is read from a clone, so the response stays unread.
 *
 * `default` covers failures, and successes only when the operation documents none. JSON is validated by its
 * schema, with `ajv` where it is installed; other contents are checked by their media type alone.
 *
 * @param documented an Api, or a document.
 * @throws {AssertionError} with all differences, each with its place in the document.
 * @throws {TypeError} when the content has been read already, for an invalid option, and for a request method that is not known.
 */
export async function expectDocumented(
  response: Response,
  documented: HasDocument | OpenApiDocument,
  options: ExpectOptions = {},
): Promise<void> {
  checkOptions('expectDocumented', options, {
    method: 'string',
    fields: 'list',
  } satisfies Keys<ExpectOptions>)
  if (response.bodyUsed) throw new TypeError('The content has been read: call expectDocumented before')
  const document = hasDocument(documented) ? documented.document() : documented
  const { pathname } = new URL(response.url)
  const method = (options.method ?? methodOf(response) ?? onlyMethod(document, pathname)).toUpperCase()
  const request = `${method} ${pathname}`
  const operation = operationAt(document, method, pathname)
  if (!operation) throw assertionError(request, ['operation not found (#/paths)'])
  const described = responseIn(document, operation, response.status)
  if (!described)
    throw assertionError(request, [
      `undocumented status ${response.status} (${locationOf(operation)}/responses)`,
    ])
  const differences = [
    ...fieldDifferences(response, document, described, options.fields ?? []),
    ...(await contentDifferences(response, document, described, method)),
  ]
  if (differences.length > 0) throw assertionError(`${request}, ${response.status}`, differences)
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'OPTIONS']

/** The method that is documented at a path. @throws {TypeError} when there are several. */
function onlyMethod(document: OpenApiDocument, pathname: string): string {
  const [method = 'GET', ...others] = METHODS.filter((name) => operationAt(document, name, pathname))
  if (others.length === 0) return method
  const methods = [method, ...others].join(', ')
  throw new TypeError(
    `The request method of the response is not known, and ${pathname} has ${methods}: pass { method }, or use the fetch of listen`,
  )
}

function hasDocument(documented: HasDocument | OpenApiDocument): documented is HasDocument {
  return typeof documented.document === 'function'
}

function assertionError(request: string, differences: readonly string[]): AssertionError {
  const lines = differences.map((line) => `\n  - ${line}`).join('')
  return new AssertionError({
    message: `${request}: the response differs from the OpenAPI document${lines}`,
    stackStartFn: expectDocumented,
  })
}

/** Undocumented fields, and required fields that are missing. */
function fieldDifferences(
  { headers }: Response,
  document: OpenApiDocument,
  described: DocumentNode,
  ignored: readonly string[],
): string[] {
  const fields = memberOf(document, described, 'headers')
  const names = Object.keys(fields?.value ?? {})
  const known = new Set([...GENERAL_FIELDS, ...[...names, ...ignored].map((name) => name.toLowerCase())])
  const location = `${locationOf(described)}/headers`
  const undocumented = new Set([...headers.keys()].filter((name) => !known.has(name)))
  const missing = names.filter((name) => {
    const isRequired = fields && memberOf(document, fields, name)?.value.required === true
    return isRequired && name.toLowerCase() !== 'content-type' && !headers.has(name) // OpenAPI: content-type is ignored here
  })
  return [
    ...[...undocumented].map((name) => `undocumented header field ${name} (${location})`),
    ...missing.map((name) => `missing header field ${name} (${location})`),
  ]
}

async function contentDifferences(
  response: Response,
  document: OpenApiDocument,
  described: DocumentNode,
  method: string,
): Promise<string[]> {
  const field = response.headers.get('content-type')
  const contents = memberOf(document, described, 'content')
  const listed = Object.keys(contents?.value ?? {})
  const documented = `documented: ${listed.join(', ') || 'no content'} (${locationOf(described)}/content)`
  if (field === null) {
    const isAllowed = listed.length === 0 || listed.includes('*/*') || forbidsContent(response.status)
    return isAllowed || method === 'HEAD' ? [] : [`missing content-type; ${documented}`]
  }
  const media = contents && mediaTypeIn(document, contents, field)
  if (!media) return [`undocumented media type ${field}; ${documented}`]
  if (method === 'HEAD' || !MediaType.parse(field)?.isJson) return []
  const text = await response.clone().text()
  try {
    return await schemaErrors(document, media, JSON.parse(text))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return [`content is not valid JSON: ${error.message}`]
  }
}

/** Media Type Object of the most specific type or range that covers the field. */
function mediaTypeIn(
  document: OpenApiDocument,
  contents: DocumentNode,
  field: string,
): DocumentNode | undefined {
  const type = MediaType.parse(field)
  if (!type) return undefined
  const [best] = Object.keys(contents.value)
    .flatMap((key) => {
      const range = MediaType.parse(key)
      return range?.covers(type) ? [{ key, range }] : []
    })
    .sort((a, b) => b.range.specificity - a.range.specificity)
  return best && memberOf(document, contents, best.key)
}
