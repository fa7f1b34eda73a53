/** Responses: what is declared by status and media type, and what the walk itself answers. */

import type { Endpoint } from '../../blueprint/endpoint.ts'
import { reasonOf } from '../../http/problem.ts'
import { forbidsContent } from '../../http/status.ts'
import { lookUpByMediaType } from '../../registry/media-type-map.ts'
import { isSuccess, type ResponseDefinition } from '../../responses/response-option.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { type Content, mediaTypeOf, withExamples } from './content.ts'
import { type DocumentBuilder, type Entry, originOf } from './draft.ts'
import { failureParts, failureResponse, failuresOf, notModified, textHeader, varyHeader } from './failure.ts'
import { enveloped, pagingHeaders } from './paging.ts'
import { validatorHeaders } from './precondition.ts'

/** By status, ascending, `default` last. @param tellsFailures whether what nobody declared is told, too. */
export function responsesFor(
  entry: Entry,
  draft: DocumentBuilder,
  tellsFailures: boolean,
): Record<string, JsonSchema> {
  const { endpoint } = entry
  const responses: Record<string, JsonSchema> = {} // members named by numbers stand in order by themselves
  for (const [status, declared] of declaredBy(endpoint))
    responses[status] = responseOf(entry, draft, status, declared)
  if (!tellsFailures) return responses
  const unchanged = notModified(entry, draft)
  if (unchanged) responses[304] ??= unchanged
  for (const status of failuresOf(endpoint)) responses[status] ??= failureResponse(entry, draft, status)
  return { ...responses, default: failureResponse(entry, draft, undefined) }
}

type Declared = readonly [status: number, declared: ResponseDefinition | undefined]

/** Where no success is declared: the status of the endpoint, and that there may be nothing to say. */
function declaredBy(endpoint: Endpoint): readonly Declared[] {
  const declared: Declared[] = [...(endpoint.responses ?? [])]
  if (declared.some(([status]) => isSuccess(status))) return declared
  const { status, method, handler } = endpoint
  const isSilent = status === 200 && !['GET', 'HEAD', 'QUERY'].includes(method) && handler.length < 2
  const silence: Declared[] = isSilent ? [[204, undefined]] : []
  return [[status, undefined], ...silence, ...declared]
}

function responseOf(
  entry: Entry,
  draft: DocumentBuilder,
  status: number,
  declared: ResponseDefinition | undefined,
): JsonSchema {
  const { description = reasonOf(status), headers, examples } = declared?.described ?? {}
  const own = contentOf(entry, draft, status, declared)
  const failure = status >= 400 ? failureParts(entry, draft, status) : undefined
  const content = withExamples({ ...own, ...without(failure?.content ?? {}, own) }, examples)
  const fields = {
    ...(isSuccess(status) ? successHeaders(entry, draft) : {}),
    ...(status === 201 ? locationHeader(draft) : {}),
    ...(Object.keys(own).length > 0 ? varyHeader(entry.endpoint.outgoing?.offers, draft) : {}),
    ...failure?.headers,
    ...Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, textHeader(text)])),
  }
  return {
    description,
    ...(Object.keys(fields).length > 0 ? { headers: fields } : {}),
    ...(Object.keys(content).length > 0 ? { content } : {}),
  }
}

function without(content: Content, own: Content): Content {
  return Object.fromEntries(Object.entries(content).filter(([type]) => !(type in own)))
}

/** RFC 9110 §15.3.2. */
function locationHeader(draft: DocumentBuilder): Record<string, JsonSchema> {
  return { Location: draft.parts.share('headers', 'Location', textHeader('Where to find what was created')) }
}

function successHeaders(entry: Entry, draft: DocumentBuilder): Record<string, JsonSchema> {
  return { ...validatorHeaders(entry, draft), ...pagingHeaders(entry, draft) }
}

/** Every type the endpoint answers in, as far as the response has a schema for it. */
function contentOf(
  entry: Entry,
  draft: DocumentBuilder,
  status: number,
  declared: ResponseDefinition | undefined,
): Content {
  const { endpoint } = entry
  if (endpoint.method === 'HEAD' || forbidsContent(status) || declared?.schemas.size === 0) return {}
  const content: Content = {}
  for (const type of typesOf(endpoint, declared)) {
    const schema = declared && lookUpByMediaType(declared.schemas, type)
    if (declared && !schema) continue
    const origin = originOf(entry, 'output', `the response ${status}`, 'Response')
    const words = schema ? draft.schemas.refOrInline(schema, origin) : {}
    content[type] = mediaTypeOf(draft, type, isSuccess(status) ? enveloped(entry, draft, type, words) : words)
  }
  return content
}

/** Where nothing is negotiated and nothing declared, the handler writes what it likes. */
function typesOf(
  { outgoing, defaultOffer, options }: Endpoint,
  declared: ResponseDefinition | undefined,
): string[] {
  if (outgoing) return outgoing.offers.map(({ contentType }) => contentType)
  const listed = [...(declared?.schemas.keys() ?? [])].filter((type) => type !== '*')
  if (listed.length > 0) return listed
  const isRaw = 'outgoing' in options && options.outgoing === false
  return isRaw && !declared ? ['*/*'] : [defaultOffer.contentType]
}
