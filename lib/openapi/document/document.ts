/**
 * An OpenAPI document: what endpoints declare and the walk obeys, for those who were not there.
 *
 *     documentOf([{ blueprint: pets, prefix: '/pets' }], { title: 'Petstore', version: '1.0.0' })
 *
 * OpenAPI 3.0.3, 3.1.1 and 3.2.0.
 */
import type { SecurityRequirement } from '../../blueprint/endpoint-options.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain } from '../../schema/record.ts'
import { isSchema, type Schema } from '../../schema/schema.ts'
import { DocumentBuilder } from '../operation/draft.ts'
import { checkReferences, checkSecurity, resolveReferences } from '../schema/settled.ts'
import { deepMerge } from './deep-merge.ts'
import { blueprintTags, type DocumentedBlueprint, entriesOf, type NestedTags } from './documented.ts'
import { type PathItem, pathsOf } from './path-item.ts'
import { type Tag, tagsOf } from './tag.ts'
import { dialectOf, type OpenApiVersion } from './version.ts'

export interface DocumentOptions {
  readonly title: string
  /** Of the API. */
  readonly version: string
  /** Default '3.1.1'. */
  readonly openapi?: OpenApiVersion
  readonly description?: string
  readonly servers?: readonly JsonSchema[]
  /** Tags with what is said of them; those of blueprints come by themselves. */
  readonly tags?: readonly Tag[]
  /** Components by kind and name. A schema of a library is called by its name here wherever it stands. */
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Who may ask, where an endpoint does not say. */
  readonly security?: readonly SecurityRequirement[]
  /** The tag of an endpoint in a nested blueprint: that of its own blueprint, or the outermost's. Default 'own'. */
  readonly nestedTags?: NestedTags
  /** Whether errors are told that no endpoint declares but the walk answers. Default true. */
  readonly failures?: boolean
  /** What errors look like where an exception renderer of your own writes them as JSON. */
  readonly errorSchema?: Schema | JsonSchema
  /** Whether NDJSON and events are described by their rows: `itemSchema`, from 3.2 on. Default false. */
  readonly itemSchemas?: boolean
  /** Merged over the document, last. */
  readonly document?: JsonSchema
}

/** A document, ready for `JSON.stringify`. */
export interface OpenApiDocument {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string; readonly [member: string]: unknown }
  readonly servers?: readonly JsonSchema[]
  readonly tags?: readonly Tag[]
  readonly paths: Readonly<Record<string, PathItem>>
  readonly components?: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>
  readonly security?: readonly SecurityRequirement[]
  readonly [member: string]: unknown
}

/**
 * The document of blueprints, in the order given. Nothing of it is shared with what it was made from.
 *
 * @throws {TypeError} without a title or a version; for a version of OpenAPI that is not written; for a schema
 * that cannot be described, two of one name, and a `$ref` that leads nowhere: naming the endpoint.
 */
export function documentOf(
  documented: readonly DocumentedBlueprint[],
  options: DocumentOptions,
): OpenApiDocument {
  const { title, version, description, servers, security, components = {} } = options
  for (const [name, text] of Object.entries({ title, version })) {
    if (typeof text !== 'string' || text === '') throw new TypeError(`An OpenAPI document needs a ${name}`)
  }
  const dialect = dialectOf(options.openapi ?? '3.1.1')
  const draft = new DocumentBuilder(
    dialect,
    referencesTo(components),
    options.itemSchemas ?? false,
    options.errorSchema,
  )
  for (const [name, schema] of Object.entries(components.schemas ?? {}))
    if (isSchema(schema)) draft.schemas.setName(schema, name)
  const entries = entriesOf(documented)
  const nestedTags = options.nestedTags ?? 'own'
  const paths = pathsOf(entries, draft, { nestedTags, tellsFailures: options.failures ?? true })
  const tags = tagsOf(blueprintTags(entries, nestedTags), options.tags ?? [], dialect)
  const said = draft.resolve(options.document, "the option 'document'", 'output', 'Document')
  const shared = componentsOf(draft, components)
  const document = {
    openapi: dialect.version,
    info: { title, version, ...(description === undefined ? {} : { description }) },
    ...(servers ? { servers } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    paths,
    ...(Object.keys(shared).length > 0 ? { components: shared } : {}),
    ...(security ? { security } : {}),
  }
  const whole = resolveReferences(deepMerge(document, said), draft.schemas.components) as JsonSchema
  checkReferences(whole)
  checkSecurity(whole)
  return whole as unknown as OpenApiDocument
}

function referencesTo(components: NonNullable<DocumentOptions['components']>): string[] {
  return Object.entries(components).flatMap(([kind, named]) =>
    Object.keys(named).map((name) => `#/components/${kind}/${name}`),
  )
}

/** What is used, and all that the developer put there. @throws {TypeError} for two schemas of one name. */
function componentsOf(
  draft: DocumentBuilder,
  own: NonNullable<DocumentOptions['components']>,
): Record<string, Record<string, unknown>> {
  const said = Object.fromEntries(
    Object.entries(own).map(([kind, named]) => [
      kind,
      Object.fromEntries(
        Object.entries(named).map(([name, part]) => [
          name,
          draft.resolve(part, `components.${kind}.${name}`, 'output', name),
        ]),
      ),
    ]),
  )
  const schemas: Record<string, unknown> = Object.fromEntries(draft.schemas.entries())
  for (const [name, schema] of Object.entries(said.schemas ?? {})) {
    const isItself = isPlain(schema) && draft.schemas.components.resolve(String(schema.$ref)) === refTo(name)
    if (isItself) continue
    if (name in schemas && JSON.stringify(schemas[name]) !== JSON.stringify(schema))
      throw new TypeError(
        `'${name}' names two different schemas: one of an endpoint, and components.schemas.${name}`,
      )
    schemas[name] = schema
  }
  const { schemas: _, ...others } = said
  const found = deepMerge(draft.parts.toComponents(), others) as Record<string, Record<string, unknown>>
  return Object.keys(schemas).length > 0 ? { schemas, ...found } : found
}

function refTo(name: string): string {
  return `#/components/schemas/${name}`
}
