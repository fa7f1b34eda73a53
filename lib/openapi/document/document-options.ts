/** The options of a document, and their checks. */
import type { SecurityRequirement } from '../../authentication/security-scheme.ts'
import { checkChoice, checkObject, checkValues } from '../../registry/options.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isSchema, type Schema } from '../../schema/schema.ts'
import type { Components } from './components.ts'
import type { NestedTags } from './documented-blueprint.ts'
import type { OpenApiVersion } from './open-api-version.ts'
import type { Tag } from './tag.ts'

/** A Contact Object. */
export interface Contact {
  readonly name?: string
  readonly url?: string
  readonly email?: string
}

/** A License Object. */
export interface License {
  readonly name: string
  readonly url?: string
  /** SPDX expression, instead of `url`; left out of a document of OpenAPI 3.0. */
  readonly identifier?: string
}

export interface DocumentOptions {
  /** Title of the API. */
  readonly title: string
  /** Version of the API. */
  readonly version: string
  /** Version of OpenAPI. Default '3.1.1'. */
  readonly openapi?: OpenApiVersion
  /** Description of the API. */
  readonly description?: string
  /** Person or organization that is responsible for the API. */
  readonly contact?: Contact
  /** License of the API. */
  readonly license?: License
  readonly servers?: readonly JsonSchema[]
  /** Tag Objects, merged over the tags that blueprints generate. */
  readonly tags?: readonly Tag[]
  /** Components by kind and name. A library schema given here has this name in the whole document. */
  readonly components?: Components
  /** Security requirements of endpoints that have none of their own. */
  readonly security?: readonly SecurityRequirement[]
  /** Tag of endpoints in nested blueprints: the nested blueprint's, or the outermost one's. Default 'own'. */
  readonly nestedTags?: NestedTags
  /** Whether undeclared error responses (400, 404, 406 …) are documented. Default true. */
  readonly failures?: boolean
  /** Schema of the errors that a custom exception renderer writes as JSON. */
  readonly errorSchema?: Schema | JsonSchema
  /** Whether NDJSON and server-sent events are described by `itemSchema`, from OpenAPI 3.2 on. Default false. */
  readonly itemSchemas?: boolean
  /** Deep-merged over the generated document. */
  readonly document?: JsonSchema
}

/** The types of the options; true where they are checked elsewhere. */
const KINDS = {
  description: 'string',
  contact: 'object',
  license: 'object',
  servers: 'list',
  tags: 'list',
  components: 'object',
  failures: 'boolean',
  itemSchemas: 'boolean',
  document: 'object',
} as const satisfies Partial<Record<keyof DocumentOptions, string>>

/** @throws {TypeError} for a value of another type, a server without `url` and a tag without `name`. */
export function checkDocumentOptions(where: string, options: Partial<DocumentOptions>): void {
  checkValues(where, options, KINDS)
  checkChoice(where, 'nestedTags', options.nestedTags, ['own', 'outermost'])
  checkEntries(where, 'servers', options.servers, 'url')
  checkEntries(where, 'tags', options.tags, 'name')
  const { errorSchema } = options
  if (errorSchema !== undefined && !isSchema(errorSchema))
    checkObject(`${where}, in 'errorSchema',`, errorSchema)
}

function checkEntries(where: string, key: string, entries: readonly unknown[] = [], member: string): void {
  for (const [index, entry] of entries.entries()) {
    const place = `${where}, in entry ${index} of '${key}',`
    checkObject(place, entry)
    const text = (entry as Readonly<Record<string, unknown>>)[member]
    if (typeof text !== 'string') throw new TypeError(`${place} needs ${member}: a text`)
  }
}
