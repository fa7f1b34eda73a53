/**
 * OpenAPI documents of what blueprints declare.
 *
 * @module mazurka/openapi
 */
export type { SecurityRequirement } from './blueprint/endpoint.ts'
export { type DocumentOptions, documentOf, type OpenApiDocument } from './openapi/document.ts'
export type { Documented, NestedTags } from './openapi/documented.ts'
export type { Operation } from './openapi/operation.ts'
export type { Parameter } from './openapi/parameter.ts'
export type { PathItem } from './openapi/path-item.ts'
export type { SchemaObject } from './openapi/schema-book.ts'
export type { Tag } from './openapi/tag.ts'
export type { OpenApiVersion } from './openapi/version.ts'
