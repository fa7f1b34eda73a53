/** Header fields of conditional requests: preconditions and validators (RFC 9110 §8.8, §13.1). */
import type { Endpoint } from '../../blueprint/endpoint.ts'
import { METHODS_WITHOUT_ETAG } from '../../conditional/etag.ts'
import { isRead } from '../../http/method.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { DocumentBuilder } from '../document/document-builder.ts'
import type { EndpointEntry } from './endpoint-entry.ts'
import { textHeader } from './response-header.ts'

/** Whether preconditions are evaluated. A POST without `current` or `lastModified` has no state to compare with. */
export function isConditional({ etag, method }: Endpoint): boolean {
  if (!etag) return false
  return method !== 'POST' || etag.current !== undefined || etag.lastModified !== undefined
}

export function preconditionParameters({ endpoint }: EndpointEntry, builder: DocumentBuilder): JsonSchema[] {
  const { etag, method } = endpoint
  if (!etag || !isConditional(endpoint)) return []
  const parameter = (key: string, name: string, description: string, isRequired = false) =>
    builder.components.share('parameters', key, {
      name,
      in: 'header',
      description,
      ...(isRequired ? { required: true } : {}),
      schema: { type: 'string' },
    })
  const dated = (key: string, name: string, description: string) =>
    etag.lastModified ? [parameter(key, name, `${description} (an HTTP-date)`)] : []
  if (isRead(method))
    return [
      parameter('IfNoneMatch', 'If-None-Match', 'Entity tag of the representation the client already has'),
      ...dated('IfModifiedSince', 'If-Modified-Since', 'Last-Modified of what the client already has'),
    ]
  const description = 'Entity tag of the state to change'
  const isRequired = etag.isRequired && !etag.lastModified && method !== 'PUT'
  const ifMatch = isRequired
    ? parameter('IfMatchRequired', 'If-Match', description, true)
    : parameter('IfMatch', 'If-Match', description)
  const ifUnmodified = dated(
    'IfUnmodifiedSince',
    'If-Unmodified-Since',
    'Last-Modified of the state to change',
  )
  if (method !== 'PUT') return [ifMatch, ...ifUnmodified]
  return [
    ifMatch,
    parameter('IfNoneMatchAny', 'If-None-Match', '`*`: only create, do not replace an existing state'),
    ...ifUnmodified,
  ]
}

/** ETag and Last-Modified of a response. */
export function validatorHeaders(
  { endpoint }: EndpointEntry,
  builder: DocumentBuilder,
): Record<string, JsonSchema> {
  const { etag, method } = endpoint
  if (!etag || METHODS_WITHOUT_ETAG.includes(method)) return {}
  const headers: Record<string, JsonSchema> = {
    ETag: builder.components.share('headers', 'ETag', textHeader('Entity tag of the representation')),
  }
  if (etag.lastModified) {
    const header = textHeader('Time of the last change')
    headers['Last-Modified'] = builder.components.share('headers', 'LastModified', header)
  }
  return headers
}
