/**
 * Host: the authority of a request.
 *
 *     Host: API.example.org.:8080  →  { name: 'api.example.org', port: 8080 }
 *
 * RFC 9110 §7.2, RFC 9112 §3.2. Userinfo, a path, a list or blanks are no part of it.
 */
import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'
import { authorityOf } from '../routing/request-target.ts'

export interface Host {
  /** In lower case, without a trailing dot; an IPv6 address in brackets. */
  readonly name: string
  /** Undefined: that of the scheme. */
  readonly port: number | undefined
}

/**
 * The host that a request names: `:authority` of HTTP/2, the host of a target in absolute form, else Host.
 *
 * RFC 9112 §3.2.2 (the target's host replaces Host), RFC 9113 §8.3.1.
 */
export function hostOf(request: IncomingMessage & { readonly originalUrl?: string }): string | undefined {
  const { headers, url = '/', originalUrl = url } = request
  return (headers[':authority'] as string | undefined) ?? authorityOf(originalUrl) ?? headers.host
}

/** Undefined for a text that is no host with an optional port. */
export function parseHost(text: string): Host | undefined {
  const [, named, address = ''] = /^(?:([\w-][\w.-]*)|\[([\da-f:.]+)\])(?=:|$)/i.exec(text) ?? []
  if (named === undefined && !isIPv6(address)) return undefined
  const rest = text.slice(named?.length ?? address.length + 2)
  if (!/^(?::\d{0,5})?$/.test(rest) || named?.includes('..')) return undefined
  const port = rest.length > 1 ? Number(rest.slice(1)) : undefined
  if (port !== undefined && port > 65_535) return undefined
  return { name: (named ?? `[${address}]`).toLowerCase().replace(/\.$/, ''), port }
}
