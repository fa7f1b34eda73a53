/** Supported versions of OpenAPI, and the differences between them. */

/** Version of OpenAPI that a document is written in. */
export type OpenApiVersion = '3.0.3' | '3.1.1' | '3.2.0'

/** Features of a version. */
export interface VersionFeatures {
  readonly version: string
  /** Whether schemas are JSON Schema 2020-12: from 3.1 on. */
  readonly isJsonSchema: boolean
  /** Whether path items have `query`, tags `parent`, and media types `itemSchema`: from 3.2 on. */
  readonly isOpenApi32: boolean
}

/** @throws {TypeError} for an unsupported version, 2.0 among them. */
export function versionFeaturesOf(version: string): VersionFeatures {
  if (typeof version !== 'string' || !/^3\.[012]\.\d+$/.test(version)) {
    throw new TypeError(`Not a valid OpenAPI version number: ${String(version)}; use 3.0.3, 3.1.1 or 3.2.0`)
  }
  return { version, isJsonSchema: !version.startsWith('3.0'), isOpenApi32: version.startsWith('3.2') }
}
