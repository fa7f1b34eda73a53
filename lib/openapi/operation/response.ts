/** Response Objects by status: declared ones, then those of the framework. */

import type { Endpoint } from '../../blueprint/endpoint.ts'
import { isRead } from '../../http/method.ts'
import { reasonOf } from '../../http/problem.ts'
import { forbidsContent } from '../../http/status.ts'
import { lookUpByMediaType } from '../../registry/media-type-map.ts'
import { isSuccess, type ResponseDefinition, type ResponseStatus } from '../../responses/response-option.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { sparseRecord } from '../../schema/record.ts'
import type { DocumentBuilder } from '../document/document-builder.ts'
import { type Content, mediaTypeOf, withExamples } from './content.ts'
import { type EndpointEntry, responseOrigin } from './endpoint-entry.ts'
import {
  errorHeadersAndContent,
  errorResponse,
  errorStatuses,
  notModifiedResponse,
} from './error-response.ts'
import { pageHeaders, withEnvelope } from './pagination.ts'
import { validatorHeaders } from './precondition.ts'
import { locationHeader, surroundingHeaders, textHeader, varyHeader } from './response-header.ts'
import { inVersions } from './version.ts'

/**
 * Responses by status, ascending, `default` last.
 *
 * @param hasErrorResponses Whether undeclared error responses are included.
 */
export function responsesFor(
  entry: EndpointEntry,
  builder: DocumentBuilder,
  hasErrorResponses: boolean,
): Record<string, JsonSchema> {
  const { endpoint } = entry
  const responses = sparseRecord<JsonSchema>() // objects sort integer keys by themselves
  for (const [status, definition] of definitionsOf(endpoint))
    responses[status] = responseOf(entry, builder, status, definition)
  if (!hasErrorResponses) return responses
  const notModified = notModifiedResponse(entry, builder)
  if (notModified) responses[304] ??= notModified
  for (const status of errorStatuses(endpoint)) responses[status] ??= errorResponse(entry, builder, status)
  const own = responses.default ?? errorResponse(entry, builder, undefined)
  delete responses.default
  responses.default = own
  return responses
}

type StatusAndDefinition = readonly [status: ResponseStatus, definition: ResponseDefinition | undefined]

/** Without a declared success: the endpoint's status, and 204 if the handler may return undefined. */
function definitionsOf(endpoint: Endpoint): readonly StatusAndDefinition[] {
  const declared: StatusAndDefinition[] = [...(endpoint.responses ?? [])]
  if (declared.some(([status]) => isSuccess(status))) return declared
  const { status, method, handler } = endpoint
  const canBeEmpty = status === 200 && !isRead(method) && handler.length < 2
  const noContent: StatusAndDefinition[] = canBeEmpty ? [[204, undefined]] : []
  return [[status, undefined], ...noContent, ...declared]
}

function responseOf(
  entry: EndpointEntry,
  builder: DocumentBuilder,
  status: ResponseStatus,
  definition: ResponseDefinition | undefined,
): JsonSchema {
  const { description = descriptionOf(status), headers = {}, examples } = definition?.described ?? {}
  const own = contentOf(entry, builder, status, definition)
  const isError = Number(status) >= 400 || /^[45]XX|default/.test(String(status))
  const error = isError
    ? errorHeadersAndContent(entry, builder, typeof status === 'number' ? status : undefined)
    : undefined
  const all = withExamples({ ...own, ...without(error?.content ?? {}, own) }, examples)
  const content = inVersions(entry.endpoint, 'response', all)
  const known: Record<string, JsonSchema> = {
    ...(isSuccess(status) ? { ...validatorHeaders(entry, builder), ...pageHeaders(entry, builder) } : {}),
    ...(status === 201 ? locationHeader(builder) : {}),
    ...(Object.keys(own).length > 0 ? varyHeader(entry.endpoint.outgoing?.all, builder) : {}),
  }
  const code = typeof status === 'number' ? status : 200
  const fields = {
    ...known,
    ...(error?.headers ?? surroundingHeaders(entry.endpoint, builder, code, known)),
    ...Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, textHeader(text)])),
  }
  return {
    description,
    ...(Object.keys(fields).length > 0 ? { headers: fields } : {}),
    ...(Object.keys(content).length > 0 ? { content } : {}),
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  '2XX': 'Success',
  '3XX': 'Redirection',
  '4XX': 'Client error',
  '5XX': 'Server error',
  default: 'Any other error',
}

function descriptionOf(status: ResponseStatus): string {
  return typeof status === 'number' ? reasonOf(status) : (CLASSES[status] as string)
}

function without(content: Content, own: Content): Content {
  return Object.fromEntries(Object.entries(content).filter(([type]) => !(type in own)))
}

/** Each media type of the endpoint for which the response has a schema. */
function contentOf(
  entry: EndpointEntry,
  builder: DocumentBuilder,
  status: ResponseStatus,
  definition: ResponseDefinition | undefined,
): Content {
  const { endpoint } = entry
  if (endpoint.method === 'HEAD' || forbidsContent(Number(status)) || definition?.schemas.size === 0)
    return {}
  const content: Content = {}
  for (const type of typesOf(endpoint, definition)) {
    const declared = definition && lookUpByMediaType(definition.schemas, type)
    if (definition && !declared) continue
    const version = isSuccess(status) ? endpoint.versions?.versionOf(type) : undefined
    const schema = version ? endpoint.versions?.schemaOf(version, 'response', declared) : declared
    const origin = responseOrigin(entry, `the response ${status}`)
    const data = schema ? builder.schemas.refOrInline(schema, origin) : {}
    content[type] = mediaTypeOf(
      builder,
      type,
      isSuccess(status) ? withEnvelope(entry, builder, type, data) : data,
    )
  }
  return content
}

/** The offers; without negotiation, the declared types, or `*\/*` if the handler writes the response itself. */
function typesOf(
  { outgoing, defaultOffer, options }: Endpoint,
  definition: ResponseDefinition | undefined,
): string[] {
  if (outgoing) return outgoing.all.map(({ contentType }) => contentType)
  const declared = [...(definition?.schemas.keys() ?? [])].filter((type) => type !== '*')
  if (declared.length > 0) return declared
  const isRaw = 'outgoing' in options && options.outgoing === false
  return isRaw && !definition ? ['*/*'] : [defaultOffer.contentType]
}
