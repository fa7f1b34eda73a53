/**
 * Algorithms of signatures, and the keys that they fit.
 *
 * RFC 7518 §3.1 (algorithms), §3.2 (length of secrets), §3.3 (length of RSA keys), RFC 8725 §3.1 (the server chooses the algorithm, not the token).
 */
import { createPublicKey, createSecretKey, KeyObject, type webcrypto } from 'node:crypto'

/** A secret of bytes (HS*), or a public key: a KeyObject, a CryptoKey, a JWK or PEM text. */
export type SigningKey = Uint8Array | KeyObject | webcrypto.CryptoKey | webcrypto.JsonWebKey | string

const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^HS(256|384|512)$/, 'secret'],
  [/^(RS|PS)(256|384|512)$/, 'rsa'],
  [/^ES256$/, 'ec prime256v1'],
  [/^ES384$/, 'ec secp384r1'],
  [/^ES512$/, 'ec secp521r1'],
  [/^(EdDSA|Ed25519)$/, 'ed25519'],
]

/** @throws {TypeError} without algorithms, and for an unknown one, `none` among them. */
export function checkAlgorithms(algorithms: unknown): asserts algorithms is readonly string[] {
  if (!Array.isArray(algorithms) || algorithms.length === 0)
    throw new TypeError(`bearer needs algorithms: a list such as ['RS256']; it has no default`)
  const odd = algorithms.find((name) => !TYPES.some(([pattern]) => pattern.test(String(name))))
  if (odd !== undefined) throw new TypeError(`bearer cannot have the algorithm ${JSON.stringify(odd)}`)
}

/** Whether an algorithm takes a shared secret. */
export function isSymmetric(algorithm: string): boolean {
  return algorithm.startsWith('HS')
}

/** The reason not to verify signatures with a private key. */
export const IS_PRIVATE = 'is private: whoever reads it can sign tokens'

/**
 * @throws {TypeError} for a key that is private, of another purpose or not valid, does not fit one of the algorithms, or is
 * too short for it.
 */
export function signingKeyOf(key: SigningKey, algorithms: readonly string[]): KeyObject {
  if (isPrivate(key)) throw new TypeError(`bearer has a key that ${IS_PRIVATE}`)
  if (!isForVerifying(key)) throw new TypeError('bearer has a key that is not for signatures')
  const { alg } = Object(key) as { readonly alg?: unknown }
  if (alg !== undefined && !algorithms.includes(alg as string))
    throw new TypeError(`bearer has a key for ${alg}, which is not one of ${algorithms.join(', ')}`)
  const object = keyObjectOf(key)
  for (const algorithm of algorithms) {
    if (!fits(object, algorithm))
      throw new TypeError(`bearer cannot verify ${algorithm} with a key of the type ${typeOf(object)}`)
    const fault = keyFault(object, algorithm)
    if (fault) throw new TypeError(`bearer has a key that ${fault}`)
  }
  return object
}

/** Whether a key is private, so that it can sign: `createPublicKey` would derive the public key from it. */
function isPrivate(key: SigningKey): boolean {
  if (typeof key === 'string') return key.includes('PRIVATE KEY-----') // RFC 7468 §10, and PKCS #1
  const { type, d } = Object(key) as { readonly type?: unknown; readonly d?: unknown }
  return type === 'private' || d !== undefined
}

/** Whether a JWK or a CryptoKey is for the verification of signatures. RFC 7517 §4.2 (`use`), §4.3 (`key_ops`). */
export function isForVerifying(key: unknown): boolean {
  const { use, key_ops: operations, usages = operations } = Object(key) as Readonly<Record<string, unknown>>
  return (use === undefined || use === 'sig') && (!Array.isArray(usages) || usages.includes('verify'))
}

/** Whether a key has the type of an algorithm. */
export function fits(key: KeyObject, algorithm: string): boolean {
  const type = typeOf(key)
  return TYPES.some(([pattern, fitting]) => pattern.test(algorithm) && fitting === type)
}

/** The reason why a key is too short for an algorithm (RFC 7518 §3.2, §3.3); undefined where it is not. */
export function keyFault(key: KeyObject, algorithm: string): string | undefined {
  const needed = isSymmetric(algorithm) ? Number(algorithm.slice(2)) : 2048
  const bits = isSymmetric(algorithm)
    ? (key.symmetricKeySize ?? 0) * 8
    : (key.asymmetricKeyDetails?.modulusLength ?? needed)
  return bits < needed ? `has ${bits} bits; ${algorithm} needs at least ${needed}` : undefined
}

function typeOf({ type, asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  if (type === 'secret') return type
  return [asymmetricKeyType, asymmetricKeyDetails?.namedCurve].filter(Boolean).join(' ')
}

function keyObjectOf(key: SigningKey): KeyObject {
  try {
    if (key instanceof Uint8Array) return createSecretKey(key)
    if (key instanceof KeyObject) return key
    if (isCryptoKey(key)) return KeyObject.from(key)
    if (typeof key === 'string') return createPublicKey(key)
    if (key.kty === 'oct') return createSecretKey(Buffer.from(String(key.k), 'base64url'))
    return createPublicKey({ key: { ...key }, format: 'jwk' })
  } catch (cause) {
    throw new TypeError('bearer has a key that is not valid', { cause })
  }
}

function isCryptoKey(key: object | string): key is webcrypto.CryptoKey {
  return Object.prototype.toString.call(key) === '[object CryptoKey]'
}
