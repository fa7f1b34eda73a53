/**
 * Finds the endpoint of a method and path, in time independent of the number of endpoints.
 *
 * One radix tree per method. Paths are case-sensitive; a trailing slash is ignored (unless `strict`).
 */
import Router from 'find-my-way'
import type { Endpoint } from '../blueprint/endpoint.ts'

/** An endpoint and the parameters of its path. */
export interface Match {
  readonly endpoint: Endpoint
  readonly params: Record<string, unknown>
}

export class RouteTable {
  readonly #router: Router.Instance<Router.HTTPVersion.V1>
  readonly #methods: readonly string[]

  /** @throws {TypeError} when two endpoints answer the same method and path. */
  constructor(endpoints: readonly Endpoint[], strict: boolean) {
    this.#router = Router({
      ignoreTrailingSlash: !strict,
      caseSensitive: true,
      maxParamLength: Number.MAX_SAFE_INTEGER,
      allowUnsafeRegex: true,
    })
    for (const endpoint of endpoints) this.#add(endpoint)
    this.#methods = [...new Set(endpoints.map(({ method }) => method))]
  }

  #add(endpoint: Endpoint): void {
    try {
      this.#router.on(endpoint.method as Router.HTTPMethod, endpoint.path.pattern, noop, endpoint)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new TypeError(`${endpoint.method} ${endpoint.path.template} cannot be routed: ${why}`)
    }
  }

  /** The endpoint for a percent-encoded path without its query. The endpoint of GET also serves HEAD. */
  find(method: string, path: string): Match | undefined {
    return this.#find(method, path) ?? (method === 'HEAD' ? this.#find('GET', path) : undefined)
  }

  /** All endpoints of a path, for any method. */
  endpointsAt(path: string): Endpoint[] {
    return this.#methods.flatMap((method) => this.#find(method, path)?.endpoint ?? [])
  }

  #find(method: string, path: string): Match | undefined {
    const found = this.#router.find(method as Router.HTTPMethod, path)
    if (!found) return undefined
    const endpoint = found.store as Endpoint
    if (endpoint.path.parameters.length === 0) return { endpoint, params: {} }
    const params = endpoint.path.read(found.params)
    return params && { endpoint, params }
  }
}

function noop(): void {}
