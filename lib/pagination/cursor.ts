/**
 * Cursors: the position where a client stopped reading, signed so that only the server can create them.
 *
 *     seal({ after: 41 }, secret)  →  'AaJ0…'  →  GET /readings?cursor=AaJ0…  →  unseal  →  { value: { after: 41 } }
 *
 * A version byte, 128 bits of HMAC-SHA256 and JSON, in base64url. Signed, not encrypted: clients can read the
 * value.
 *
 * RFC 4648 §5 (base64url), RFC 2104 §5 (truncated HMAC).
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

const VERSION = 1
const MAC_BYTES = 16
const MAX_LENGTH = 4096

/**
 * Encodes and signs a value as a cursor. Include everything that the position depends on, such as the sort
 * order.
 *
 * @throws {TypeError} for a value that JSON cannot represent, a cursor of more than 4,096 characters, and an
 * empty secret.
 */
export function seal(value: unknown, secret: string): string {
  const json = JSON.stringify(value)
  if (json === undefined) throw new TypeError(`A cursor cannot hold ${String(value)}`)
  const content = Buffer.from(json)
  const text = Buffer.concat([Buffer.of(VERSION), macOf(content, secret), content]).toString('base64url')
  if (text.length > MAX_LENGTH)
    throw new TypeError(`A cursor has at most ${MAX_LENGTH} characters, not ${text.length}`)
  return text
}

/**
 * Verifies a cursor, and decodes its value. Undefined unless it was sealed with the secret.
 *
 * @throws {TypeError} for an empty secret.
 */
export function unseal(text: string, secret: string): { value: unknown } | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const bytes = Buffer.from(text, 'base64url')
  if (bytes[0] !== VERSION || bytes.length <= 1 + MAC_BYTES) return undefined
  if (bytes.toString('base64url') !== text) return undefined // RFC 4648 §3.5: other spellings of the same bytes
  const content = bytes.subarray(1 + MAC_BYTES)
  if (!timingSafeEqual(bytes.subarray(1, 1 + MAC_BYTES), macOf(content, secret))) return undefined
  return { value: JSON.parse(content.toString()) }
}

/** The signature. Its prefix is for cursors alone: other values signed with the secret are no cursors. */
function macOf(content: Buffer, secret: string): Buffer {
  if (secret === '') throw new TypeError('A cursor needs a secret that is not empty')
  return createHmac('sha256', secret)
    .update(`mazurka cursor ${VERSION}\n`)
    .update(content)
    .digest()
    .subarray(0, MAC_BYTES)
}
