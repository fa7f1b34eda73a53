/** The place in a Polka app where its blueprints answer together: `onNoMatch`, wrapped once. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Next } from './handler.ts'
import { answerNoMatch, type Routes } from './walk.ts'

/** Called by Polka when no route matched. */
type OnNoMatch = (request: IncomingMessage, response: ServerResponse, next?: Next) => unknown

const registrations = new WeakMap<object, Routes[]>()

/** The same on the app itself, for another copy of this package: loaders of TypeScript make one for `require`. */
const REGISTRATIONS: unique symbol = Symbol.for('mazurka.registrations')

/** Remembers the registration of an app; the first one wraps the app's `onNoMatch`. */
export function trackRegistration(
  app: object & { onNoMatch?: OnNoMatch; onError?: { readonly name: string } },
  registration: Routes,
): void {
  const known = registrations.get(app)
  if (known) {
    known.push(registration)
    return
  }
  const all = [registration]
  registrations.set(app, all)
  Object.defineProperty(app, REGISTRATIONS, { value: all, configurable: true })
  const originalOnNoMatch = app.onNoMatch
  if (!originalOnNoMatch) return
  const isCustom = originalOnNoMatch.name !== `bound ${app.onError?.name}` // ignores Polka's own default handler
  app.onNoMatch = (request, response, next) =>
    answerNoMatch(
      all,
      request,
      response,
      () => originalOnNoMatch.call(app, request, response, next),
      isCustom,
    )
}

/** The registrations of an app, in order; none when nothing was registered on it. */
export function registrationsOf<R extends Routes>(app: object): readonly R[] {
  return (app as { readonly [REGISTRATIONS]?: readonly R[] })[REGISTRATIONS] ?? []
}
