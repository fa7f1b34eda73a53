/**
 * The response to an error of the middleware and the routes of an app itself, in place of Polka's default `onError`, which
 * sends the message of any error and reports none. An `onError` of the application stays; what it throws is answered here, since
 * middleware that has called `next` would throw it once more, and Polka give it to that `onError` again, or end the process.
 */
import type { ServerResponse } from 'node:http'
import { exceptionOf } from '../exceptions/abort.ts'
import { callGuarded } from '../exceptions/settle.ts'
import { asConversion, wrap } from '../exceptions/wrap.ts'
import { normalizeTarget, type PolkaRequest, pathOf } from '../routing/request-target.ts'
import { reportLate } from '../walk/error-report.ts'
import { sendBareProblem } from '../walk/error-response.ts'
import { EarlyAnswer, Exchange, type Step } from '../walk/exchange.ts'
import { whenDone } from '../walk/pending.ts'
import { preflightMethodOf } from '../walk/preflight.ts'
import { fail } from '../walk/walk.ts'
import { answeringExchange, hasPassedOn } from './dispatch.ts'
import { hasFailed, isErrorOf, markFailed } from './failed-request.ts'
import { placeAt } from './no-match.ts'
import { Polka05 } from './polka-05.ts'
import type { PolkaApp, Router } from './polka-router.ts'
import type { Routes } from './routes.ts'

export type OnError = NonNullable<PolkaApp['onError']>

/** The response to an error of an app. @param all the registrations of the app. */
export function errorAnswer(app: PolkaApp, all: readonly Routes[], router: Router): OnError {
  return (error, request, response) => {
    if (!markFailed(request, error)) return reportAgain(request, error)
    const answering = response.headersSent ? answeringExchange(request) : undefined
    if (answering) return reportLate(answering, error) // of middleware: it has called `next` before
    router.restoreTarget(request)
    answerError(all, request, response, Polka05.isVersionOf(app) ? withStatusOfCode(error) : error)
  }
}

/** Replaces the default `onError` of an app, and guards another one. */
export function replaceOnError(app: PolkaApp, answer: OnError): void {
  const { onError } = app
  if (hasDefaultOnError(app)) app.onError = answer
  else if (onError) app.onError = guarded(onError.bind(app), answer)
}

/** An `onError` of the application. @param answer to what it throws; for a request that has it, to later errors, too. */
function guarded(onError: OnError, answer: OnError): OnError {
  return (error, request, ...others) => {
    if (hasFailed(request)) return answer(error, request, ...others)
    return callGuarded(
      () => onError(error, request, ...others),
      (thrown) => answer(thrown, request, ...others),
    )
  }
}

/** Reports a further error of a request, which has an answer already. */
function reportAgain(request: PolkaRequest, error: unknown): void {
  const exchange = Exchange.of(request)
  if (exchange && !isErrorOf(request, error)) reportLate(exchange, error)
}

/** Whether `onError` is that of a new app: Polka does not export it, and an application may give its own the same name. */
function hasDefaultOnError(app: PolkaApp): boolean {
  if (app.handler?.name !== 'bound handler' || app.onError?.name !== 'onError') return false
  let Polka = app.constructor as new () => PolkaApp
  while (!Object.hasOwn(Polka.prototype, 'handler')) Polka = Object.getPrototypeOf(Polka) // that of a subclass may need options
  return new Polka().onError === app.onError
}

/** Responds to an error as the mount of the path does: in its media types, by its error handlers and with its reports. */
function answerError(
  all: readonly Routes[],
  request: PolkaRequest,
  response: ServerResponse,
  error: unknown,
): void {
  normalizeTarget(request)
  const place = placeAt(all, preflightMethodOf(request) ?? request.method ?? 'GET', pathOf(request))
  if (!place) return sendBareProblem({ request, response }, 500)
  const { routes, mount } = place
  const isSurrounded = response.headersSent || hasPassedOn(routes, request)
  request.params ??= {}
  const exchange = new Exchange(request, response, mount.fallback, undefined, routes)
  if (isSurrounded) fail(exchange, error)
  else failSurrounded(exchange, error, 0)
}

/**
 * Responds to an error after the steps that every response needs: its id, its log, its fields, the limit by address. None of
 * them answers in its place, such as health: the error may be the refusal of a guard. Where no step waits, the response is
 * written at once, so that Polka calls nothing more.
 *
 * @param from the index of the first of these steps.
 */
function failSurrounded(exchange: Exchange, error: unknown, from: number): void {
  const { steps, afterThrottle } = exchange.endpoint.walk
  let reason = error
  const keep = (thrown: unknown): void => {
    if (!(thrown instanceof EarlyAnswer) && wrap(reason).status < 500) reason = thrown
  }
  for (let index = from; index < afterThrottle && !exchange.isOver; index++) {
    try {
      const pending = (steps[index] as Step)(exchange)
      const goOn = (): void => failSurrounded(exchange, reason, index + 1)
      if (pending)
        return whenDone(pending, goOn, (thrown) => {
          keep(thrown)
          goOn()
        })
    } catch (thrown) {
      keep(thrown)
    }
  }
  if (exchange.isOver) return
  exchange.skipTo = undefined
  fail(exchange, reason)
}

/** An error without a status gets that of its `code`, where Polka 0.5 reads it. Never throws. */
function withStatusOfCode(error: unknown): unknown {
  try {
    const { status, statusCode, code } = Object(error) as Readonly<Record<string, unknown>>
    const isStatus = Number.isInteger(code) && Number(code) >= 400 && Number(code) <= 599
    if (!isStatus || status !== undefined || statusCode !== undefined) return error
    return asConversion(exceptionOf(Number(code), undefined, { cause: error }))
  } catch {
    return error // a getter throws
  }
}
