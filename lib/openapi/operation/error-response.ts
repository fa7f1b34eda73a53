/**
 * Error responses of the framework itself, and 304.
 *
 *     400 and 500 always · 404, 406, 409, 412, 413, 415, 422 and 428 if the endpoint can send them
 *
 * Errors that handlers throw, and a 405, which belongs to no operation, are covered by `default`.
 */
import type { Endpoint } from '../../blueprint/endpoint.ts'
import { JSON_PATCH } from '../../http/media-type.ts'
import { isRead } from '../../http/method.ts'
import { reasonOf } from '../../http/problem.ts'
import { acceptFieldOf } from '../../negotiation/accept-fields.ts'
import type { PatchEndpointOptions } from '../../patching/patching.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { DocumentBuilder } from '../document/document-builder.ts'
import type { Content } from './content.ts'
import type { EndpointEntry } from './endpoint-entry.ts'
import { describedError } from './error-example.ts'
import { pageHeaders } from './pagination.ts'
import { isConditional, validatorHeaders } from './precondition.ts'
import { errorContent } from './problem-schema.ts'
import { METHODS_WITH_CONTENT, requestTypes } from './request-body.ts'
import { linkHeader, surroundingHeaders, textHeader, varyHeader } from './response-header.ts'

/** The statuses from 400 on that the framework can answer. */
export function errorStatuses(endpoint: Endpoint): number[] {
  const { outgoing, incoming, etag, method } = endpoint
  const { patch } = endpoint.options as PatchEndpointOptions
  const types = requestTypes(endpoint)
  const checksContentType =
    incoming !== undefined && (types.length > 0 || METHODS_WITH_CONTENT.includes(method))
  const canBeMissing =
    endpoint.route.parameters.length > 0 || etag?.current !== undefined || patch !== undefined
  const isLenient =
    endpoint.owner.settings.notAcceptable === 'default' || outgoing?.extras.fallback !== undefined
  const checksAccept = outgoing !== undefined && !isLenient // with a fallback only `*/*;q=0` is a 406
  const isPossible: Readonly<Record<number, boolean>> = {
    400: true, // too many query parameters; malformed content; an invalid cursor
    404: canBeMissing,
    406: checksAccept,
    409: patch !== undefined && types.includes(JSON_PATCH),
    412: isConditional(endpoint),
    413: types.length > 0,
    415: checksContentType,
    422: endpoint.arguments !== undefined || patch !== undefined,
    428: etag?.isRequired ?? false,
    500: true,
  }
  const surrounding = endpoint.documented.flatMap(({ errors = {} }) => Object.keys(errors))
  return [...Object.keys(isPossible).filter((status) => isPossible[Number(status)]), ...surrounding].map(
    Number,
  )
}

/** The 304 of an endpoint with an ETag (RFC 9110 §15.4.5). */
export function notModifiedResponse(entry: EndpointEntry, builder: DocumentBuilder): JsonSchema | undefined {
  const { etag, method } = entry.endpoint
  if (!etag || !isRead(method)) return undefined
  const own = {
    ...validatorHeaders(entry, builder),
    ...pageHeaders(entry, builder),
    ...varyHeader(entry.endpoint.outgoing?.all, builder),
  }
  const headers = { ...own, ...surroundingHeaders(entry.endpoint, builder, 304, own) }
  return builder.components.share('responses', 'NotModified', { description: 'Not Modified', headers })
}

/** The response of a status, or of `default`: a component, if equal for several operations. */
export function errorResponse(
  entry: EndpointEntry,
  builder: DocumentBuilder,
  status: number | undefined,
): JsonSchema {
  const { errorTypes } = entry.endpoint
  const known = builder.errorResponses.get(errorTypes) ?? new Map<string, JsonSchema>()
  builder.errorResponses.set(errorTypes, known)
  const key = dependencies(entry.endpoint, status)
  const response = known.get(key) ?? newErrorResponse(entry, builder, status)
  known.set(key, response)
  return response
}

/** The parts of an endpoint that its response of a status depends on, beside the media types of errors. */
function dependencies(endpoint: Endpoint, status: number | undefined): string {
  return JSON.stringify([
    status,
    describedError(endpoint, status),
    handledTypes(endpoint, status),
    status === 415 && acceptFieldOf(endpoint.method),
    endpoint.documented.map(({ headers, errors }) => [headers, status !== undefined && errors?.[status]]),
  ])
}

function newErrorResponse(
  entry: EndpointEntry,
  builder: DocumentBuilder,
  status: number | undefined,
): JsonSchema {
  const name = status === undefined ? 'Error' : reasonOf(status).replace(/\W/g, '')
  const description = status === undefined ? 'Any other error' : reasonOf(status)
  return builder.components.share('responses', name, {
    description,
    ...errorHeadersAndContent(entry, builder, status),
  })
}

export function errorHeadersAndContent(
  { endpoint }: EndpointEntry,
  builder: DocumentBuilder,
  status: number | undefined,
): { readonly headers?: JsonSchema; readonly content: Content } {
  const own = {
    ...varyHeader(endpoint.errorTypes?.offers, builder),
    ...statusHeaders(endpoint, builder, status),
  }
  const headers = { ...own, ...surroundingHeaders(endpoint, builder, status, own) }
  const content = { ...errorContent(endpoint, builder, status), ...errorHandlerContent(endpoint, status) }
  return { ...(Object.keys(headers).length > 0 ? { headers } : {}), content }
}

/** Results of error handlers are sent in the endpoint's own media types; their schema is unknown. */
function errorHandlerContent(endpoint: Endpoint, status: number | undefined): Content {
  return Object.fromEntries(handledTypes(endpoint, status).map((type) => [type, { schema: {} }]))
}

/** The media types of results of error handlers; empty without one for the status. */
function handledTypes(
  { errorHandlers, outgoing, defaultOffer }: Endpoint,
  status: number | undefined,
): readonly string[] {
  const isHandled = errorHandlers.some((handlers) =>
    handlers.some(({ of }) => typeof of !== 'number' || of === status || status === undefined),
  )
  if (!isHandled) return []
  const offers = outgoing?.all ?? [defaultOffer]
  return offers.map(({ contentType }) => contentType)
}

/** Header fields that name the supported media types, codings or methods. */
function statusHeaders(
  endpoint: Endpoint,
  builder: DocumentBuilder,
  status: number | undefined,
): Record<string, JsonSchema> {
  if (status === 406) return { Link: linkHeader(endpoint, 'Links to the available media types, for a GET') }
  const types = builder.components.share('headers', 'AcceptedTypes', textHeader('Supported media types'))
  if (status === undefined) return { Allow: textHeader('Allowed methods'), Accept: types }
  if (status !== 415) return {}
  const own = acceptFieldOf(endpoint.method)
  return {
    Accept: types,
    ...(own === undefined ? {} : { [titleCase(own)]: types }),
    'Accept-Encoding': textHeader('Supported content codings'),
  }
}

/** accept-post → Accept-Post */
function titleCase(field: string): string {
  return field.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}
