/**
 * The client of a request: its address, and the scheme, host and prefix that it used, as far as trusted proxies tell.
 *
 *     clientOf(request)  →  { address: '203.0.113.9', scheme: 'https', host: 'api.example.org', prefix: '/v1' }
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { addressOf, unmapped } from './address.ts'
import { type Hop, hopsOf } from './forwarded.ts'
import { hostOf, parseHost } from './host.ts'
import type { Trust } from './trust.ts'

export interface Client {
  /**
   * IP address in canonical form, IPv4 within IPv6 as IPv4. Empty where it is not known: on a Unix socket, and where
   * `Forwarded` and `X-Forwarded-For` contradict each other.
   */
  readonly address: string
  readonly scheme: 'http' | 'https'
  /** Host, with its port if the client named one; empty where the request names none. */
  readonly host: string
  /** The prefix that proxies have removed from the path, without a trailing slash: `/v1`; empty for none. */
  readonly prefix: string
}

const TRUST = Symbol('trust')
const TRUST_OF_APP = Symbol('trust of the app')
const CLIENT = Symbol('client')

interface ProxiedRequest extends IncomingMessage {
  [TRUST]?: Trust | undefined
  [TRUST_OF_APP]?: Trust | undefined
  [CLIENT]?: Client | undefined
}

/** States which proxies of a request are trusted; undefined: none. */
export function trustFor(request: IncomingMessage, trust: Trust | undefined): void {
  const proxied = request as ProxiedRequest
  if (proxied[TRUST] === trust) return
  proxied[TRUST] = trust
  proxied[CLIENT] = undefined
}

/** States which proxies of a request are trusted by the whole app, until an Api states its own. */
export function trustForApp(request: IncomingMessage, trust: Trust | undefined): void {
  ;(request as ProxiedRequest)[TRUST_OF_APP] = trust
  trustFor(request, trust)
}

/** Trusts the proxies of the app, not those of an Api that has passed the request on. */
export function trustAsApp(request: IncomingMessage): void {
  trustFor(request, (request as ProxiedRequest)[TRUST_OF_APP])
}

/** Whether proxies of a request may be trusted; without, its client has no prefix. */
export function hasTrust(request: IncomingMessage): boolean {
  return (request as ProxiedRequest)[TRUST] !== undefined
}

/**
 * The client of a request. Forwarded fields are read only where the option `trustProxy`, or the middleware
 * `trustedProxy`, trusts the peer of the connection; the address is that of the last hop which is not trusted.
 *
 * @throws an error of a function that is the option, once; no proxy is trusted from then on.
 */
export function clientOf(request: IncomingMessage): Client {
  const proxied = request as ProxiedRequest
  try {
    proxied[CLIENT] ??= readClient(request, proxied[TRUST])
  } catch (error) {
    proxied[CLIENT] = readClient(request, undefined) // for the response that says so, and its log
    throw error
  }
  return proxied[CLIENT]
}

function readClient(request: IncomingMessage, trust: Trust | undefined): Client {
  const { headers } = request
  const { address, isKnown, isSecure } = peerOf(request)
  const host = hostOf(request) ?? ''
  const direct: Client = { address, scheme: isSecure ? 'https' : 'http', host, prefix: '' }
  if (!trust || !isKnown || !trust(address, 0)) return direct
  const standard = fieldOf(headers.forwarded)
  const others = fieldOf(headers['x-forwarded-for'])
  const byStandard = standard === '' ? undefined : follow(hopsOf(standard), address, trust)
  const byOthers = others === '' ? undefined : follow(otherHops(others), address, trust)
  if (byStandard && byOthers && byStandard.address !== byOthers.address) return { ...direct, address: '' }
  const found = byStandard ?? byOthers ?? { address, hops: [{}] }
  const { scheme, host: forwardedHost } = byStandard
    ? standardOrigin(found.hops)
    : otherOrigin(request, found.hops)
  return {
    address: found.address,
    scheme: scheme ?? direct.scheme,
    host: forwardedHost ?? host,
    prefix: prefixOf(fieldOf(headers['x-forwarded-prefix'])),
  }
}

