/**
 * The public keys of an identity provider, as it publishes them. Keys stay in use while the provider cannot be
 * reached.
 *
 * RFC 7517 §5 (JWK Set).
 */
import type { KeyObject } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { ServiceUnavailable } from '../exceptions/server-errors.ts'
import { Exchange } from '../walk/exchange.ts'
import { logTo } from '../walk/log.ts'
import { fetchJson } from './fetch-json.ts'
import { type KeyHint, KeySet } from './key-set.ts'
import { unavailable } from './unavailable.ts'

/** Shortest time between two requests because of unknown keys, or after a failure. */
const REFETCH_MILLISECONDS = 60_000
/** Shortest time between two requests while there are no keys at all. */
const RETRY_MILLISECONDS = 5_000

interface JwksOptions {
  readonly url: URL
  readonly timeoutSeconds: number
  /** Age from which keys are fetched again. */
  readonly cacheSeconds: number
  readonly algorithms: readonly string[]
}

export class Jwks {
  readonly #options: JwksOptions
  #keys: KeySet | undefined
  /** The faults of keys that were reported last. */
  #reported = ''
  #fetchedAt = Number.NEGATIVE_INFINITY
  #triedAt = Number.NEGATIVE_INFINITY
  /** The error of the last request; undefined after a success. */
  #error: unknown
  #pending: Promise<void> | undefined

  constructor(options: JwksOptions) {
    this.#options = options
  }

  /**
   * The keys that a token may be signed with; none for an unknown key.
   *
   * @throws {ServiceUnavailable} 503, when the key is not known and the provider cannot be asked.
   */
  async find(hint: KeyHint, request: IncomingMessage): Promise<readonly KeyObject[]> {
    const isOld = performance.now() - this.#fetchedAt > this.#options.cacheSeconds * 1000
    if (isOld) {
      const hadError = this.#error !== undefined
      const pending = hadError ? this.#refresh(request) : this.#fetch(request)
      if (!this.#keys || !hadError) await pending // else the known keys are used without waiting
    }
    if (!this.#keys) throw this.#unavailable()
    const found = this.#keys.find(hint)
    if (found.length > 0) return found
    await this.#refresh(request)
    if (this.#error !== undefined) throw this.#unavailable()
    return this.#keys.find(hint)
  }

  /** Fetches the keys, unless that was tried a short time ago. */
  #refresh(request: IncomingMessage): Promise<void> | undefined {
    const wait = this.#keys ? REFETCH_MILLISECONDS : RETRY_MILLISECONDS
    if (performance.now() - this.#triedAt < wait) return this.#pending
    return this.#fetch(request)
  }

  /** Fetches the keys; concurrent calls share one request. Never rejects. */
  #fetch(request: IncomingMessage): Promise<void> {
    if (this.#pending) return this.#pending
    this.#triedAt = performance.now()
    this.#pending = this.#load(request).finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  async #load(request: IncomingMessage): Promise<void> {
    const { url, timeoutSeconds, algorithms } = this.#options
    try {
      const headers = { accept: 'application/json' }
      const keys = KeySet.of(await fetchJson('The JWKS server', url, timeoutSeconds, { headers }), algorithms)
      if (!keys) throw new Error('The JWKS server sends no JWK Set')
      const faults = keys.faults.join('; ')
      if (faults !== '' && keys.isEmpty) throw new Error(`The JWKS server sends no valid key. ${faults}`)
      this.#keys = keys
      this.#fetchedAt = performance.now()
      this.#error = undefined
      this.#reportFaults(request, faults)
    } catch (error) {
      this.#error = error
      if (this.#keys) report(request, `The keys at ${this.#place} cannot be fetched`, error)
    }
  }

  /** Reports keys that are ignored, once. */
  #reportFaults(request: IncomingMessage, faults: string): void {
    if (faults !== '' && faults !== this.#reported)
      report(request, `Keys at ${this.#place} are ignored`, new Error(faults))
    this.#reported = faults
  }

  get #place(): string {
    const { origin, pathname } = this.#options.url
    return origin + pathname
  }

  #unavailable(): ServiceUnavailable {
    return unavailable(this.#error, (this.#keys ? REFETCH_MILLISECONDS : RETRY_MILLISECONDS) / 1000)
  }
}

/** Writes a failure that no client sees to the log of the endpoint. */
function report(request: IncomingMessage, message: string, error: unknown): void {
  const endpoint = Exchange.of(request)?.endpoint
  logTo(endpoint?.logger ?? console, message, error, endpoint ? { endpoint: endpoint.name } : {})
}
