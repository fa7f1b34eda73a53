/** The versions of OpenAPI that are written, and what each has words for. */

/** What a document may be written in. */
export type OpenApiVersion = '3.0.3' | '3.1.1' | '3.2.0'

/** What differs between the versions. */
export interface Dialect {
  readonly version: string
  /** Whether schemas are JSON Schema 2020-12: from 3.1 on. */
  readonly isJsonSchema: boolean
  /** Whether a path item has a `query`, tags have parents, and a media type has an `itemSchema`: from 3.2 on. */
  readonly isOpenApi32: boolean
}

/** @throws {TypeError} for a version that is not written: 2.0 among them. */
export function dialectOf(version: string): Dialect {
  if (typeof version !== 'string' || !/^3\.[012]\.\d+$/.test(version)) {
    throw new TypeError(`Not a valid OpenAPI version number: ${String(version)}; 3.0.3, 3.1.1 and 3.2.0 are`)
  }
  return { version, isJsonSchema: !version.startsWith('3.0'), isOpenApi32: version.startsWith('3.2') }
}
