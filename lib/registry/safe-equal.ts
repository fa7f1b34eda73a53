/** Comparison of secrets in a time that tells nothing about them. */
import { hash, timingSafeEqual } from 'node:crypto'

type Secret = string | Uint8Array | undefined

/** Texts of up to so many characters are compared as they are, in buffers that are filled up with zeros. */
const MAX_LENGTH = 128
const left = /* @__PURE__ */ Buffer.alloc(3 * MAX_LENGTH)
const right = /* @__PURE__ */ Buffer.alloc(3 * MAX_LENGTH)

/**
 * Whether a value that a client sent is a secret, compared in a time that does not depend on where they differ.
 * Long values and bytes are compared over SHA-256 hashes.
 *
 *     safeEqual(password, process.env.PASSWORD)
 *
 * @returns False where one of them is undefined, after the same time.
 */
export function safeEqual(given: Secret, secret: Secret): boolean {
  const isEqual = haveSameContent(given ?? '', secret ?? '')
  return isEqual && given !== undefined && secret !== undefined
}

function haveSameContent(given: string | Uint8Array, secret: string | Uint8Array): boolean {
  return isShort(given) && isShort(secret) ? haveSameText(given, secret) : haveSameHash(given, secret)
}

function isShort(secret: string | Uint8Array): secret is string {
  return typeof secret === 'string' && secret.length <= MAX_LENGTH
}

function haveSameText(given: string, secret: string): boolean {
  const [length, expected] = [left.write(given), right.write(secret)]
  left.fill(0, length)
  right.fill(0, expected)
  return timingSafeEqual(left, right) && length === expected
}

function haveSameHash(given: string | Uint8Array, secret: string | Uint8Array): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', secret, 'buffer'))
}
