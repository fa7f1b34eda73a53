/** What tags add to an operation: the fields of conditional requests (RFC 9110 §13.1). */
import type { Endpoint } from '../../blueprint/endpoint.ts'
import { isRead } from '../../http/conditional.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { DocumentBuilder, Entry } from '../document/document-builder.ts'

/** What they answer is no representation of what is addressed. */
const UNTAGGED = ['DELETE', 'OPTIONS']

/** Whether preconditions are looked at: a POST that only tags what it answers has no state to compare them with. */
export function isConditional({ etag: tagged, method }: Endpoint): boolean {
  if (!tagged) return false
  return method !== 'POST' || tagged.current !== undefined || tagged.lastModified !== undefined
}

export function preconditionParameters({ endpoint }: Entry, draft: DocumentBuilder): JsonSchema[] {
  const { etag: tagged, method } = endpoint
  if (!tagged || !isConditional(endpoint)) return []
  const field = (key: string, name: string, description: string, isRequired = false) =>
    draft.parts.share('parameters', key, {
      name,
      in: 'header',
      description,
      ...(isRequired ? { required: true } : {}),
      schema: { type: 'string' },
    })
  if (isRead(method)) return [field('IfNoneMatch', 'If-None-Match', 'The tag of what the client has already')]
  const said = 'The tag of the state that is meant to be changed'
  const isOnlyWay = tagged.isRequired && !tagged.lastModified && method !== 'PUT'
  return [
    isOnlyWay ? field('IfMatchRequired', 'If-Match', said, true) : field('IfMatch', 'If-Match', said),
    ...(method === 'PUT'
      ? [field('IfNoneMatchAny', 'If-None-Match', '`*`: only where there is nothing yet')]
      : []),
  ]
}

/** The validators of what is sent. */
export function validatorHeaders({ endpoint }: Entry, draft: DocumentBuilder): Record<string, JsonSchema> {
  const { etag: tagged, method } = endpoint
  if (!tagged || UNTAGGED.includes(method)) return {}
  const text = { type: 'string' }
  return {
    ETag: draft.parts.share('headers', 'ETag', { description: 'The tag of what is sent', schema: text }),
    ...(tagged.lastModified
      ? {
          'Last-Modified': draft.parts.share('headers', 'LastModified', {
            description: 'When it last changed',
            schema: text,
          }),
        }
      : {}),
  }
}
