/** The locations of parameters. */

/** The names that problem documents and OpenAPI have for a location, by its option. */
export const LOCATION_NAMES = {
  params: 'path',
  query: 'query',
  headers: 'header',
  cookies: 'cookie',
} as const

/** A location, by the name of its option. */
export type ParameterLocation = keyof typeof LOCATION_NAMES
