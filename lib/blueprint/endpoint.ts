/** One method on one path, compiled: what is done for a request, in order. */
import type { IncomingHttpHeaders } from 'node:http'
import type { ArgumentReader } from '../arguments/argument-reader.ts'
import type { ResolvedEtag } from '../conditional/etag.ts'
import type { Incoming } from '../negotiation/incoming.ts'
import { type Offer, offer } from '../negotiation/offer.ts'
import type { Explanation, Outgoing } from '../negotiation/outgoing.ts'
import type { ResolvedPagination } from '../pagination/page-request.ts'
import type { ResponseDefinition } from '../responses/response-option.ts'
import type { Path } from '../routing/path.ts'
import type { Handler, Step } from '../walk/exchange.ts'
import type { Blueprint } from './blueprint.ts'
import type { AfterHook, BeforeHook, ErrorHandler } from './routes.ts'

/** Names of security schemes with the scopes that are asked for: all of them together. */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>

/** Options every blueprint knows; each mixin adds its own. */
export interface EndpointOptions {
  /** Names the endpoint for the MIME maps, `urlFor` and documentation. Default: the handler's name. */
  readonly name?: string
  /** One line, for documentation. */
  readonly summary?: string
  /** Longer text, for documentation. */
  readonly description?: string
  /** Groups in the documentation. Default: the blueprint's name. */
  readonly tags?: readonly string[]
  readonly deprecated?: boolean
  /** Served, and left out of the documentation. */
  readonly hidden?: boolean
  /** What documentation says of who may ask: one of these is enough; `[]` says that anybody may. */
  readonly security?: readonly SecurityRequirement[]
  /** Parameters in the words of OpenAPI, merged with those that the schemas describe. */
  readonly parameters?: readonly Readonly<Record<string, unknown>>[]
  /** An Operation in the words of OpenAPI, merged last; schemas may stand anywhere in it. */
  readonly doc?: Readonly<Record<string, unknown>>
  /** Runs before this endpoint alone, after the `before` hooks of its blueprint. */
  readonly before?: BeforeHook | readonly BeforeHook[]
  /** The status of an answer that does not say otherwise: 200 to 299. Default 200. */
  readonly status?: number
}

/** Options, of which those that nobody knows are a compile error. */
export type Exact<O, All> = O & { readonly [K in Exclude<keyof O, keyof All>]: never }

/** A blueprint at its place below a prefix. */
export interface Mount {
  /** Percent-encoded; empty at the root. */
  readonly prefix: string
  /** Stands in for an endpoint where there is none. */
  readonly fallback: Endpoint
  /** The blueprint's middleware, and that of those around it. */
  readonly middleware: readonly Step[]
}

/** What a verb was given. */
export interface RouteDefinition<O extends EndpointOptions = EndpointOptions> {
  /** Upper case. */
  readonly method: string
  /** Below the blueprint's prefix. */
  readonly template: string
  readonly options: O
  readonly handler: Handler<string, O>
  readonly name: string
}

export class Endpoint<O extends EndpointOptions = EndpointOptions> {
  /** Unique in its blueprint. */
  readonly name: string
  /** Upper case. */
  readonly method: string
  /** With all prefixes. */
  readonly path: Path
  readonly options: O
  readonly handler: Handler<string, O>
  readonly blueprint: Blueprint
  /** The status of an answer that does not say otherwise. */
  status: number
  /** Whether an answer may say that there is none: 204. */
  declares204: boolean

  /** What can be decided from the method and the header fields alone: negotiation, required preconditions. */
  readonly admit: Step[] = []
  /** Between that and the handler: content, arguments, the current state. */
  readonly receive: Step[] = []
  /** Between the handler's return and the first byte. */
  readonly respond: Step[] = []
  /** All of the walk; filled when the blueprint is registered. */
  stages: readonly Step[] = []
  /** Hooks for answers, errors among them. */
  after: readonly AfterHook[] = []
  /** The innermost blueprint's first. */
  errorHandlers: readonly (readonly ErrorHandler[])[] = []
  /** Undefined on the stand-in of a mount itself. */
  mount: Mount | undefined = undefined

  /** What is sent where nothing was negotiated. */
  defaultOffer: Offer
  /** The types it answers in; undefined where nothing is negotiated. */
  outgoing: Outgoing<Offer> | undefined = undefined
  /** The types its errors are told in; undefined: problem+json. */
  errorTypes: Outgoing<Offer> | undefined = undefined
  /** The types it takes; undefined where anything goes. */
  incoming: Incoming | undefined = undefined
  /** The locations it reads. */
  readonly arguments: ArgumentReader[] = []
  /** What it says it answers, by status; undefined where it does not say. */
  responses: ReadonlyMap<number, ResponseDefinition> | undefined = undefined
  /** How its lists are paged; undefined where they are not. */
  pagination: ResolvedPagination | undefined = undefined
  /** Whether its answers are tagged, and what a change must say; undefined where they are not. */
  etag: ResolvedEtag | undefined = undefined

  constructor(declaration: RouteDefinition<O>, path: Path, blueprint: Blueprint, defaultOffer: Offer) {
    this.name = declaration.name
    this.method = declaration.method
    this.path = path
    this.options = declaration.options
    this.handler = declaration.handler
    this.blueprint = blueprint
    this.status = declaration.options.status ?? 200
    this.declares204 = declaration.options.status === 204
    this.defaultOffer = defaultOffer
  }

  /** A type that was not negotiated, rendered as the blueprint does. */
  offerOf: (contentType: string) => Offer = (contentType) => offer(contentType, undefined, false)

  /** Why a client with these header fields gets the type it gets. */
  explain(headers: IncomingHttpHeaders | Headers): Explanation {
    if (!this.outgoing) return { contentType: undefined, offers: [], reason: 'Nothing is negotiated here' }
    const accept = headers instanceof Headers ? headers.get('accept') : headers.accept
    return this.outgoing.explain(accept ?? undefined)
  }
}
