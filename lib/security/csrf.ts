/**
 * A check against cross-site request forgery, for identities that come from cookies: the origin of the page, and a signed
 * token that is sent twice, as a cookie and as a field.
 *
 *     new Api(app, { title, version, csrf: { secrets: [secret], session: ({ session }) => session?.id } })
 *     app.use(csrf({ secrets, session }))                                    // an app without an Api
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { isSafe } from '../http/method.ts'
import type { Middleware } from '../walk/hook.ts'
import { runStep } from '../walk/middleware.ts'
import type { Surrounding } from '../walk/surrounding.ts'
import { type CsrfOptions, type CsrfSettings, csrfSettings } from './csrf-options.ts'
import { type Csrf, CsrfVisit } from './csrf-visit.ts'

/** The members of a request that the option `csrf` adds. */
interface CsrfRequest {
  /** With the option `csrf`: the token of this request. */
  readonly csrf?: Csrf
}

declare module '../walk/handler.ts' {
  interface Provides<P extends string, O> {
    readonly csrf: CsrfRequest
  }
}

declare module '../walk/hook.ts' {
  interface HookRequest extends CsrfRequest {}
}

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /** Refuses unsafe requests that pages of other origins send with a visitor's cookies. Inside an Api; default none. */
    readonly csrf?: CsrfOptions | false
  }
}

declare module '../blueprint/endpoint-options.ts' {
  interface EndpointOptions {
    /** Replaces the CSRF options of the Api for this endpoint; false: not checked. */
    readonly csrf?: CsrfOptions | false
  }
}

const SET_COOKIE = {
  'Set-Cookie': { description: 'The token against CSRF, where it is new', schema: { type: 'string' } },
}

export const CSRF = {
  name: 'Csrf',
  option: 'csrf',
  surround(endpoint) {
    const options = endpoint.nearest('csrf')
    if (options === undefined || options === false) return
    const settings = csrfSettings(options)
    if (!endpoint.isRouted) return
    if (!isSafe(endpoint.method)) {
      const description = `The value of the cookie '${settings.cookie}', where cookies authenticate the request`
      const parameter = { name: settings.header, in: 'header', description, schema: { type: 'string' } }
      endpoint.documented.push({ parameters: [parameter], errors: { 403: {} } })
    }
    endpoint.documented.push({ headers: SET_COOKIE })
    endpoint.on('authorize/checkCsrf', function checkCsrf({ request, response }) {
      checkRequest(request, response, settings)
    })
  },
} satisfies Surrounding

/** @throws {Forbidden} 403 for a forged request. */
function checkRequest(request: IncomingMessage, response: ServerResponse, settings: CsrfSettings): void {
  const visit = new CsrfVisit(request, response, settings)
  ;(request as { csrf?: Csrf }).csrf = visit
  visit.check()
}

/**
 * Middleware that refuses forged requests, for an app without an Api, after that of the session. A refusal goes to `next` as an error.
 *
 * @throws {TypeError} for wrong options, as at start-up of an Api.
 */
export function csrf(options: CsrfOptions): Middleware {
  const settings = csrfSettings(options)
  return function checkCsrf(request, response, next) {
    runStep(() => checkRequest(request, response, settings), response, next)
  }
}
