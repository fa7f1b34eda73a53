/**
 * The dispatcher: finds the endpoint of a request, and answers where there is none.
 */
import type { ServerResponse } from 'node:http'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { continueWhenRead } from '../connection/continue.ts'
import { HttpException } from '../exceptions/http-exception.ts'
import { isMalformed, normalizeTarget, type PolkaRequest, pathOf } from '../routing/request-target.ts'
import type { Match } from '../routing/route-table.ts'
import { reportLate } from '../walk/error-report.ts'
import { sendBareProblem } from '../walk/error-response.ts'
import { EarlyAnswer, Exchange } from '../walk/exchange.ts'
import type { Next } from '../walk/hook.ts'
import { preflightMethodOf } from '../walk/preflight.ts'
import { begin, fail } from '../walk/walk.ts'
import { hasFailed } from './failed-request.ts'
import { noMatch } from './no-match.ts'
import type { Routes } from './routes.ts'

/** Exchanges of endpoints that do not answer: they have passed the request on, or got it when an answer had begun. */
const notAnswering = new WeakSet<Exchange>()

/** The exchange of the endpoint, or of the fallback, that answers a request; undefined where a route of the app does. */
export function answeringExchange(request: PolkaRequest): Exchange | undefined {
  const exchange = Exchange.of(request)
  return exchange && !notAnswering.has(exchange) ? exchange : undefined
}

/** Finds the endpoint of a request and runs its steps, or passes the request on. */
export function dispatch(routes: Routes, request: PolkaRequest, response: ServerResponse, next?: Next): void {
  if (!routes.served) return sendBareProblem({ request, response }, 500)
  if (hasFailed(request)) return
  normalizeTarget(request)
  const path = pathOf(request)
  const match = matchIn(routes, request.method, path)
  if (match) return serve(match, routes, request, response, next)
  continueWhenRead(request, response)
  if (next && path.startsWith('/')) return next()
  answerNoMatch([routes], request, response)
}

/** The endpoint of a method at a path, with the parameters of the path. */
export function matchIn(
  { served }: Routes,
  method: string | undefined,
  path: string,
): Match<Endpoint> | undefined {
  return served && path.startsWith(served.head) ? served.table.find(method ?? 'GET', path) : undefined
}

/** Runs the steps of the endpoint that a request has matched. */
export function serve(
  { endpoint, params }: Match<Endpoint>,
  routes: Routes,
  request: PolkaRequest,
  response: ServerResponse,
  next: Next | undefined,
): void {
  continueWhenRead(request, response)
  let isPassedOn = false
  const passOn: Next = (error) => {
    if (isPassedOn) return
    isPassedOn = true
    if (error) return failHandler(exchange, error)
    if (exchange.successor) return
    notAnswering.add(exchange)
    if (next) next()
    else answerNoMatch([routes], request, response)
  }
  const exchange = new Exchange(request, response, endpoint, passOn, routes)
  if (response.headersSent) notAnswering.add(exchange)
  begin(exchange, params)
}

/** Responds to the error that a handler gives to `next`: at once where it has returned, else when it returns. */
function failHandler(exchange: Exchange, error: unknown): void {
  if (exchange.successor) reportLate(exchange, error)
  else if (exchange.isOver) fail(exchange, error)
  else exchange.passedError = error
}

/**
 * Responds where nothing else in the app does: 405 or OPTIONS for a known path, else 404. The surroundings of the mount run
 * first, unless the request comes from one of its endpoints.
 */
export function answerNoMatch(
  all: readonly Routes[],
  request: PolkaRequest,
  response: ServerResponse,
  originalOnNoMatch?: () => unknown,
  isCustom = false,
): unknown {
  if (hasFailed(request)) return undefined
  normalizeTarget(request)
  const path = pathOf(request)
  const outcome = noMatch(all, request.method ?? 'GET', path, {
    isCustom,
    isLast: !originalOnNoMatch,
    preflightOf: preflightMethodOf(request),
  })
  if (!outcome) return originalOnNoMatch?.()
  const { answer, routes, mount } = outcome
  const thrown = answer instanceof HttpException ? answer : new EarlyAnswer(() => answer)
  const respond = (): void => fail(new Exchange(request, response, mount.fallback, undefined, routes), thrown)
  if (hasPassedOn(routes, request)) return respond()
  const refusal = isRoutable(path) ? undefined : thrown
  begin(new Exchange(request, response, mount.fallback, respond, routes), request.params ?? {}, refusal)
}

/** Whether a request comes from an endpoint of the routes, whose surroundings it has passed. */
export function hasPassedOn(routes: Routes, request: PolkaRequest): boolean {
  for (let exchange = Exchange.of(request); exchange; exchange = exchange.earlier)
    if (exchange.routes === routes) return true
  return false
}

/** Whether a target is a path that can be decoded. */
function isRoutable(path: string): boolean {
  return path.startsWith('/') && !isMalformed(path)
}
