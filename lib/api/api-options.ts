/** Options of an Api. */
import { type BlueprintOptions, checkBlueprintOptions } from '../blueprint/blueprint-options.ts'
import { checkDocumentOptions, type DocumentOptions } from '../openapi/document/document-options.ts'
import type { DocumentedBlueprint } from '../openapi/document/documented-blueprint.ts'
import { checkChoice, checkObject, checkOptions, given, type Keys } from '../registry/options.ts'
import type { HealthOptions } from '../server/health.ts'
import type { Middleware } from '../walk/hook.ts'
import { SURROUNDINGS } from './surroundings.ts'
import type { UserInterface } from './user-interface.ts'

/** Content of the OpenAPI document, and where it is served. */
export interface OpenApiOptions extends Omit<DocumentOptions, 'title' | 'version' | 'openapi' | 'security'> {
  /** Version of OpenAPI. Default '3.1.1'. */
  readonly version?: DocumentOptions['openapi']
  /** Path below the prefix; served with content negotiation, with `.json` and with `.yaml`. Default `/openapi`. */
  readonly path?: string
}

/** The documentation page. */
export interface DocsOptions {
  /** Path below the prefix. Default `/docs`. */
  readonly path?: string
  /** The page; its package has to be installed. Default Swagger UI if it is installed, else a plain page. */
  readonly ui?: 'swagger-ui' | 'redoc' | 'rapidoc' | 'plain' | UserInterface
  /** Methods that "Try it out" can send. Default all. */
  readonly submitMethods?: readonly string[]
  /** Settings of the page: members of Swagger UI's configuration, attributes of `<redoc>` or `<rapi-doc>`. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Middleware before the page, its assets and the document, for instance authentication. */
  readonly middleware?: readonly Middleware[]
}

export interface ApiOptions extends RootOptions {
  /** Title of the API. */
  readonly title: string
  /** Version of the API, not of OpenAPI. */
  readonly version: string
  /** Description of the API. */
  readonly description?: string
  /** The OpenAPI document; false: neither document nor page is served. */
  readonly openapi?: OpenApiOptions | false
  /** The documentation page; false: no page is served. */
  readonly docs?: DocsOptions | false
  /** Endpoints for orchestrators and load balancers: `/health/live` and `/health/ready` below the prefix. Default false. */
  readonly health?: boolean | HealthOptions
}

/** Prefix and name of a blueprint in an Api. */
export interface RegisterBlueprintOptions extends Pick<DocumentedBlueprint, 'name' | 'parameters'> {
  /** Replaces the blueprint's own prefix. */
  readonly prefix?: string
}

/** The options of an Api that are options of its root blueprint. */
const ROOT = [
  'prefix',
  'strict',
  'logger',
  'onError',
  'timeoutSeconds',
  ...SURROUNDINGS.map(({ option }) => option),
] as const

const API: Keys<ApiOptions> = {
  title: 'string',
  version: 'string',
  description: 'string',
  openapi: true,
  docs: true,
  health: true,
  ...(Object.fromEntries(ROOT.map((key) => [key, true])) as Keys<RootOptions>),
}

const OPENAPI: Keys<OpenApiOptions> = {
  version: true,
  path: true,
  description: true,
  contact: true,
  license: true,
  servers: true,
  tags: true,
  components: true,
  nestedTags: true,
  failures: true,
  errorSchema: true,
  itemSchemas: true,
  document: true,
}

const DOCS: Keys<DocsOptions> = {
  path: true,
  ui: true,
  submitMethods: 'list',
  settings: 'object',
  middleware: true,
}

const REGISTER: Keys<RegisterBlueprintOptions> = { name: true, parameters: true, prefix: true }

/** @throws {TypeError} that names an unknown option, or one with a value of another type. */
export function checkApiOptions(options: Partial<ApiOptions>): void {
  checkOptions('The Api', options, API)
  checkBlueprintOptions('The Api', rootOptions(options))
  const { openapi, docs, health } = options
  if (openapi !== undefined && openapi !== false) {
    checkOptions("The Api, in 'openapi',", openapi, OPENAPI)
    checkDocumentOptions("The Api, in 'openapi',", documentOptionsOf(options))
  }
  if (docs !== undefined && docs !== false) {
    checkOptions("The Api, in 'docs',", docs, DOCS)
    for (const method of docs.submitMethods ?? [])
      checkChoice("The Api, in 'docs',", 'submitMethods', String(method).toLowerCase(), PATH_ITEM_METHODS)
  }
  if (health !== undefined && typeof health !== 'boolean') checkObject("The option 'health'", health)
}

/** The methods of a Path Item Object. */
export const PATH_ITEM_METHODS = [
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
  'query',
]

/** @throws {TypeError} that names an unknown option. */
export function checkRegisterOptions(name: string, options: RegisterBlueprintOptions): void {
  checkOptions(`registerBlueprint of '${name}'`, options, REGISTER)
}

export type RootOptions = Pick<BlueprintOptions, (typeof ROOT)[number]>

/** Options of the Api's root blueprint. */
export function rootOptions(options: Partial<ApiOptions>): RootOptions {
  return Object.fromEntries(ROOT.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])))
}

/** The second options override the first key by key, also within `openapi` and `docs`. */
export function mergeOptions(first: Partial<ApiOptions>, second: Partial<ApiOptions>): Partial<ApiOptions> {
  const mergeMember = (key: 'openapi' | 'docs') => {
    const [one, other] = [first[key], second[key]]
    return one && other ? { [key]: { ...one, ...given(other) } } : {}
  }
  return { ...first, ...given(second), ...mergeMember('openapi'), ...mergeMember('docs') }
}

export function documentOptionsOf(options: Partial<ApiOptions>): DocumentOptions {
  const { title = '', version = '', description, openapi } = options
  const { version: openApiVersion, path: _, ...others } = openapi || {}
  return {
    title,
    version,
    ...(description === undefined ? {} : { description }),
    ...(openApiVersion === undefined ? {} : { openapi: openApiVersion }),
    ...others,
  }
}
