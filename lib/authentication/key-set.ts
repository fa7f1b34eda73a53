/**
 * A JWK Set: public keys, and which of them may have signed a token.
 *
 *     KeySet.of({ keys: [{ kty: 'RSA', kid: 'a', n, e }] }, ['RS256']).find({ alg: 'RS256', kid: 'a' })  →  one KeyObject
 *
 * RFC 7517 §5 (a recipient ignores keys that it cannot use).
 */
import { createPublicKey, type KeyObject, type webcrypto } from 'node:crypto'
import { fits, IS_PRIVATE, isForVerifying, keyFault } from './signing-key.ts'

/** The part of the header of a token that names its key. */
export interface KeyHint {
  readonly alg?: unknown
  readonly kid?: unknown
}

interface PublicKey {
  readonly kid: unknown
  readonly algorithms: readonly string[]
  readonly object: KeyObject
}

export class KeySet {
  readonly #keys: readonly PublicKey[]
  /** The keys that are ignored though they were made for one of the algorithms: a sentence each. */
  readonly faults: readonly string[]

  private constructor(keys: readonly PublicKey[], faults: readonly string[]) {
    this.#keys = keys
    this.faults = faults
  }

  /** @returns Undefined for a value that is not a JWK Set. */
  static of(set: unknown, algorithms: readonly string[]): KeySet | undefined {
    const { keys } = (set ?? {}) as { readonly keys?: unknown }
    if (!Array.isArray(keys)) return undefined
    const read = keys.map((jwk) => publicKeyOf(jwk, algorithms))
    return new KeySet(
      read.filter((one) => typeof one === 'object'),
      read.filter((one) => typeof one === 'string'),
    )
  }

  get isEmpty(): boolean {
    return this.#keys.length === 0
  }

  /** All keys that a token may be signed with: of its `kid`, or any where it has none. */
  find({ alg, kid }: KeyHint): KeyObject[] {
    const found = this.#keys.filter(
      (key) => key.algorithms.includes(alg as string) && (kid === undefined || key.kid === kid),
    )
    return found.map(({ object }) => object)
  }
}

/** A key, or its fault; undefined for a key of another purpose. */
function publicKeyOf(jwk: unknown, algorithms: readonly string[]): PublicKey | string | undefined {
  const { kid, kty, alg, d } = (jwk ?? {}) as Readonly<Record<string, unknown>>
  if (!isForVerifying(jwk)) return undefined
  const possible = alg === undefined ? algorithms : algorithms.filter((name) => name === alg)
  const isKnown = kty === undefined || ['RSA', 'EC', 'OKP'].includes(kty as string)
  if (possible.length === 0 || !isKnown) return undefined
  const name = kid === undefined ? 'A key of it' : `The key '${String(kid)}'`
  if (d !== undefined) return `${name} ${IS_PRIVATE}`
  try {
    const object = createPublicKey({ key: { ...(jwk as webcrypto.JsonWebKey) }, format: 'jwk' })
    const fitting = possible.filter((one) => fits(object, one))
    const fault = fitting.map((one) => keyFault(object, one)).find(Boolean)
    if (fault) return `${name} ${fault}`
    return fitting.length > 0 ? { kid, algorithms: fitting, object } : undefined
  } catch {
    return `${name} is malformed`
  }
}
