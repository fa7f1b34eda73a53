/** What errors look like: problem documents (RFC 9457 §3.1), in every type that the exception renderer has. */
import type { Endpoint } from '../../blueprint/endpoint.ts'
import { MediaType } from '../../http/media-type.ts'
import { exceptionRenderer } from '../../renderers/problem.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isSchema } from '../../schema/schema.ts'
import type { DocumentBuilder } from '../document/document-builder.ts'
import type { Content } from './content.ts'

const TEXT = { type: 'string' }

const ITEM: JsonSchema = {
  type: 'object',
  properties: {
    detail: { ...TEXT, description: 'What is wrong.' },
    pointer: { ...TEXT, description: 'Where in the content: a JSON Pointer as a fragment, `#/tags/0`.' },
    in: { ...TEXT, enum: ['path', 'query', 'header', 'cookie'], description: 'Where the parameter stands.' },
    parameter: { ...TEXT, description: 'The name of the parameter.' },
  },
  required: ['detail'],
}

const PROBLEM: JsonSchema = {
  type: 'object',
  properties: {
    type: { ...TEXT, format: 'uri-reference', description: 'Names the kind of problem.' },
    title: { ...TEXT, description: 'The kind of problem, for people.' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { ...TEXT, description: 'What happened this time.' },
    instance: { ...TEXT, format: 'uri-reference', description: 'Names this occurrence.' },
    errors: { type: 'array', items: ITEM, description: 'All that is wrong with the request.' },
  },
  required: ['type', 'title', 'status'],
  additionalProperties: true,
}

/** Where an exception renderer has no word for a type, or there is none: problem+json is sent. */
export function errorContent({ errorTypes: failures }: Endpoint, draft: DocumentBuilder): Content {
  const offers = failures?.offers ?? [{ contentType: 'application/problem+json', renderer: undefined }]
  const content: Record<string, { schema: unknown }> = {}
  for (const { contentType, renderer } of offers) {
    const isOurs = renderer === undefined || renderer === exceptionRenderer.rendererFor(contentType)
    if (isOurs && contentType === 'application/json') continue // answered as problem+json
    content[contentType] = { schema: schemaOf(contentType, isOurs, draft) }
  }
  return content
}

function schemaOf(contentType: string, isOurs: boolean, draft: DocumentBuilder): unknown {
  const { type, isJson } = MediaType.of(contentType)
  if (type === 'text') return { type: 'string' }
  return isOurs || !isJson ? problemSchema(draft) : otherSchema(draft) // another shape only JSON would show
}

function problemSchema(draft: DocumentBuilder): unknown {
  return draft.schemas.own('Problem', PROBLEM)
}

/** What a renderer of the developer's writes. */
function otherSchema(draft: DocumentBuilder): unknown {
  const { errorSchema } = draft
  if (!isSchema(errorSchema)) return errorSchema ?? {}
  return draft.schemas.refOrInline(errorSchema, {
    io: 'output',
    where: 'the error schema',
    suggested: 'Error',
  })
}
