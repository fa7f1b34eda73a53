/** The routes of a blueprint, as the dispatcher knows them. Types only. */
import type { Endpoint, Mount } from '../blueprint/endpoint.ts'
import type { RouteTable } from '../routing/route-table.ts'

export interface CompiledRoutes {
  readonly endpoints: readonly Endpoint[]
  readonly table: RouteTable<Endpoint>
  /** The common beginning of all paths. */
  readonly head: string
  /** The first segment of all paths; undefined where it may be another text, or percent-encoded in a request. */
  readonly firstSegment: string | undefined
  /** The mount of the blueprint itself. */
  readonly outermost: Mount
}

/** The endpoints of all methods at a path. */
export type EndpointsAt = (path: string) => readonly Endpoint[]

/** A blueprint below a prefix, as far as the dispatcher needs to know it. */
export interface Routes {
  /** @throws {TypeError} for an invalid declaration, when nothing valid was compiled before. */
  readonly compiled: CompiledRoutes
  /** The compiled routes for the dispatcher: undefined instead of an error. */
  readonly served: CompiledRoutes | undefined
  /** Those of all blueprints of the app, these included; undefined without an app. */
  neighbours?: readonly Routes[]
  /** The endpoints of the app at a path, with those of apps that are mounted in it; undefined without an app. */
  endpointsAt?: EndpointsAt
  /** The innermost mount that a path belongs to. */
  mountAt(path: string): Mount | undefined
}
