/**
 * A mixin as a third party writes it: endpoints behind feature flags.
 *
 *     api.get('/search', { flag: 'search' }, ({ flags }) => …)      a 404 while the flag is off
 */
import {
  type Blueprint,
  type Constructor,
  type Endpoint,
  type EndpointOptions,
  type Handler,
  type HandlerRequest,
  NotFound,
} from 'mazurka'

/** Options an endpoint may have; legal only on blueprints with this mixin. */
export interface FeatureFlagEndpointOptions extends EndpointOptions {
  /** The flag of the endpoint: while it is off, the endpoint is a 404. */
  readonly flag?: string
}

/** The surface of the mixin on a blueprint. */
export interface FeatureFlagMixin {
  readonly '~options': FeatureFlagEndpointOptions
}

declare module 'mazurka' {
  interface BlueprintOptions {
    /** The flags that are on for a request. Default: none. */
    readonly flags?: (request: HandlerRequest) => Iterable<string>
  }
  interface Provides<P extends string, O> {
    readonly featureFlags: {
      /** The flags that are on for this request. */
      readonly flags: ReadonlySet<string>
      readonly '~featureFlags'?: [P, O]
    }
  }
}

export function FeatureFlags<T extends Constructor<Blueprint>>(Base: T): T & Constructor<FeatureFlagMixin> {
  return class FeatureFlagsBlueprint extends Base implements FeatureFlagMixin {
    declare readonly '~options': FeatureFlagEndpointOptions

    /** Documents the flag: the OpenAPI operation gets an extension and a 404. */
    protected override declare(
      method: string,
      template: string,
      options: FeatureFlagEndpointOptions,
      handler: Handler,
      name: string,
    ): void {
      const { flag, doc } = options
      const responses = { 404: { description: `The feature '${flag}' is off` } }
      const documented = flag ? { ...options, doc: { 'x-feature-flag': flag, responses, ...doc } } : options
      super.declare(method, template, documented, handler, name)
    }

    /** Compiles one endpoint: reads the option, adds the step. */
    protected override prepare(endpoint: Endpoint<FeatureFlagEndpointOptions>): void {
      super.prepare(endpoint)
      endpoint.mixin('FeatureFlags', ['flag'], ['flags']) // its name, and the options of endpoints and blueprints it has
      const { flag } = endpoint.options
      const { flags: flagsOf = () => [] } = this.settings
      if (flag === '') throw new TypeError(`The endpoint '${endpoint.name}' has an empty flag`)
      endpoint.on('before/checkFlag', function checkFlag({ request }) {
        const flags = new Set(flagsOf(request as HandlerRequest))
        if (flag && !flags.has(flag)) throw new NotFound(`The feature '${flag}' is off`)
        Object.assign(request, { flags })
      })
    }
  }
}
