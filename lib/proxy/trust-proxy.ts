/**
 * Trusted proxies: the address, scheme, host and prefix of a client from their fields, for all features alike.
 *
 *     new Api(app, { title, version, trustProxy: ['loopback', '10.0.0.0/8'] })
 *     app.use(trustedProxy(['loopback']))                                        // an app without an Api
 */

import { oncePerObject } from '../registry/once-per-object.ts'
import type { Exchange } from '../walk/exchange.ts'
import type { Middleware } from '../walk/hook.ts'
import { runStep } from '../walk/middleware.ts'
import type { Surrounding } from '../walk/surrounding.ts'
import { clientOf, hasTrust, trustAsApp, trustFor, trustForApp } from './client.ts'
import { type TrustProxy, trustOf } from './trust.ts'

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /**
     * Proxies whose `Forwarded` and `X-Forwarded-*` are true: a list of addresses, networks and 'loopback', or a function.
     * Inside an Api; default: those of the middleware `trustedProxy`, else none. False: none, these fields are ignored.
     */
    readonly trustProxy?: TrustProxy
  }
}

declare module '../blueprint/endpoint-options.ts' {
  interface EndpointOptions {
    /** Replaces the trusted proxies of the Api for this endpoint; false: none. */
    readonly trustProxy?: TrustProxy
  }
}

const sharedTrust = oncePerObject(trustOf)

export const TRUST_PROXY = {
  name: 'TrustProxy',
  option: 'trustProxy',
  surround(endpoint) {
    const option = endpoint.nearest('trustProxy')
    if (option !== false) endpoint.on('encode/addPrefix', addPrefix)
    if (option === undefined) return void endpoint.on('identify/trustProxy', trustProxyOfApp)
    const trust = sharedTrust(option)
    const isFunction = typeof option === 'function'
    endpoint.on('identify/trustProxy', function trustProxy({ request }) {
      trustFor(request, trust)
      if (isFunction) clientOf(request) // it may throw: before anything has been done
    })
  },
} satisfies Surrounding

function trustProxyOfApp({ request }: Exchange): void {
  trustAsApp(request)
}

/**
 * Middleware that trusts proxies, for an app without an Api: `clientOf`, and what reads it, knows the client from then on.
 *
 * @throws {TypeError} as the option does.
 */
export function trustedProxy(proxies: TrustProxy): Middleware {
  const trust = trustOf(proxies)
  return function trustProxy(request, response, next) {
    trustForApp(request, trust)
    runStep(() => typeof proxies === 'function' && clientOf(request), response, next) // a function may throw
  }
}

/** Fields with URLs; the absolute paths in them are those of the app, below the prefix that a proxy has removed. */
const OF_URLS = ['location', 'content-location', 'link'] as const

/** An absolute path at the beginning of a field; `//` begins a host. */
const ABSOLUTE_PATH = /^\/(?!\/)/
/** A quoted parameter of Link, or a target with an absolute path: in a quoted one nothing is a target. */
const QUOTED_OR_TARGET = /"(?:[^"\\]|\\.)*"|<\/(?!\/)/g

function prefixed(name: string, value: string, prefix: string): string {
  if (name !== 'link') return value.replace(ABSOLUTE_PATH, `${prefix}/`)
  return value.replace(QUOTED_OR_TARGET, (found) => (found === '</' ? `<${prefix}/` : found))
}

function addPrefix(exchange: Exchange): void {
  const { rendered, response, request } = exchange
  if (!rendered || !hasTrust(request)) return
  const { prefix } = clientOf(request)
  if (prefix === '') return
  for (const name of OF_URLS) {
    const own = rendered.fields[name]
    const preset = response.getHeader(name)
    const withPrefix = (value: string | number | readonly string[]): string[] =>
      [value].flat().map((text) => prefixed(name, String(text), prefix))
    if (preset !== undefined && own === undefined) response.setHeader(name, withPrefix(preset))
    if (own !== undefined)
      exchange.rendered = { ...rendered, fields: { ...exchange.rendered?.fields, [name]: withPrefix(own) } }
  }
}
