/**
 * Whether an answer is one that the OpenAPI document tells of: status, media type, header fields, content.
 *
 *     await expectDocumented(await fetch('/pets/1'), api)
 */
import { AssertionError } from 'node:assert'
import { MediaType } from '../http/media-type.ts'
import { forbidsContent } from '../http/status.ts'
import type { OpenApiDocument } from '../openapi/document/document.ts'
import { faultsIn } from './body-check.ts'
import { operationAt, type Part, partIn, placeOf, responseIn } from './documented-operation.ts'
import { methodOf } from './listen.ts'

/** What makes a document: an Api is one. */
interface Documenting {
  document(): OpenApiDocument
}

export interface ExpectOptions {
  /** What was asked. Default: what `fetch` of this module asked, else GET. */
  readonly method?: string
  /** Header fields that may come without a word in the document, besides those that come with any answer. */
  readonly fields?: readonly string[]
}

/** Fields of the connection, of all contents, and of what stands around an API: nobody lists them by operation. */
const GENERAL = `access-control-allow-credentials access-control-allow-headers access-control-allow-methods
  access-control-allow-origin access-control-expose-headers access-control-max-age age allow alt-svc cache-control
  connection content-encoding content-length content-security-policy content-type cross-origin-embedder-policy
  cross-origin-opener-policy cross-origin-resource-policy date keep-alive origin-agent-cluster permissions-policy
  referrer-policy server strict-transport-security trailer transfer-encoding vary via x-content-type-options
  x-dns-prefetch-control x-download-options x-frame-options x-permitted-cross-domain-policies x-powered-by
  x-xss-protection`.split(/\s+/)

/**
 * Passes by when the document tells of the answer. The response can be read as before: a copy of it is.
 *
 * `default` stands for failures, and for successes where the operation tells of none. JSON is checked by its
 * schema, through `ajv` where it is installed; other contents by their type alone.
 *
 * @param documented an Api, or a document.
 * @throws {AssertionError} that names all that is not documented, and where it should stand.
 * @throws {TypeError} when the response has been read already.
 */
export async function expectDocumented(
  response: Response,
  documented: Documenting | OpenApiDocument,
  options: ExpectOptions = {},
): Promise<void> {
  if (response.bodyUsed) throw new TypeError('The response has been read: expectDocumented comes first')
  const document = isDocumenting(documented) ? documented.document() : documented
  const method = (options.method ?? methodOf(response) ?? 'GET').toUpperCase()
  const { pathname } = new URL(response.url)
  const asked = `${method} ${pathname}`
  const operation = operationAt(document, method, pathname)
  if (!operation) throw undocumented(asked, ['there is no such operation (#/paths)'])
  const told = responseIn(document, operation, response.status)
  if (!told)
    throw undocumented(asked, [`the status ${response.status} is not (${placeOf(operation)}/responses)`])
  const faults = [
    ...fieldFaults(response, document, told, options.fields ?? []),
    ...(await contentFaults(response, document, told, method)),
  ]
  if (faults.length > 0) throw undocumented(`${asked}, ${response.status}`, faults)
}

function isDocumenting(documented: Documenting | OpenApiDocument): documented is Documenting {
  return typeof documented.document === 'function'
}

function undocumented(asked: string, faults: readonly string[]): AssertionError {
  const lines = faults.map((fault) => `\n  - ${fault}`).join('')
  return new AssertionError({
    message: `${asked}: what was answered is not what is documented${lines}`,
    stackStartFn: expectDocumented,
  })
}

/** Fields that came without a word, and fields that did not come and must. */
function fieldFaults(
  { headers }: Response,
  document: OpenApiDocument,
  told: Part,
  allowed: readonly string[],
): string[] {
  const fields = partIn(document, told, 'headers')
  const names = Object.keys(fields?.value ?? {})
  const known = new Set([...GENERAL, ...[...names, ...allowed].map((name) => name.toLowerCase())])
  const where = `${placeOf(told)}/headers`
  const came = [...headers.keys()].filter((name) => !known.has(name))
  const missing = names.filter((name) => {
    const isRequired = fields && partIn(document, fields, name)?.value.required === true
    return isRequired && name.toLowerCase() !== 'content-type' && !headers.has(name) // OpenAPI: ignored there
  })
  return [
    ...[...new Set(came)].map((name) => `the header field ${name} is not (${where})`),
    ...missing.map((name) => `the header field ${name} is missing (${where})`),
  ]
}

async function contentFaults(
  response: Response,
  document: OpenApiDocument,
  told: Part,
  method: string,
): Promise<string[]> {
  const field = response.headers.get('content-type')
  const contents = partIn(document, told, 'content')
  const listed = Object.keys(contents?.value ?? {})
  const says = `there is ${listed.join(', ') || 'no content'} (${placeOf(told)}/content)`
  if (field === null) {
    const isFree = listed.length === 0 || listed.includes('*/*') || forbidsContent(response.status)
    return isFree || method === 'HEAD' ? [] : [`an answer without a type is not: ${says}`]
  }
  const media = contents && mediaTypeIn(document, contents, field)
  if (!media) return [`the type ${field} is not: ${says}`]
  if (method === 'HEAD' || !MediaType.parse(field)?.isJson) return []
  const text = await response.clone().text()
  try {
    return await faultsIn(document, media, JSON.parse(text))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return [`the content is no JSON: ${error.message}`]
  }
}

/** The narrowest of the types and ranges that cover the field. */
function mediaTypeIn(document: OpenApiDocument, contents: Part, field: string): Part | undefined {
  const type = MediaType.parse(field)
  if (!type) return undefined
  const [best] = Object.keys(contents.value)
    .flatMap((key) => {
      const range = MediaType.parse(key)
      return range?.covers(type) ? [{ key, specificity: range.specificity }] : []
    })
    .sort((a, b) => b.specificity - a.specificity)
  return best && partIn(document, contents, best.key)
}
