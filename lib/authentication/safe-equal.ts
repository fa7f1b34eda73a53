/** Comparison of secrets in a time that tells nothing about them. */
import { hash, timingSafeEqual } from 'node:crypto'
import { BoundedCache } from '../registry/bounded-cache.ts'

type Secret = string | Uint8Array | undefined

/** Digests of configured secrets, which are the same in each request. */
const digests = /* @__PURE__ */ new BoundedCache<Uint8Array>(digestOf)

/**
 * Whether a value that a client sent is a secret: compared over SHA-256 hashes, of any length, in constant time.
 *
 *     safeEqual(password, process.env.PASSWORD)
 *
 * @returns False where one of them is undefined, after the same time.
 */
export function safeEqual(given: Secret, secret: Secret): boolean {
  const digest = typeof secret === 'object' ? digestOf(secret) : digests.get(secret ?? '')
  const isEqual = timingSafeEqual(digestOf(given ?? ''), digest)
  return isEqual && given !== undefined && secret !== undefined
}

function digestOf(secret: string | Uint8Array): Uint8Array {
  return hash('sha256', secret, 'buffer')
}
