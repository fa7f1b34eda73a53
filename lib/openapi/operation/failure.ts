/**
 * What the walk itself answers when an operation does not come about.
 *
 *     400 always · 404 where something addressed can be missing · 406, 413, 415, 422, 412, 428 where they can be
 *
 * What handlers throw, and a 405, which is about no operation, is told by `default`.
 */
import type { Endpoint } from '../../blueprint/endpoint.ts'
import { isRead } from '../../http/conditional.ts'
import { reasonOf } from '../../http/problem.ts'
import type { PatchEndpointOptions } from '../../patching/patching.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { Content } from './content.ts'
import type { DocumentBuilder, Entry } from './draft.ts'
import { pagingHeaders } from './paging.ts'
import { isConditional, validatorHeaders } from './precondition.ts'
import { errorContent } from './problem-schema.ts'
import { TAKING, takenTypes } from './request-body.ts'

/** Statuses from 400 on, ascending. */
export function failuresOf(endpoint: Endpoint): number[] {
  const { outgoing, incoming, etag: tagged, method } = endpoint
  const { patch } = endpoint.options as PatchEndpointOptions
  const taken = takenTypes(endpoint)
  const isGated = incoming !== undefined && (taken.length > 0 || TAKING.includes(method))
  const canMiss = endpoint.route.parameters.length > 0 || tagged?.current !== undefined || patch !== undefined
  const isStrict = outgoing !== undefined && endpoint.owner.settings.notAcceptable !== 'default'
  const can: Readonly<Record<number, boolean>> = {
    400: true, // more query parameters than there may be; content that does not parse; a forged cursor
    404: canMiss,
    406: isStrict,
    409: patch !== undefined && taken.includes('application/json-patch+json'),
    412: isConditional(endpoint),
    413: taken.length > 0,
    415: isGated,
    422: endpoint.arguments !== undefined || patch !== undefined,
    428: tagged?.isRequired ?? false,
    500: true,
  }
  return Object.keys(can)
    .map(Number)
    .filter((status) => can[status])
}

/** 304 for who has it already (RFC 9110 §15.4.5). */
export function notModified(entry: Entry, draft: DocumentBuilder): JsonSchema | undefined {
  const { etag: tagged, method } = entry.endpoint
  if (!tagged || !isRead(method)) return undefined
  const headers = {
    ...validatorHeaders(entry, draft),
    ...pagingHeaders(entry, draft),
    ...varyHeader(entry.endpoint.outgoing?.offers, draft),
  }
  return draft.parts.share('responses', 'NotModified', { description: 'Not Modified', headers })
}

/** The answer to a failure, shared by all that tell it alike. */
export function failureResponse(
  entry: Entry,
  draft: DocumentBuilder,
  status: number | undefined,
): JsonSchema {
  const name = status === undefined ? 'Error' : reasonOf(status).replace(/\W/g, '')
  const description = status === undefined ? 'Whatever else went wrong' : reasonOf(status)
  return draft.parts.share('responses', name, { description, ...failureParts(entry, draft, status) })
}

/** Its header fields and its content. */
export function failureParts(
  { endpoint }: Entry,
  draft: DocumentBuilder,
  status: number | undefined,
): { readonly headers?: JsonSchema; readonly content: Content } {
  const headers = { ...varyHeader(endpoint.errorTypes?.offers, draft), ...ownHeaders(draft, status) }
  const content = { ...errorContent(endpoint, draft), ...handledContent(endpoint, status) }
  return { ...(Object.keys(headers).length > 0 ? { headers } : {}), content }
}

/** What an error handler returns goes out in the endpoint's own types, in a shape that only it knows. */
function handledContent(
  { errorHandlers, outgoing, defaultOffer }: Endpoint,
  status: number | undefined,
): Content {
  const isHandled = errorHandlers
    .flat()
    .some(({ of }) => typeof of !== 'number' || of === status || status === undefined)
  if (!isHandled) return {}
  const types = outgoing?.offers ?? [defaultOffer]
  return Object.fromEntries(types.map(({ contentType }) => [contentType, { schema: {} }]))
}

/** Said where another client could have got another type (RFC 9110 §12.5.5). */
export function varyHeader(
  offers: readonly { readonly fields: { readonly vary?: unknown } }[] | undefined,
  draft: DocumentBuilder,
): Record<string, JsonSchema> {
  if (!offers?.some(({ fields }) => fields.vary !== undefined)) return {}
  return { Vary: draft.parts.share('headers', 'Vary', textHeader('The fields that the answer depends on')) }
}

/** Fields that tell what would have been right. */
function ownHeaders(draft: DocumentBuilder, status: number | undefined): Record<string, JsonSchema> {
  if (status === 406) return { Link: textHeader('Where a GET gets the types there are') }
  const types = draft.parts.share('headers', 'AcceptedTypes', textHeader('The types that are taken'))
  if (status === undefined) return { Allow: textHeader('The methods that there are'), Accept: types }
  if (status !== 415) return {}
  return Object.fromEntries(
    ['Accept', 'Accept-Post', 'Accept-Patch', 'Accept-Query'].map((name) => [name, types]),
  )
}

/** A header field of any text. */
export function textHeader(description: string): JsonSchema {
  return { description, schema: { type: 'string' } }
}
