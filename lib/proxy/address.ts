/**
 * IP addresses, each in one form, so that one client is one key.
 *
 *     203.0.113.9:51234  →  203.0.113.9        ::ffff:203.0.113.9  →  203.0.113.9        [2001:DB8:0::17]:4711  →  2001:db8::17
 */
import { isIPv4, isIPv6, SocketAddress } from 'node:net'
import { flatText } from '../registry/flat-text.ts'

/**
 * The canonical form of an address (RFC 5952): without port, brackets and zone; an IPv4 address within IPv6 is that
 * IPv4 address.
 *
 * @returns Undefined for a text that is no address.
 */
export function addressOf(text: string): string | undefined {
  if (isIPv4(text)) return flatText(text) // caches and counters keep it
  const [, bracketed, unbracketed] = /^(?:\[([^\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/.exec(text) ?? []
  if (unbracketed !== undefined) return isIPv4(unbracketed) ? flatText(unbracketed) : undefined
  const address = (bracketed ?? text).replace(/%[\w.-]+$/, '')
  if (address.length > MAX_LENGTH || !isIPv6(address)) return undefined
  return unmapped(new SocketAddress({ address, family: 'ipv6' }).address)
}

/** The length of the longest text of an IPv6 address. */
const MAX_LENGTH = 45

/** The IPv4 address in an IPv6 address of the operating system; any other is returned as it is. */
export function unmapped(address: string): string {
  const ipv4 = address.startsWith('::ffff:') ? address.slice(7) : ''
  return isIPv4(ipv4) ? ipv4 : address
}

/**
 * The network of an address in canonical form: its /64 for IPv6, where one client has all of these addresses; of IPv4
 * the address itself.
 *
 *     2001:db8::17  →  2001:db8:0:0::/64
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail === undefined || tail === '' ? [] : tail.split(':')
  while (tail !== undefined && groups.length + rest.length < 8) groups.push('0')
  return `${[...groups, ...rest].slice(0, 4).join(':')}::/64`
}
