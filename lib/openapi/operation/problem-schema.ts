/** Content of error responses: problem details (RFC 9457 §3.1), in each media type of the exception renderer. */
import type { Endpoint } from '../../blueprint/endpoint.ts'
import { MediaType } from '../../http/media-type.ts'
import { exceptionRenderer } from '../../renderers/problem.ts'
import type { Renderer } from '../../renderers/renderer.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isSchema } from '../../schema/schema.ts'
import type { DocumentBuilder } from '../document/document-builder.ts'
import type { Content } from './content.ts'
import { exampleOf } from './error-example.ts'

const TEXT = { type: 'string' }

const ERROR_ITEM: JsonSchema = {
  type: 'object',
  properties: {
    detail: { ...TEXT, description: 'Description of the error.' },
    pointer: { ...TEXT, description: 'JSON Pointer into the request body, as a URI fragment: `#/tags/0`.' },
    in: { ...TEXT, enum: ['path', 'query', 'header', 'cookie'], description: 'Location of the parameter.' },
    parameter: { ...TEXT, description: 'Name of the parameter.' },
    code: { type: ['string', 'number'], description: 'Code of this kind of error.' },
  },
  required: ['detail'],
}

const PROBLEM: JsonSchema = {
  type: 'object',
  properties: {
    type: {
      ...TEXT,
      format: 'uri-reference',
      description: 'Identifier of the problem type.',
      examples: ['about:blank'],
    },
    title: { ...TEXT, description: 'Short, human-readable summary of the problem type.' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { ...TEXT, description: 'Explanation of this occurrence of the problem.' },
    instance: { ...TEXT, format: 'uri-reference', description: 'Identifier of this occurrence.' },
    errors: { type: 'array', items: ERROR_ITEM, description: 'All errors of the request.' },
  },
  required: ['type', 'title', 'status'],
  additionalProperties: true,
}

/** An exception renderer without a media type for the request sends problem+json. */
export function errorContent(
  endpoint: Endpoint,
  builder: DocumentBuilder,
  status: number | undefined,
): Content {
  const { errorTypes } = endpoint
  const offers = errorTypes?.offers ?? [{ contentType: 'application/problem+json', renderer: undefined }]
  const content: Content = {}
  for (const { contentType, renderer } of offers) {
    const isBuiltIn = renderer === undefined || renderer === exceptionRenderer.rendererFor(contentType)
    if (isBuiltIn && contentType === 'application/json') continue // sent as problem+json
    const isProblem = isBuiltIn && MediaType.of(contentType).isJson
    content[contentType] = {
      schema: schemaOf(contentType, isBuiltIn ? undefined : renderer, builder),
      ...(isProblem ? { example: exampleOf(endpoint, status) } : {}),
    }
  }
  return content
}

/** @param custom the renderer, where it is not a default one. */
function schemaOf(contentType: string, custom: Renderer | undefined, builder: DocumentBuilder): unknown {
  const { type, isJson } = MediaType.of(contentType)
  if (type === 'text') return { type: 'string' }
  return custom && isJson ? customSchema(custom, builder) : builder.schemas.addBuiltIn('Problem', PROBLEM)
}

/** The schema of a custom exception renderer's JSON: the option `errorSchema`, else its own. */
function customSchema({ schema }: Renderer, builder: DocumentBuilder): unknown {
  const { errorSchema } = builder
  if (errorSchema === undefined && schema)
    return builder.schemas.addBuiltIn(String(schema.title ?? 'Error'), schema)
  if (!isSchema(errorSchema)) return errorSchema ?? {}
  return builder.schemas.refOrInline(errorSchema, {
    io: 'output',
    where: 'the error schema',
    suggestedName: 'Error',
  })
}
