/**
 * A set of blueprints on one app, with its document and its page of documentation.
 *
 * @module mazurka/api
 */
export { Api } from './api/api.ts'
export type { ApiOptions, OpenApiOptions, RegisterBlueprintOptions } from './api/api-options.ts'
export type { Asset } from './api/asset.ts'
export type { DocsOptions } from './api/docs.ts'
export type { PageFacts, UserInterface } from './api/user-interface.ts'
