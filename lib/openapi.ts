/**
 * OpenAPI documents generated from blueprints.
 *
 * @module mazurka/openapi
 */
export type { SecurityRequirement } from './authentication/security-scheme.ts'
export { documentOf, type OpenApiDocument } from './openapi/document/document.ts'
export type { Contact, DocumentOptions, License } from './openapi/document/document-options.ts'
export type { DocumentedBlueprint, NestedTags } from './openapi/document/documented-blueprint.ts'
export type { OpenApiVersion } from './openapi/document/open-api-version.ts'
export type { PathItem } from './openapi/document/path-item.ts'
export type { Tag } from './openapi/document/tag.ts'
export type { Operation } from './openapi/operation/operation.ts'
export type { Parameter } from './openapi/operation/parameter.ts'
export type { SchemaObject } from './openapi/schema/schema-registry.ts'
