/**
 * Health of a process, for orchestrators and load balancers.
 *
 *     new Api(app, { title, version, health: { checks: { database: (signal) => pool.query('SELECT 1') } } })
 *     app.use(health())                                                      // an app without an Api
 *
 * Answered before everything else of the Api: no limit, authentication or redirect decides whether a process is healthy.
 */

import type { IncomingMessage } from 'node:http'
import type { Logger } from '../blueprint/blueprint-options.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { RestBlueprint } from '../blueprint/rest-blueprint.ts'
import { isDisconnected } from '../connection/connection.ts'
import { checkFunction, checkLogger, checkObject, checkOptions, type Keys } from '../registry/options.ts'
import { canonicalTarget } from '../routing/request-target.ts'
import type { RawResponse } from '../walk/exchange.ts'
import type { Middleware } from '../walk/hook.ts'
import { runAnswer } from '../walk/middleware.ts'
import { type Check, readinessOf } from './readiness.ts'
import { isStopping } from './stopping.ts'

export interface HealthOptions {
  /** Path that is 200 as long as the process answers. Default `/health/live`. */
  readonly live?: string
  /** Path that is 200 while all checks succeed, and 503 otherwise or during a shutdown. Default `/health/ready`. */
  readonly ready?: string
  /** Checks of the services that requests need. A check fails that throws, rejects, resolves to false or takes too long. */
  readonly checks?: Readonly<Record<string, Check>>
  /** Seconds for each check; then its signal aborts. Default 2. */
  readonly timeoutSeconds?: number
}

const KEYS: Keys<HealthOptions> = { live: 'string', ready: 'string', checks: true, timeoutSeconds: 'timeout' }

type Probe = (request: IncomingMessage) => RawResponse | Promise<RawResponse>

/** Probes by the handler of their endpoint. */
const probes = new WeakMap<object, Probe>()

/**
 * Adds the endpoints to the root of an Api. They are not in the OpenAPI document: they are no part of what clients use.
 *
 * @throws {TypeError} for an invalid option.
 */
export function serveHealth(
  root: Pick<RestBlueprint, 'get'>,
  option: true | HealthOptions,
  logger: Logger,
): void {
  for (const [path, probe] of probesOf("The option 'health'", option === true ? {} : option, logger)) {
    const handler = (): undefined => undefined
    probes.set(handler, probe)
    root.get(path, { name: `health ${path}`, hidden: true, security: false, outgoing: false }, handler)
  }
}

/** Adds the step that answers, before all others, where an endpoint is one of health. */
export function answerHealth(endpoint: Endpoint): void {
  const probe = probes.get(endpoint.handler)
  if (!probe) return
  endpoint.on('identify/answerHealth', async function answerHealth(exchange) {
    exchange.finish(await probe(exchange.request))
  })
}

/**
 * Middleware with the health checks, for an app without an Api: before all other middleware.
 *
 * @param options those of the option, and the logger for checks that fail: default `console`.
 * @throws {TypeError} for an invalid option.
 */
export function health(options: HealthOptions & { readonly logger?: Logger } = {}): Middleware {
  checkObject('health()', options)
  const { logger = console, ...own } = options
  checkLogger('health()', logger)
  const byPath = probesOf('health()', own, logger)
  return function answerProbe(request, response, next) {
    const [path = ''] = (canonicalTarget(request.url ?? '') ?? '').split('?')
    const probe = byPath.get(path)
    if (!probe || (request.method !== 'GET' && request.method !== 'HEAD')) return next()
    const answer = async (): Promise<void> => {
      const { status, fields, body } = await probe(request)
      if (response.headersSent || isDisconnected(response)) return
      response.writeHead(status, fields as Record<string, string>)
      response.end(request.method === 'HEAD' ? undefined : body)
    }
    runAnswer(answer, response, next)
  }
}

/** The probes by their paths. @throws {TypeError} for an invalid option. */
function probesOf(where: string, options: HealthOptions, logger: Logger): ReadonlyMap<string, Probe> {
  checkOptions(where, options, KEYS)
  const { live = '/health/live', ready = '/health/ready', checks = {}, timeoutSeconds = 2 } = options
  for (const [name, path] of Object.entries({ live, ready })) {
    if (!path.startsWith('/'))
      throw new TypeError(`${where} cannot have ${name}: '${path}'; it starts with '/'`)
  }
  if (live === ready) throw new TypeError(`${where} has one path for live and ready: '${live}'`)
  checkObject(`${where}, in 'checks',`, checks)
  for (const [name, check] of Object.entries(checks)) checkFunction(`The check '${name}' of health`, check)
  const readiness = readinessOf(checks, timeoutSeconds, logger)
  return new Map<string, Probe>([
    [live, () => respond({ status: 'ok' })],
    [ready, async (request) => respond(isStopping(request) ? { status: 'stopping' } : await readiness())],
  ])
}

const FIELDS = { 'content-type': 'application/json', 'cache-control': 'no-store' }

function respond(report: { readonly status: string }): RawResponse {
  return { status: report.status === 'ok' ? 200 : 503, fields: FIELDS, body: JSON.stringify(report) }
}
