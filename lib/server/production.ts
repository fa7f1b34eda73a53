/**
 * Limits of a Node server that is reachable from a network: Node's defaults let slow clients stay for minutes.
 *
 *     const { options, apply } = production({ proxy: true })
 *     polka({ server: apply(createServer(options)) }).listen(3000)
 *
 * The evidence for each number is in docs/server.md.
 */
import type { Server, ServerOptions } from 'node:http'
import { servedClasses } from '../app/app-server.ts'
import { checkOptions, describe, type Keys } from '../registry/options.ts'

/** Times are in milliseconds, over 0, under the names that Node gives them. */
export interface ProductionSettings {
  /** Whether a reverse proxy or a load balancer keeps connections to this server. Default false. */
  readonly proxy?: boolean
  /** Whether clients upload files. Default false. */
  readonly uploads?: boolean
  /** For the header fields of a request. Default 10,000. */
  readonly headersTimeout?: number
  /** For a whole request with its content. Default 30,000; 120,000 with `uploads`. */
  readonly requestTimeout?: number
  /** Between two looks for requests that are too slow. Default 2,000. */
  readonly connectionsCheckingInterval?: number
  /** Without a byte in either direction: above the slowest handler, and above the heartbeats of events. Default 90,000. */
  readonly timeout?: number
  /** Of an idle connection. Default 5,000; 65,000 behind a proxy, so that the proxy is the one to close it. */
  readonly keepAliveTimeout?: number
}

/** Options of Node's `createServer`, and members that can only be set on the server. */
export interface Production {
  /** For `createServer` of `node:http` and `node:https`: limits, and the classes of requests and responses of `listen`. */
  readonly options: ServerOptions
  /**
   * Sets `timeout` and `maxHeadersCount`.
   *
   * @returns The server. @throws {TypeError} for a server that was created without the options, or with others.
   */
  apply<S extends Server>(server: S): S
}

const KEYS: Keys<ProductionSettings> = {
  proxy: 'boolean',
  uploads: 'boolean',
  headersTimeout: true,
  requestTimeout: true,
  connectionsCheckingInterval: true,
  timeout: true,
  keepAliveTimeout: true,
}

/** Values of the left are not above those of the right: Node swaps or ignores them in silence. */
const ORDER = [
  ['connectionsCheckingInterval', 'headersTimeout'],
  ['headersTimeout', 'requestTimeout'],
  ['headersTimeout', 'timeout'],
  ['keepAliveTimeout', 'timeout'],
] as const

/** The properties of a server that show whether it has the options. */
const SHOWN = ['headersTimeout', 'requestTimeout', 'keepAliveTimeout'] as const

/**
 * Times and limits for production.
 *
 * @throws {TypeError} for an unknown setting, a time that is not a whole number over 0, and times that contradict each
 * other: `headersTimeout` above `requestTimeout` or `timeout`, `keepAliveTimeout` above `timeout`,
 * `connectionsCheckingInterval` above `headersTimeout`.
 */
export function production(settings: ProductionSettings = {}): Production {
  checkOptions('production()', settings, KEYS)
  const { proxy = false, uploads = false, ...own } = settings
  const times = {
    headersTimeout: 10_000,
    requestTimeout: uploads ? 120_000 : 30_000,
    connectionsCheckingInterval: 2000,
    timeout: 90_000,
    keepAliveTimeout: proxy ? 65_000 : 5000,
  }
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined) times[name as keyof typeof times] = value
  }
  checkTimes(times)
  const { timeout, ...options } = times
  return {
    options: {
      ...servedClasses,
      ...options,
      requireHostHeader: true,
      insecureHTTPParser: false, // lenient parsing is how requests are smuggled past a proxy
      joinDuplicateHeaders: false, // joined, two Content-Types are one that no parser knows
    },
    apply(server) {
      const wrong = SHOWN.find((name) => server[name] !== options[name])
      if (wrong)
        throw new TypeError(
          `The server has ${wrong} ${server[wrong]}, not ${options[wrong]}: create it with the options of production(), for some cannot be set later: apply(createServer(options))`,
        )
      server.timeout = timeout
      server.maxHeadersCount = 0 // else Node drops fields beyond about 1,000 in silence; their size stays limited
      return server
    },
  }
}

function checkTimes(times: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(times)) {
    if (!Number.isSafeInteger(value) || value < 1 || value > MAX_TIMER)
      throw new TypeError(
        `production() cannot have ${name}: ${describe(value)}; use a whole number of milliseconds, 1 to ${MAX_TIMER}`,
      )
  }
  for (const [low, high] of ORDER) {
    const [lower = 0, upper = 0] = [times[low], times[high]]
    if (lower > upper) throw new TypeError(`production() cannot have ${low} ${lower} above ${high} ${upper}`)
  }
}

/** The longest time of a timer: 24.8 days. */
const MAX_TIMER = 2_147_483_647
