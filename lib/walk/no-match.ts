/**
 * When nobody has answered: 405 where another method would have been, OPTIONS, 404 below a prefix.
 *
 * All blueprints of an app are asked together, so that Allow names the methods of all.
 *
 * RFC 9110 §9.3.7 (OPTIONS), §10.2.1 (Allow), §15.5.5 (404), §15.5.6 (405).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Endpoint, Mount } from '../blueprint/endpoint.ts'
import type { Registration } from '../blueprint/registration.ts'
import { BadRequest, MethodNotAllowed, NotFound } from '../exceptions/client-errors.ts'
import { acceptedFields } from '../negotiation/accept-fields.ts'
import { isMalformed, pathOf } from '../routing/request-target.ts'
import { handleError } from './error-response.ts'
import { Exchange, type Next } from './exchange.ts'
import { writeEmpty } from './send.ts'

/** What Polka calls when no route matched. */
type OnNoMatch = (request: IncomingMessage, response: ServerResponse, next?: Next) => unknown

const registrations = new WeakMap<object, Registration[]>()

/** The same on the app itself, for another copy of this package: loaders of TypeScript make one for `require`. */
const NOTED: unique symbol = Symbol.for('mazurka.registrations')

/** Takes down that an app has a registration; the first one puts us where the app gives up. */
export function trackRegistration(
  app: object & { onNoMatch?: OnNoMatch; onError?: { readonly name: string } },
  registration: Registration,
): void {
  const known = registrations.get(app)
  if (known) {
    known.push(registration)
    return
  }
  const all = [registration]
  registrations.set(app, all)
  Object.defineProperty(app, NOTED, { value: all, configurable: true })
  const otherwise = app.onNoMatch
  if (!otherwise) return
  const isOwn = otherwise.name !== `bound ${app.onError?.name}` // what Polka binds itself is nobody's wish
  app.onNoMatch = (request, response, next) =>
    answerUnmatched(all, request, response, () => otherwise.call(app, request, response, next), isOwn)
}

/** The registrations of an app, in order; none when nothing was registered on it. */
export function registrationsOf(app: object): readonly Registration[] {
  return (app as { readonly [NOTED]?: readonly Registration[] })[NOTED] ?? []
}

/** Answers in the name of whoever knows the path; `otherwise` where nobody does. */
export function answerUnmatched(
  all: readonly Registration[],
  request: IncomingMessage,
  response: ServerResponse,
  otherwise?: () => unknown,
  isOwn = false,
): unknown {
  const path = pathOf(request)
  const knowing = all.flatMap(({ compiled }) => compiled.table.endpointsAt(path))
  const below = innermost(all, path)
  const mount =
    knowing[0]?.mount ??
    (isOwn && below?.prefix === '' ? undefined : below) ??
    (otherwise ? undefined : all[0]?.outermost)
  if (knowing.length > 0 && request.method === 'OPTIONS')
    return writeEmpty(response, 204, optionsFields(knowing))
  if (!mount && !isMalformedHere(all, path)) return otherwise?.()
  const speaker = mount ?? (all[0]?.outermost as Mount)
  return handleError(
    new Exchange(request, response, speaker.fallback, undefined),
    refusal(request, path, knowing),
  )
}

function refusal(request: IncomingMessage, path: string, knowing: readonly Endpoint[]): Error {
  if (isMalformed(path)) return new BadRequest('Malformed percent-encoding in the path')
  const passed = knowing.some(({ method }) => answers(method, request.method)) // an endpoint passed it on
  if (passed || knowing.length === 0) return new NotFound(`No resource at ${decodeURI(path)}`)
  const allow = allowOf(knowing)
  return new MethodNotAllowed(`${request.method} is not one of ${allow}`, { headers: { allow } })
}

/** A blueprint without a prefix may have meant any path, and nobody can route this one. */
function isMalformedHere(all: readonly Registration[], path: string): boolean {
  return isMalformed(path) && all.some(({ outermost }) => outermost?.prefix === '')
}

function innermost(all: readonly Registration[], path: string): Mount | undefined {
  return all
    .map((registration) => registration.mountAt(path))
    .filter((mount) => mount !== undefined)
    .sort((a, b) => b.prefix.length - a.prefix.length)[0]
}

function answers(method: string, asked: string | undefined): boolean {
  return method === asked || (method === 'GET' && asked === 'HEAD')
}

/** HEAD comes with GET, OPTIONS with everything. */
function allowOf(endpoints: readonly Endpoint[]): string {
  const methods = new Set(endpoints.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))
  return [...methods.add('OPTIONS')].join(', ')
}

function optionsFields(endpoints: readonly Endpoint[]): Record<string, string> {
  return Object.assign({ allow: allowOf(endpoints) }, ...endpoints.map(acceptedFields))
}
