/** What an Api is told, and whose word counts. */
import type { BlueprintOptions } from '../blueprint/blueprint-options.ts'
import type { DocumentOptions } from '../openapi/document/document.ts'
import type { DocumentedBlueprint } from '../openapi/document/documented.ts'
import type { DocsOptions } from './docs.ts'

/** How the document is made and where it is served. */
export interface OpenApiOptions extends Omit<DocumentOptions, 'title' | 'version' | 'openapi'> {
  /** Of OpenAPI. Default '3.1.1'. */
  readonly version?: DocumentOptions['openapi']
  /** Below the prefix: served here negotiated, with `.json` and with `.yaml`. Default `/openapi`. */
  readonly path?: string
  /** Whether `X-Forwarded-Prefix` of a proxy in front is named as the server. Default false. */
  readonly trustProxy?: boolean
}

export interface ApiOptions extends Pick<BlueprintOptions, 'prefix' | 'strict' | 'logger'> {
  /** What the document is called. */
  readonly title: string
  /** Of your API, not of OpenAPI. */
  readonly version: string
  readonly description?: string
  /** False: neither a document nor a page is served. */
  readonly openapi?: OpenApiOptions | false
  /** False: no page of documentation is served. */
  readonly docs?: DocsOptions | false
}

/** Where a blueprint stands in an Api, and what it is called there. */
export interface RegisterBlueprintOptions extends Pick<DocumentedBlueprint, 'name' | 'parameters'> {
  /** Replaces the prefix given to its constructor. */
  readonly prefix?: string
}

type Settings = Pick<ApiOptions, 'prefix' | 'strict' | 'logger'>

/** What the blueprint that stands above all others is told. */
export function settingsOf({ prefix, strict, logger }: Partial<ApiOptions>): Settings {
  return {
    ...(prefix === undefined ? {} : { prefix }),
    ...(strict === undefined ? {} : { strict }),
    ...(logger === undefined ? {} : { logger }),
  }
}

/** The second wins, key by key. */
export function merged(first: Partial<ApiOptions>, second: Partial<ApiOptions>): Partial<ApiOptions> {
  const within = (key: 'openapi' | 'docs') => {
    const [one, other] = [first[key], second[key]]
    return one && other ? { [key]: { ...one, ...other } } : {}
  }
  return { ...first, ...second, ...within('openapi'), ...within('docs') }
}

export function documentOptionsOf(options: Partial<ApiOptions>): DocumentOptions {
  const { title = '', version = '', description, openapi } = options
  const { version: dialect, path: _, trustProxy: __, ...others } = openapi || {}
  return {
    title,
    version,
    ...(description === undefined ? {} : { description }),
    ...(dialect === undefined ? {} : { openapi: dialect }),
    ...others,
  }
}