interface Peer {
  readonly address: string
  /** Whether the address is known, or the connection is one of this machine without addresses. */
  readonly isKnown: boolean
  readonly isSecure: boolean
}

/** The other end of the connection. */
function peerOf({ socket }: IncomingMessage): Peer {
  try {
    const { remoteAddress, encrypted, server } = socket as PeerSocket
    const isSecure = encrypted === true
    if (remoteAddress !== undefined) return { address: unmapped(remoteAddress), isKnown: true, isSecure }
    return { address: '', isKnown: typeof server?.address() === 'string', isSecure } // the path of a Unix socket
  } catch {
    return { address: '', isKnown: false, isSecure: false } // a session of HTTP/2 that has ended
  }
}

interface PeerSocket extends Socket {
  readonly encrypted?: boolean
  readonly server?: { address(): unknown }
}

interface Followed {
  readonly address: string
  /** The hops written by trusted proxies, the outermost first; at least one. */
  readonly hops: readonly Hop[]
}

/** Follows the hops from the last one back, as long as the address that wrote it is trusted, as the peer is. */
function follow(hops: readonly Hop[], peer: string, trust: Trust): Followed {
  let address = peer
  let index = hops.length
  while (index > 0 && (index === hops.length || trust(address, hops.length - index))) {
    index--
    const before = addressOf(hops[index]?.for ?? '')
    if (before === undefined) break // `unknown`, `_hidden`, or no address: the hop that wrote it is the last one known
    address = before
  }
  return { address, hops: hops.slice(index) }
}

function otherHops(field: string): readonly Hop[] {
  return entriesOf(field).map((text) => ({ for: text }))
}

/** The entries of an X-Forwarded field, which has no quoted texts: a quote of a client would hide the entries after it. */
function entriesOf(field: string): string[] {
  return field.split(',').map((text) => text.trim())
}

interface Origin {
  readonly scheme: 'http' | 'https' | undefined
  readonly host: string | undefined
}

/** Scheme and host as the outermost trusted proxy knows them. */
function standardOrigin(hops: readonly Hop[]): Origin {
  return {
    scheme: first(hops, ({ proto }) => schemeOf(proto)),
    host: first(hops, ({ host }) => validHost(host)),
  }
}

/** Scheme and host from X-Forwarded-Proto and -Host: where each proxy appends, the entry beside that of the client's address. */
function otherOrigin({ headers }: IncomingMessage, { length }: readonly Hop[]): Origin {
  const entry = (name: string): string | undefined => {
    const entries = entriesOf(fieldOf(headers[name]))
    return entries[Math.max(entries.length - length, 0)]
  }
  return { scheme: schemeOf(entry('x-forwarded-proto')), host: validHost(entry('x-forwarded-host')) }
}

function first<V>(hops: readonly Hop[], read: (hop: Hop) => V | undefined): V | undefined {
  for (const hop of hops) {
    const value = read(hop)
    if (value !== undefined) return value
  }
  return undefined
}

function schemeOf(text: string | undefined): 'http' | 'https' | undefined {
  const scheme = text?.toLowerCase()
  return scheme === 'http' || scheme === 'https' ? scheme : undefined
}

function validHost(text: string | undefined): string | undefined {
  return text !== undefined && parseHost(text) ? text : undefined
}

function fieldOf(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.join() ?? '')
}

/** `X-Forwarded-Prefix`, a de facto standard; empty unless it is one slash and plain segments of 256 characters in all. */
function prefixOf(field: string): string {
  const prefix = field.replace(/\/$/, '')
  return prefix.length <= 256 && /^(?:\/[\w~-][\w.~-]*)+$/.test(prefix) ? prefix : ''
}
