/**
 * Handlers of the actions on a resource, at the URLs of its objects and of their collection.
 *
 *     api.mountResource({ singular: 'user', plural: 'users', show: (id) => users.get(id) })
 */
import { NotFound } from '../exceptions/client-errors.ts'
import { checkFunction, checkOptions, type Keys } from '../registry/options.ts'
import type { Converter } from '../routing/converter.ts'
import type { Handler, HandlerRequest } from '../walk/handler.ts'
import { isRaw } from '../walk/handler-result.ts'
import { created, Representation, serializeResponse } from '../walk/representation.ts'

/** A path of a mounted resource: methods, template, and the endpoint's name. */
export type Uri = readonly [methods: readonly string[], template: string, name: string]

/** Actions for `mountResource`. Placeholders in templates: `{singular}`, `{plural}`. */
export interface ResourceHandler {
  readonly singular: string
  /** Default: singular and an s. */
  readonly plural?: string
  /** Replaces the default paths. A name without ':' is that of `show`. */
  readonly uris?: readonly Uri[]
  /** The id of an object, for `urlFor`. Default `String(object.id)`. */
  objectToId?(object: never): string
  readonly show?: ((id: string) => unknown) | null
  readonly query?: ((request: HandlerRequest) => unknown) | null
  readonly create?: ((request: HandlerRequest) => unknown) | null
  readonly update?: ((id: string, request: HandlerRequest) => unknown) | null
  readonly replace?: ((id: string, request: HandlerRequest) => unknown) | null
  readonly remove?: ((id: string, request: HandlerRequest) => unknown) | null
}

/** The default paths: one for the collection, and one below it for each object. */
const RESOURCE_URIS: readonly Uri[] = [
  [['GET'], '/{plural}/<{singular}:id>', '{singular}'],
  [['PATCH'], '/{plural}/<{singular}:id>', '{singular}:update'],
  [['PUT'], '/{plural}/<{singular}:id>', '{singular}:replace'],
  [['DELETE'], '/{plural}/<{singular}:id>', '{singular}:remove'],
  [['GET'], '/{plural}', '{singular}:query'],
  [['POST'], '/{plural}', '{singular}:create'],
]

const ACTIONS = ['show', 'query', 'create', 'update', 'replace', 'remove'] as const
type Action = (typeof ACTIONS)[number]

interface ActionRoute {
  readonly method: string
  readonly template: string
  readonly name: string
  readonly answer: Handler
}

/** Finds the URL of an object of the resource, below the base path and the prefix of the request; undefined without the action `show`. */
type Locate = (object: unknown, request: HandlerRequest) => string | undefined

const MEMBERS: Keys<ResourceHandler> = {
  singular: true,
  plural: true,
  uris: true,
  objectToId: true,
  show: true,
  query: true,
  create: true,
  update: true,
  replace: true,
  remove: true,
}

/**
 * Checks the members of an object literal; an instance of a class may have others.
 *
 * @throws {TypeError} for an unknown member, for one that is not a function, and without any action.
 */
export function checkResource(resource: ResourceHandler): void {
  if (typeof resource?.singular !== 'string' || resource.singular === '')
    throw new TypeError("mountResource needs the name of one object: { singular: 'user', … }")
  const where = `The resource '${resource.singular}'`
  if (Object.getPrototypeOf(resource) === Object.prototype) checkOptions(where, resource, MEMBERS)
  const given = ACTIONS.filter((action) => resource[action] !== undefined && resource[action] !== null)
  for (const action of given)
    checkFunction(`'${action}' of the resource '${resource.singular}'`, resource[action])
  if (given.length === 0) throw new TypeError(`${where} has none of the actions ${ACTIONS.join(', ')}`)
}

/** The endpoints of a resource handler. @throws {TypeError} for an action that does not exist. */
export function urisOf(resource: ResourceHandler, locate: Locate): ActionRoute[] {
  const { singular, plural = `${singular}s`, uris = RESOURCE_URIS } = resource
  const fill = (text: string) => text.replaceAll('{singular}', singular).replaceAll('{plural}', plural)
  return uris.flatMap(([methods, template, label]) => {
    const name = fill(label)
    const action = (name.split(':')[1] ?? 'show') as Action
    if (!ACTIONS.includes(action))
      throw new TypeError(`'${name}' is not an action of a resource: use ${ACTIONS.join(', ')}`)
    if (typeof resource[action] !== 'function') return []
    const answer = answerOf(resource, action, locate)
    return methods.map((method) => ({ method, template: fill(template), name, answer }))
  })
}

/** The handler of an action: 201 for a created object, 204 without a result, 404 for an unknown id. */
function answerOf(resource: ResourceHandler, action: Action, locate: Locate): Handler {
  const perform = (resource[action] as (...parameters: unknown[]) => unknown).bind(resource)
  if (action === 'query') return (request) => perform(request)
  if (action === 'create') return async (request) => createdAt(await perform(request), locate, request)
  return async (request) => {
    const result = await perform((request.params as { id: string }).id, request)
    if (result === undefined && action === 'show') throw new NotFound(`No such ${resource.singular}`)
    return result
  }
}

/** A response 201, with the URL of the created object where it has one. A raw response is sent as it is. */
function createdAt(result: unknown, locate: Locate, request: HandlerRequest): unknown {
  if (isRaw(result)) return result
  const { data, options } = result instanceof Representation ? result : new Representation(result, {})
  const location = locate(data, request)
  if (location !== undefined) return created(location, data ?? null, options)
  return serializeResponse(data ?? null, { ...options, status: options.status ?? 201 })
}

/** The converter between objects of the resource and their ids in paths. */
export function converterOf(resource: ResourceHandler): Converter {
  return {
    parse: (text) => text,
    format: (value) => (typeof value === 'object' ? (idOf(resource, value) ?? '') : String(value)),
    schema: { type: 'string', minLength: 1 },
  }
}

/** The id of an object of the resource in its URL, or a plain id; undefined without one. */
export function idOf(resource: ResourceHandler, object: unknown): string | undefined {
  if (['string', 'number', 'bigint'].includes(typeof object)) return String(object)
  if (typeof object !== 'object' || object === null) return undefined
  if (resource.objectToId) return resource.objectToId(object as never)
  const { id } = object as { readonly id?: unknown }
  return id === undefined || id === null || typeof id === 'object' ? undefined : String(id)
}
