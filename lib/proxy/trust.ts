/**
 * Which addresses are proxies of one's own: the option `trustProxy`.
 *
 *     trustProxy: ['loopback', '10.0.0.0/8', '2001:db8::7']
 */
import { BlockList, isIP, isIPv4 } from 'node:net'
import { checkSynchronous, returned } from '../exceptions/returned.ts'
import { BoundedCache } from '../registry/bounded-cache.ts'
import { isPromise } from '../schema/is-promise.ts'
import { addressOf } from './address.ts'

/**
 * Addresses, networks (`10.0.0.0/8`) and `loopback` (127.0.0.0/8, ::1, and Unix sockets) whose forwarded fields are
 * true; or a function of the address (in canonical form; empty for a Unix socket) and the number of hops between it and
 * this server (0: it has opened the connection).
 */
export type TrustProxy = false | readonly string[] | ((address: string, hop: number) => boolean)

/** Whether the address of a hop is that of a trusted proxy. */
export type Trust = (address: string, hop: number) => boolean

const WHERE = "The option 'trustProxy'"

/** @throws {TypeError} for an asynchronous function, a number, `true`, and a text that is no address or network. */
export function trustOf(option: TrustProxy | undefined): Trust | undefined {
  if (option === undefined || option === false) return undefined
  if (typeof option === 'function') {
    checkSynchronous('The Api, or trustedProxy(),', 'trustProxy', option)
    return (address, hop) => returned("'trustProxy'", option(address, hop), isValue, 'true or false') === true
  }
  if (!Array.isArray(option)) {
    throw new TypeError(
      `${WHERE} is a list of addresses and networks, or a function, not ${JSON.stringify(option)}: a client that reaches the port directly could choose its address`,
    )
  }
  const list = new BlockList()
  for (const entry of option as readonly unknown[]) {
    if (entry === 'loopback') for (const network of LOOPBACK) add(list, network)
    else add(list, entry)
  }
  const isLocalTrusted = option.includes('loopback')
  const isTrusted = (address: string): boolean =>
    address === '' ? isLocalTrusted : list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
  const known = new BoundedCache(isTrusted, 1000)
  return (address) => known.get(address)
}

/** Only true trusts; a promise would be a mistake that trusts everybody. */
function isValue(value: unknown): value is unknown {
  return !isPromise(value)
}

const LOOPBACK = ['127.0.0.0/8', '::1']

/** @throws {TypeError} for a value that is no address or network, and for a network of all addresses. */
function add(list: BlockList, entry: unknown): void {
  const [text = '', length] = typeof entry === 'string' ? entry.split(/\/(.*)/s) : []
  const version = isIP(text)
  const address = version === 0 ? undefined : addressOf(text)
  if (address === undefined || (length !== undefined && !/^\d{1,3}$/.test(length))) throw wrong(entry)
  const type = isIPv4(address) ? 'ipv4' : 'ipv6'
  const all = type === 'ipv4' ? 32 : 128
  if (length === undefined) return list.addAddress(address, type)
  const bits = Number(length) - (type === 'ipv4' && version === 6 ? 96 : 0) // ::ffff:10.0.0.0/104
  if (bits < 1 || bits > all) throw wrong(entry)
  list.addSubnet(address, bits, type)
}

function wrong(entry: unknown): TypeError {
  return new TypeError(
    `${WHERE} cannot have ${JSON.stringify(entry)}: an entry is an address, a network such as 10.0.0.0/8 (of 1 bit or more), or 'loopback'`,
  )
}
