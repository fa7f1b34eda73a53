/**
 * The OpenAPI document of blueprints, generated from the options of their endpoints.
 *
 *     documentOf([{ blueprint: pets, prefix: '/pets' }], { title: 'Petstore', version: '1.0.0' })
 *
 * OpenAPI 3.0.3, 3.1.1 and 3.2.0.
 */
import type { SecurityRequirement } from '../../authentication/security-scheme.ts'
import { checkValues } from '../../registry/options.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isSchema } from '../../schema/schema.ts'
import { componentsOf, referencesTo } from './components.ts'
import { deepMerge } from './deep-merge.ts'
import { DocumentBuilder } from './document-builder.ts'
import { checkDocumentOptions, type DocumentOptions } from './document-options.ts'
import { blueprintTags, type DocumentedBlueprint, entriesOf } from './documented-blueprint.ts'
import { type VersionFeatures, versionFeaturesOf } from './open-api-version.ts'
import { type PathItem, pathsOf } from './path-item.ts'
import { resolveReferences } from './references.ts'
import { checkSecurity, securitySchemesOf } from './security.ts'
import { type Tag, tagsOf } from './tag.ts'

/** An OpenAPI document, ready for `JSON.stringify`. */
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
 * The document of blueprints, in the given order. It shares no object with the blueprints or the options.
 *
 * @throws {TypeError} without a title or a version, for an option of a wrong type, and for an unknown version of OpenAPI; naming the endpoint, for
 * a schema without a description, two schemas of one name, and a `$ref` that cannot be resolved.
 */
export function documentOf(
  documented: readonly DocumentedBlueprint[],
  options: DocumentOptions,
): OpenApiDocument {
  return build(documented, options, true)
}

/** Makes no members of operations that features generate, which hold no mistakes. @throws {TypeError} as {@link documentOf}. */
export function checkDocument(documented: readonly DocumentedBlueprint[], options: DocumentOptions): void {
  build(documented, options, false)
}

function build(
  documented: readonly DocumentedBlueprint[],
  options: DocumentOptions,
  hasGenerated: boolean,
): OpenApiDocument {
  checkDocumentOptions('An OpenAPI document', options)
  const { title, version, openapi = '3.1.1', servers, security, components = {} } = options
  for (const [name, text] of Object.entries({ title, version })) {
    if (text === undefined || text === '') throw new TypeError(`An OpenAPI document needs a ${name}`)
    checkValues('An OpenAPI document', { [name]: text }, { [name]: 'string' })
  }
  const features = versionFeaturesOf(openapi)
  const builder = new DocumentBuilder(
    features,
    referencesTo(components),
    options.itemSchemas ?? false,
    options.errorSchema,
  )
  for (const [name, schema] of Object.entries(components.schemas ?? {}))
    if (isSchema(schema)) builder.schemas.setName(schema, name)
  const entries = entriesOf(documented)
  const nestedTags = options.nestedTags ?? 'own'
  const paths = pathsOf(entries, builder, {
    nestedTags,
    hasErrorResponses: options.failures ?? true,
    security,
    hasGenerated,
  })
  const tags = tagsOf(blueprintTags(entries, nestedTags), options.tags ?? [], features)
  const overrides = builder.replaceSchemas(options.document, "the option 'document'", 'output', 'Document')
  const securitySchemes = { ...securitySchemesOf(entries), ...components.securitySchemes }
  const hasSchemes = Object.keys(securitySchemes).length > 0
  const allComponents = componentsOf(builder, { ...components, ...(hasSchemes ? { securitySchemes } : {}) })
  const generated = {
    openapi: features.version,
    info: infoOf(options, features),
    ...(servers ? { servers } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    paths,
    ...(Object.keys(allComponents).length > 0 ? { components: allComponents } : {}),
    ...(security ? { security } : {}),
  }
  const merged = deepMerge(generated, overrides)
  const document = resolveReferences(merged, builder.schemas.components)
  checkSecurity(document)
  return document as unknown as OpenApiDocument
}

/** The Info Object. */
function infoOf(
  { title, version, description, contact, license }: DocumentOptions,
  { isJsonSchema: isOpenApi31 }: VersionFeatures,
): OpenApiDocument['info'] {
  const { identifier, ...licenseOf30 } = license ?? {}
  return {
    title,
    version,
    ...(description === undefined ? {} : { description }),
    ...(contact ? { contact: { ...contact } } : {}),
    ...(license ? { license: isOpenApi31 ? { ...license } : licenseOf30 } : {}),
  }
}
