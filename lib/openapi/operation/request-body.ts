/** Request Body Objects: a schema for each supported media type. */
import { bodySchemasOf, type DescribedBody } from '../../arguments/body-option.ts'
import type { Endpoint } from '../../blueprint/endpoint.ts'
import { JSON_PATCH, MediaType, MULTIPART } from '../../http/media-type.ts'
import type { PatchEndpointOptions } from '../../patching/patching.ts'
import { oncePerObject } from '../../registry/once-per-object.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isSchema, type Schema } from '../../schema/schema.ts'
import { validateNow } from '../../schema/validate.ts'
import type { DocumentBuilder } from '../document/document-builder.ts'
import { type Content, withExamples } from './content.ts'
import { type EndpointEntry, requestOrigin } from './endpoint-entry.ts'
import { multipartOf } from './multipart-body.ts'
import { jsonPatchSchema, mergePatchSchema } from './patch-body.ts'
import { inVersions } from './version.ts'

/** Methods whose request body is documented even without a schema. */
export const METHODS_WITH_CONTENT: readonly string[] = ['POST', 'PUT', 'PATCH', 'QUERY']

/** The media types that an endpoint supports; none if it expects no content. */
export function requestTypes({ incoming, options, method }: Endpoint): readonly string[] {
  const { body, files, patch } = options as PatchEndpointOptions
  const expectsContent =
    METHODS_WITH_CONTENT.includes(method) || body !== undefined || files !== undefined || patch !== undefined
  return expectsContent ? (incoming?.types ?? []) : []
}

/** Undefined for an endpoint without request content. */
export function requestBodyOf(entry: EndpointEntry, builder: DocumentBuilder): JsonSchema | undefined {
  const { endpoint } = entry
  const types = requestTypes(endpoint)
  if (types.length === 0) return undefined
  const { body, files, patch } = endpoint.options as PatchEndpointOptions
  const schemas = schemasOf(endpoint)
  const content: Content = {}
  for (const type of types) {
    if (patch) {
      content[type] = { schema: patchSchemaOf(entry, builder, type, patch.schema) }
      continue
    }
    const schema = schemas.get(type)
    const described = schema && builder.schemas.describe(schema, requestOrigin(entry, 'the body', 'Body'))
    const isMultipart = files && MediaType.of(type).essence === MULTIPART
    if (isMultipart) content[type] = multipartOf(builder, files, described)
    else content[type] = { schema: described ? builder.schemas.write(described) : {} }
  }
  const { description, examples }: Partial<DescribedBody> =
    body && !isSchema(body) && isSchema((body as DescribedBody).schema) ? (body as DescribedBody) : {}
  const [firstSchema] = schemas.values()
  const hasRequiredFile = files !== undefined && Object.values(files).some((rule) => rule?.required === true)
  const isRequired =
    patch !== undefined || hasRequiredFile || (firstSchema !== undefined && requiresContent(firstSchema))
  return {
    ...(description === undefined ? {} : { description }),
    content: inVersions(endpoint, 'request', withExamples(content, examples)),
    ...(isRequired ? { required: true } : {}),
  }
}

/** The schema of each supported media type that has one. */
function schemasOf({ name, options, incoming, versions }: Endpoint): ReadonlyMap<string, Schema> {
  const { body } = options as PatchEndpointOptions
  const listed = versions ? { types: versions.listed } : incoming
  const schemas = body ? bodySchemasOf({ name, incoming: listed }, body) : new Map<string, Schema>()
  for (const type of versions?.types ?? []) {
    const version = versions?.versionOf(type)
    const schema = version && versions?.schemaOf(version, 'request', schemas.get(versions.base ?? ''))
    if (schema) schemas.set(type, schema)
    else schemas.delete(type)
  }
  return schemas
}

function patchSchemaOf(
  entry: EndpointEntry,
  builder: DocumentBuilder,
  type: string,
  schema: Schema,
): unknown {
  if (MediaType.of(type).essence === JSON_PATCH) return jsonPatchSchema(builder)
  const origin = requestOrigin(entry, 'the patch', 'Patch')
  return mergePatchSchema(builder, builder.schemas.describe(schema, origin))
}

/** Whether the schema rejects undefined. Schemas that throw or validate asynchronously count as required. */
const requiresContent = /* @__PURE__ */ oncePerObject((schema: Schema): boolean => {
  try {
    const validated = validateNow(schema, undefined)
    return !validated || validated === 'invalid'
  } catch {
    return true // it does not accept undefined
  }
})
