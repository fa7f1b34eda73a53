/** The content of a request: a schema for each media type that is taken. */
import { bodySchemasOf, type DescribedBody } from '../../arguments/body-option.ts'
import { MULTIPART } from '../../arguments/files-argument.ts'
import type { Endpoint } from '../../blueprint/endpoint.ts'
import { MediaType } from '../../http/media-type.ts'
import type { PatchEndpointOptions } from '../../patching/patching.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isSchema, type Schema } from '../../schema/schema.ts'
import { type DocumentBuilder, type Entry, originOf } from '../document/document-builder.ts'
import { type Content, withExamples } from './content.ts'
import { multipartOf } from './multipart-body.ts'
import { jsonPatchSchema, mergePatchSchema } from './patch-body.ts'

/** Methods of which it is said that they take content, even when nobody says what it is. */
export const TAKING: readonly string[] = ['POST', 'PUT', 'PATCH', 'QUERY']

/** The media types that an endpoint takes, where content is meant to come. */
export function takenTypes({ incoming, options, method }: Endpoint): readonly string[] {
  const { body, files, patch } = options as PatchEndpointOptions
  const isMeant = TAKING.includes(method) || body !== undefined || files !== undefined || patch !== undefined
  return isMeant ? (incoming?.types ?? []) : []
}

/** Undefined where no content is taken. */
export function requestBodyOf(entry: Entry, draft: DocumentBuilder): JsonSchema | undefined {
  const { endpoint } = entry
  const types = takenTypes(endpoint)
  if (types.length === 0) return undefined
  const { body, files, patch } = endpoint.options as PatchEndpointOptions
  const schemas = body ? bodySchemasOf(endpoint, body) : new Map<string, Schema>()
  const content: Content = {}
  for (const type of types) {
    const schema = schemas.get(type)
    if (patch) content[type] = { schema: patchOf(entry, draft, type, patch.schema) }
    else {
      const described = schema && draft.schemas.describe(schema, originOf(entry, 'input', 'the body', 'Body'))
      const isMultipart = files && MediaType.of(type).essence === MULTIPART
      if (isMultipart) content[type] = multipartOf(draft, files, described)
      else content[type] = { schema: described ? draft.schemas.write(described) : {} }
    }
  }
  const told: Partial<DescribedBody> =
    body && !isSchema(body) && isSchema((body as DescribedBody).schema) ? (body as DescribedBody) : {}
  const [usual] = schemas.values()
  const needsFile = files !== undefined && Object.values(files).some((rule) => rule?.required === true)
  const isRequired = patch !== undefined || needsFile || (usual !== undefined && requiresContent(usual))
  return {
    ...(told.description === undefined ? {} : { description: told.description }),
    content: withExamples(content, told.examples),
    ...(isRequired ? { required: true } : {}),
  }
}

function patchOf(entry: Entry, draft: DocumentBuilder, type: string, schema: Schema): unknown {
  if (MediaType.of(type).essence === 'application/json-patch+json') return jsonPatchSchema(draft)
  return mergePatchSchema(
    draft,
    draft.schemas.describe(schema, originOf(entry, 'input', 'the patch', 'Patch')),
  )
}

/** Whether there has to be content: the schema is asked. One that is slow to say so says no. */
function requiresContent(schema: Schema): boolean {
  try {
    const result = schema['~standard'].validate(undefined)
    if (!(result instanceof Promise)) return result.issues !== undefined
    result.catch(() => {})
  } catch {
    // it cannot do with nothing
  }
  return true
}
