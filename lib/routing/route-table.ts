/**
 * Finds the endpoint of a method and path, in time independent of the number of endpoints.
 *
 * One radix tree per method. Paths are case-sensitive; a trailing slash is ignored (unless `strict`).
 */
import Router from 'find-my-way'
import type { Path } from './path.ts'

/** An endpoint as far as the table needs to know it. */
export interface Routable {
  /** Upper case. */
  readonly method: string
  readonly route: Path
}

/** An endpoint with the parameters of the path. */
export interface Match<E extends Routable> {
  readonly endpoint: E
  readonly params: Record<string, unknown>
}

export class RouteTable<E extends Routable> {
  readonly #router: Router.Instance<Router.HTTPVersion.V1>
  readonly #methods: readonly string[]

  /** @throws {TypeError} when two endpoints answer the same method and path. */
  constructor(endpoints: readonly E[], strict: boolean) {
    this.#router = Router({
      ignoreTrailingSlash: !strict,
      caseSensitive: true,
      maxParamLength: Number.MAX_SAFE_INTEGER,
      allowUnsafeRegex: true,
    })
    for (const endpoint of endpoints) this.#add(endpoint)
    this.#methods = [...new Set(endpoints.map(({ method }) => method))]
  }

  #add(endpoint: E): void {
    try {
      this.#router.on(endpoint.method as Router.HTTPMethod, endpoint.route.pattern, noop, endpoint)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new TypeError(`${endpoint.method} ${endpoint.route.template} cannot be routed: ${why}`)
    }
  }

  /** The endpoint for a path without its query, still percent-encoded. HEAD is answered by GET. */
  find(method: string, path: string): Match<E> | undefined {
    return this.#find(method, path) ?? (method === 'HEAD' ? this.#find('GET', path) : undefined)
  }

  /** All endpoints at the path, whatever the method. */
  endpointsAt(path: string): E[] {
    return this.#methods.flatMap((method) => this.#find(method, path)?.endpoint ?? [])
  }

  #find(method: string, path: string): Match<E> | undefined {
    const found = this.#router.find(method as Router.HTTPMethod, path)
    if (!found) return undefined
    const endpoint = found.store as E
    if (endpoint.route.parameters.length === 0) return { endpoint, params: {} }
    const params = endpoint.route.read(found.params)
    return params && { endpoint, params }
  }
}

function noop(): void {}
