/**
 * A feature around endpoints, such as CORS or rate limits: on for the whole Api, and on or off for a blueprint or an
 * endpoint, by one option of the same name. Its steps also run where no endpoint matches (404, 405, OPTIONS).
 *
 *     export const SECURITY_HEADERS = {
 *       name: 'SecurityHeaders',
 *       option: 'securityHeaders',
 *       surround(endpoint) {
 *         const options = endpoint.nearest('securityHeaders')
 *         if (options) endpoint.on('protect/setSecurityHeaders', …)
 *       },
 *     } satisfies Surrounding
 */
import type { BlueprintOptions } from '../blueprint/blueprint-options.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { EndpointOptions } from '../blueprint/endpoint-options.ts'

/** The routes of the Api, as they are when a request comes. */
export interface SurroundedRoutes {
  /** The prefix of the Api; empty without one. */
  readonly prefix: string
  /** Where a blueprint is compiled to check it before it is added: the routes that it would be added to. */
  readonly trialOf?: SurroundedRoutes
  /** The endpoints of all methods at a path. */
  endpointsAt(path: string): readonly Endpoint[]
}

export interface Surrounding {
  /** Its name in messages. */
  readonly name: string
  /** Its option on an Api, a blueprint and an endpoint; an inner value replaces an outer one (those of `rateLimit` are merged), `false` turns it off. */
  readonly option: keyof BlueprintOptions
  /**
   * Reads the option and adds steps. Called when an endpoint, or the fallback of a mount, is compiled.
   *
   * @throws {TypeError} for a wrong option.
   */
  surround(endpoint: Endpoint, routes: SurroundedRoutes): void
}

declare module '../blueprint/endpoint.ts' {
  interface Endpoint<O extends EndpointOptions> {
    /** Called in order when all mixins have prepared the endpoint: for surroundings that change what these have set. */
    afterPrepare?: readonly (() => void)[]
    readonly '~afterPrepare'?: O
  }
}
