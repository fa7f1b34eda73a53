/** The documentation of the endpoints of a manager itself: the list of types, and atomic operations. */
import type { DocumentBuilder } from '../../openapi/document/document-builder.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { DocumentedPart } from '../../walk/documented-part.ts'
import { JSONAPI_MIMETYPE, mediaTypeOf } from '../protocol/media-type.ts'
import type { Resource } from '../resource/resource.ts'
import { idempotencyKey } from './api-operation.ts'
import { JSONAPI } from './document-schema.ts'
import { DocumentView } from './document-view.ts'
import { OBJECT, resourceSchema } from './resource-schema.ts'

const TEXT = { type: 'string' }

/** The list of types. */
export const MODEL_INFO: DocumentedPart = {
  operation: (_, builder) => {
    const info = { type: 'object', properties: { primarykey: TEXT, url: TEXT } }
    const modelinfo = { type: 'object', additionalProperties: info }
    const meta = { type: 'object', properties: { modelinfo } }
    const schema = { type: 'object', properties: { jsonapi: JSONAPI, meta }, required: ['jsonapi'] }
    return { responses: { 200: { content: contentOf(builder, schema, [JSONAPI_MIMETYPE]) } } }
  },
}

/** An operation of an atomic request. */
const OPERATION: JsonSchema = {
  type: 'object',
  properties: {
    op: { type: 'string', enum: ['add', 'update', 'remove'] },
    ref: {
      type: 'object',
      properties: { type: TEXT, id: TEXT, lid: TEXT, relationship: TEXT },
      required: ['type'],
    },
    href: { type: 'string', format: 'uri-reference' },
    data: { description: 'A resource object, an identifier, a list of identifiers, or null.' },
    meta: OBJECT,
  },
  required: ['op'],
}

/** @param resources of the results. */
export function operationsPart(
  extension: string,
  hasKeys: boolean,
  resources: () => readonly Resource[],
): DocumentedPart {
  const errors = Object.fromEntries([403, 404, 409, 412, 422, 503].map((status) => [status, {}]))
  return {
    errors,
    operation: (_, builder) => {
      const view = DocumentView.of(builder)
      const types = [JSONAPI_MIMETYPE, mediaTypeOf({ ext: [extension], profile: [] })]
      const data = { anyOf: [...resources().map((one) => resourceSchema(view, one)), { type: 'null' }] }
      const results = { type: 'array', items: { type: 'object', properties: { data, meta: OBJECT } } }
      const request = {
        type: 'object',
        properties: { 'atomic:operations': { type: 'array', items: OPERATION, minItems: 1 } },
        required: ['atomic:operations'],
      }
      const response = {
        type: 'object',
        properties: { jsonapi: JSONAPI, 'atomic:results': results },
        required: ['atomic:results'],
      }
      return {
        summary: 'Run several operations in one transaction',
        description: `The media type of the request has the parameter \`ext="${extension}"\`.`,
        ...(hasKeys ? { parameters: [idempotencyKey(builder)] } : {}),
        requestBody: { required: true, content: contentOf(builder, request, types) },
        responses: { 200: { content: contentOf(builder, response, types) } },
      }
    },
  }
}

function contentOf(
  { schemas }: DocumentBuilder,
  schema: JsonSchema,
  types: readonly string[],
): Record<string, JsonSchema> {
  return Object.fromEntries(types.map((type) => [type, { schema: schemas.inVersion(schema) }]))
}
