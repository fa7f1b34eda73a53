/** The documentation of the generated endpoints: their parameters, contents and responses. */
import { isRows } from '../../http/row-media-type.ts'
import type { DocumentBuilder } from '../../openapi/document/document-builder.ts'
import type { EndpointEntry } from '../../openapi/operation/endpoint-entry.ts'
import type { Operation } from '../../openapi/operation/operation.ts'
import { linkHeader, textHeader, varyHeader } from '../../openapi/operation/response-header.ts'
import { BoundedCache } from '../../registry/bounded-cache.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { DocumentedPart } from '../../walk/documented-part.ts'
import type { ServedApi } from '../manager/served-api.ts'
import { codecOf } from '../model/codec.ts'
import { JSONAPI_MIMETYPE } from '../protocol/media-type.ts'
import type { Resource } from '../resource/resource.ts'
import { DocumentView } from './document-view.ts'
import { listParameters, shapeParameters } from './query-parameters.ts'
import { rowSchema } from './resource-schema.ts'

/** One operation of an API in a document. */
export class ApiOperation {
  readonly api: ServedApi
  readonly view: DocumentView
  readonly #entry: EndpointEntry

  constructor(api: ServedApi, entry: EndpointEntry, builder: DocumentBuilder) {
    this.api = api
    this.view = DocumentView.of(builder)
    this.#entry = entry
  }

  get depth(): number {
    return this.api.maxIncludeDepth
  }

  /** The id in the path. @param name of the parameter. */
  id(name = 'id', { ids, id }: Resource = this.api.resource): JsonSchema {
    const schema = id.column ? codecOf(id.type).schema(id.type) : { type: 'string' }
    const description = ids.columns.length > 1 ? { description: 'The columns of the key, joined by ~.' } : {}
    return { name, in: 'path', required: true, ...description, schema: this.#inVersion(schema) }
  }

  /** Inclusions and field sets; of a list its order, filters and pages, too. */
  query(resource: Resource, isList = false): readonly JsonSchema[] {
    return [
      ...shapeParameters(this.view, resource, this.depth),
      ...(isList ? listParameters(this.view, this.api, resource) : []),
    ]
  }

  /** The 200 of a document. @param rows whose rows an export has. @param headers beside ETag. */
  found(schema: JsonSchema, rows?: Resource, headers: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
    const { outgoing, options } = this.#entry.endpoint
    const { profiles = [] } = options as { profiles?: readonly string[] }
    const types = outgoing?.all.map(({ contentType }) => contentType) ?? [JSONAPI_MIMETYPE]
    const content = Object.fromEntries(
      types.map((type) => {
        const isExport = rows && isRows(type)
        const written = isExport ? { type: 'array', items: rowSchema(this.view, rows) } : schema
        return [type, { schema: this.#inVersion(written) }]
      }),
    )
    for (const profile of profiles)
      content[`${JSONAPI_MIMETYPE}; profile="${profile}"`] = { schema: this.#inVersion(schema) }
    return { headers: { ...this.#etag(), ...headers }, content }
  }

  /** Link of a page. */
  link(): JsonSchema {
    const header = linkHeader(
      this.#entry.endpoint,
      'Links to the first, previous, next and last page (RFC 8288)',
    )
    return this.view.builder.components.share('headers', 'PageLinks', header)
  }

  location(description: string): JsonSchema {
    return this.view.builder.components.share('headers', 'Location', textHeader(description))
  }

  /** The 304 of a document. */
  notModified(): JsonSchema {
    const vary = varyHeader(this.#entry.endpoint.outgoing?.all, this.view.builder)
    return { description: 'Not Modified', headers: { ...this.#etag(), ...vary } }
  }

  /** The 204 of a change. */
  changed(): JsonSchema {
    return { headers: this.#etag() }
  }

  /** The request document. */
  body(schema: JsonSchema): JsonSchema {
    const types = this.#entry.endpoint.incoming?.types ?? [JSONAPI_MIMETYPE]
    return {
      required: true,
      content: Object.fromEntries(types.map((type) => [type, { schema: this.#inVersion(schema) }])),
    }
  }

  ifNoneMatch(): JsonSchema {
    return this.#field('If-None-Match', 'Entity tag of the representation the client already has')
  }

  ifMatch(): JsonSchema {
    const isRequired = this.api.options.requireIfMatch === true
    return this.#field('If-Match', 'Entity tag of the state to change', isRequired)
  }

  #field(name: string, description: string, isRequired = false): JsonSchema {
    const { components } = this.view.builder
    return components.share('parameters', name.replaceAll('-', '') + (isRequired ? 'Required' : ''), {
      name,
      in: 'header',
      description,
      ...(isRequired ? { required: true } : {}),
      schema: { type: 'string' },
    })
  }

  #etag(): Record<string, JsonSchema> {
    const header = textHeader('Entity tag of the representation')
    return { ETag: this.view.builder.components.share('headers', 'ETag', header) }
  }

  #inVersion(schema: JsonSchema): JsonSchema {
    return this.view.builder.schemas.inVersion(schema) as JsonSchema
  }
}

/** The part of an endpoint's documentation that is made for each document. @param statuses of errors, from 400 on. */
export function documentedPart(
  api: ServedApi,
  statuses: readonly number[],
  describe: (operation: ApiOperation) => Operation,
  isHidden: () => boolean = () => false,
): DocumentedPart {
  return {
    errors: ERRORS.get([...statuses, 503].join()),
    isHidden,
    operation: (entry, builder) => describe(new ApiOperation(api, entry, builder)),
  }
}

/** The errors of endpoints by their statuses, joined by commas: an object with such names takes 4 kB, so they share one. */
const ERRORS = /* @__PURE__ */ new BoundedCache(
  (statuses): NonNullable<DocumentedPart['errors']> =>
    Object.fromEntries(statuses.split(',').map((status) => [status, {}])),
)

/** `Idempotency-Key` of a POST. */
export function idempotencyKey({ components }: DocumentBuilder): JsonSchema {
  return components.share('parameters', 'IdempotencyKey', {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'Key of the request: one that is sent again gets the response of the first',
    schema: { type: 'string' },
  })
}
