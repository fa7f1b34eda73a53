/**
 * A set of blueprints on one app, with its OpenAPI document and its documentation page.
 *
 * @module mazurka/api
 */
export { Api } from './api/api.ts'
export type { ApiOptions, DocsOptions, OpenApiOptions, RegisterBlueprintOptions } from './api/api-options.ts'
export type { Asset } from './api/asset.ts'
export type { PageFacts, UserInterface } from './api/user-interface.ts'
export type {
  DescribedTransform,
  Transform,
  TransformTable,
  Version,
  VersionsOptions,
} from './versions/versions-options.ts'
