/**
 * Resources: an object or a class with a handler for each method of a path.
 *
 *     api.route('/temperatures', { get: list, post: create, delete: null })
 */
import type { EndpointType } from '../client/endpoint-types.ts'
import { checkFunction } from '../registry/options.ts'
import type { Handler } from '../walk/handler.ts'
import type { EndpointOptions } from './endpoint-options.ts'

const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'query'] as const
type Verb = (typeof VERBS)[number]

/** A handler with its own options, made by {@link endpoint}: it fits every path with the parameters of `P`. */
export class EndpointDefinition<P extends string = string, O = unknown, R = unknown> {
  declare readonly '~fits'?: (path: P) => void
  declare readonly '~declared'?: EndpointType<O, R>
  readonly options: EndpointOptions
  readonly handler: Handler

  constructor(options: EndpointOptions, handler: Handler) {
    this.options = options
    this.handler = handler
  }
}

/** Handlers by method; null removes a method, also one of a superclass. `O` are the options given for all of them. */
export type Resource<P extends string = string, O = unknown> = {
  readonly [V in Verb]?: Handler<P, O> | EndpointDefinition<P> | null
} & { readonly name?: string }

interface Member {
  readonly method: string
  readonly handler: Handler
  readonly options: EndpointOptions
  /** Undefined: METHOD and path. */
  readonly name: string | undefined
}

/** The members of a resource, bound to it (which keeps their `length`) and named `resource.verb`. @throws {TypeError} when there are none. */
export function declarationsOf(resource: Resource, given?: string): Member[] {
  const title = given ?? resource.name ?? titleOf(resource)
  const members = VERBS.flatMap((verb) => {
    const member = resource[verb]
    if (member === null || member === undefined) return []
    const { handler, options } =
      member instanceof EndpointDefinition ? member : { handler: member, options: {} }
    checkFunction(`The ${verb} of the resource`, handler)
    const name = options.name ?? (title ? `${title}.${verb}` : ownNameOf(handler, verb))
    return [{ method: verb.toUpperCase(), handler: handler.bind(resource) as Handler, options, name }]
  })
  if (members.length === 0)
    throw new TypeError(`A resource has handlers named ${VERBS.join(', ')}; this has none`)
  return members
}

/** The name of a function that is not named after its member; else undefined: the endpoint is named METHOD path. */
function ownNameOf({ name }: Handler, verb: Verb): string | undefined {
  return name === '' || name === verb ? undefined : name
}

/** The first part of the endpoint names: the name of the class; empty for an object literal. */
function titleOf(resource: object): string {
  const name = resource.constructor?.name ?? ''
  return name === 'Object' || name === '' ? '' : name[0]?.toLowerCase() + name.slice(1)
}
