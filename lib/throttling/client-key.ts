/** The text that one client is counted by. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isTextOrUndefined, returned } from '../exceptions/returned.ts'
import { networkOf } from '../proxy/address.ts'
import { clientOf } from '../proxy/client.ts'
import { type IdentifiedClient, identityNameOf } from '../proxy/identity-name.ts'
import { BoundedCache } from '../registry/bounded-cache.ts'
import type { RateLimit } from './rate-limit-options.ts'

/** The key of the client of a request; undefined: the limit does not count it. */
export type ClientKey = (request: IncomingMessage) => string | undefined

/** How clients are identified. */
export function clientKey(by: Exclude<RateLimit['by'], undefined>): ClientKey {
  if (by === 'address') return addressKey
  if (by === 'identity') return identityKey
  return (request) => {
    const key = returned("'by' of a rate limit", by(request), isTextOrUndefined, 'a text or undefined')
    return key && short(key)
  }
}

/** All clients without a known address count as one. */
function addressKey(request: IncomingMessage): string {
  return networks.get(clientOf(request).address) || 'unknown'
}

const networks = new BoundedCache(networkOf, 10_000)

function identityKey(request: IncomingMessage): string {
  const advice = "else use a function as 'by'"
  const name = identityNameOf(request as IdentifiedClient, 'A rate limit by identity', advice)
  return name === undefined ? addressKey(request) : short(name)
}

/** A long key as its hash, so that all keys have a bounded size. */
function short(key: string): string {
  return key.length <= 64 ? key : createHash('sha256').update(key).digest('base64url')
}
