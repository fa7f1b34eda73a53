/** Comparison of secrets in a time that tells nothing about them. */
import { hash, timingSafeEqual } from 'node:crypto'

/**
 * Whether two secrets are equal, compared over their SHA-256 hashes: of any length, in constant time.
 *
 *     safeEqual(password, process.env.PASSWORD)
 *
 * @returns False where one of them is undefined, after the same time.
 */
export function safeEqual(
  one: string | Uint8Array | undefined,
  other: string | Uint8Array | undefined,
): boolean {
  const isEqual = timingSafeEqual(digest(one), digest(other))
  return isEqual && one !== undefined && other !== undefined
}

function digest(secret: string | Uint8Array = ''): Uint8Array {
  return hash('sha256', secret, 'buffer')
}
