/**
 * The Host of a request: one host with an optional port, and one of a list by option.
 *
 *     new Api(app, { title, version, allowedHosts: ['api.example.org', '*.example.com', 'localhost:3000'] })
 *
 * RFC 9112 §3.2 (a server must refuse a request with an invalid Host, or with two), RFC 9113 §8.3.1 (:authority).
 */

import type { IncomingMessage } from 'node:http'
import type { Logger } from '../blueprint/blueprint-options.ts'
import { BadRequest } from '../exceptions/client-errors.ts'
import { HttpException } from '../exceptions/http-exception.ts'
import { BoundedCache } from '../registry/bounded-cache.ts'
import { oncePerObject } from '../registry/once-per-object.ts'
import type { Middleware } from '../walk/hook.ts'
import { warnTo } from '../walk/log.ts'
import { runStep } from '../walk/middleware.ts'
import type { Surrounding } from '../walk/surrounding.ts'
import { clientOf } from './client.ts'
import { type Host, hostOf, parseHost } from './host.ts'

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /**
     * Hosts that requests may name: `api.example.org`, `*.example.org` (its subdomains), with `:8080` that port alone; any
     * other is a 421; the log names the host of the first one. Inside an Api; default false: all.
     */
    readonly allowedHosts?: readonly string[] | false
  }
}

declare module '../blueprint/endpoint-options.ts' {
  interface EndpointOptions {
    /** Replaces the hosts of the Api for this endpoint; false: all. */
    readonly allowedHosts?: readonly string[] | false
  }
}

const sharedCheck = oncePerObject(checkFor)

export const CHECK_HOST = {
  name: 'CheckHost',
  option: 'allowedHosts',
  surround(endpoint) {
    const check = sharedCheck(endpoint.nearest('allowedHosts'))
    endpoint.on('identify/checkHost', function checkHost({ request }) {
      check(request, endpoint.logger)
    })
    if (endpoint.nearest('allowedHosts')) endpoint.documented.push({ errors: { 421: {} } })
  },
} satisfies Surrounding

/**
 * Middleware that checks the host, for an app without an Api: the error 400 or 421 is given to `next`.
 *
 * @throws {TypeError} as the option does.
 */
export function checkHost(allowedHosts: readonly string[] | false = false): Middleware {
  const check = checkFor(allowedHosts)
  return function checkAllowedHost(request, response, next) {
    runStep(() => check(request), response, next)
  }
}

/** A check that throws 400 or 421. The first 421 is also written to the logger. */
type Check = (request: IncomingMessage, logger?: Logger) => void

/** @throws {TypeError} for an entry that is no host. */
function checkFor(option: readonly string[] | false | undefined): Check {
  const isAllowed = option === undefined || option === false ? undefined : allowedBy(option)
  let isWarned = false
  let valid = ' ' // the last host that was valid: most requests name the same
  return (request, logger) => {
    const named = hostOf(request)
    const isHost = (text: string): boolean => text === valid || parseHost(text) !== undefined
    const isValid = named === undefined ? request.httpVersion !== '1.1' : isHost(named)
    if (!isValid || !hasOneHost(request, isHost))
      throw new BadRequest('A request names one host, with or without a port')
    valid = named ?? valid
    if (isAllowed && !isAllowed(request)) {
      if (logger && !isWarned) {
        const message = `A request was refused by 421: its host '${clientOf(request).host}' is not in allowedHosts`
        warnTo(logger, message, { code: 'MAZURKA_ALLOWED_HOSTS' })
        isWarned = true
      }
      throw new HttpException(421, 'The host of the request is not served here')
    }
  }
}

/** Whether there is one valid Host at most, also beside a target with a host; on HTTP/2 none that contradicts `:authority`. */
function hasOneHost({ headers, rawHeaders }: IncomingMessage, isHost: (text: string) => boolean): boolean {
  const authority = headers[':authority']
  if (authority !== undefined) return headers.host === undefined || headers.host === authority
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string // Node keeps the first one alone in `headers`
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue
    if (++count > 1 || !isHost(rawHeaders[index + 1] as string)) return false
  }
  return true
}

/** @throws {TypeError} for an entry that is no host. */
function allowedBy(option: readonly string[]): (request: IncomingMessage) => boolean {
  if (!Array.isArray(option) || option.length === 0)
    throw new TypeError(
      `The option 'allowedHosts' is a list of hosts or false, not ${JSON.stringify(option)}`,
    )
  const entries = option.map(entryOf)
  const isListed = (host: string, defaultPort: number): boolean => {
    const found = parseHost(host)
    return (
      found !== undefined && entries.some((entry) => covers(entry, found.name, found.port ?? defaultPort))
    )
  }
  const known = {
    http: new BoundedCache((host) => isListed(host, 80)),
    https: new BoundedCache((host) => isListed(host, 443)),
  }
  return (request) => {
    const { host, scheme } = clientOf(request)
    return known[scheme].get(host)
  }
}

interface Entry extends Host {
  readonly isWildcard: boolean
}

function entryOf(text: unknown): Entry {
  const isWildcard = typeof text === 'string' && text.startsWith('*.')
  const host = typeof text === 'string' ? parseHost(isWildcard ? text.slice(2) : text) : undefined
  if (host) return { ...host, isWildcard }
  throw new TypeError(
    `The option 'allowedHosts' cannot have ${JSON.stringify(text)}: use api.example.org, *.example.org or localhost:3000`,
  )
}

function covers({ name, port, isWildcard }: Entry, found: string, foundPort: number): boolean {
  if (port !== undefined && port !== foundPort) return false
  return isWildcard ? found.endsWith(`.${name}`) : found === name
}
