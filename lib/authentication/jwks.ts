/**
 * The public keys of an identity provider, as it publishes them. Keys stay in use while the provider cannot be
 * reached.
 *
 * RFC 7517 §5 (JWK Set).
 */
import type { IncomingMessage } from 'node:http'
import { ServiceUnavailable } from '../exceptions/server-errors.ts'
import { Exchange } from '../walk/exchange.ts'
import { logTo } from '../walk/log.ts'

/** Finds the key of a token by its header. @throws an error with the code `ERR_JWKS_NO_MATCHING_KEY` without one. */
export type KeyFinder = (header: unknown, token: unknown) => Promise<unknown>

/** Shortest time between two requests because of unknown keys. */
const REFETCH_MILLISECONDS = 60_000
/** The same while there are no keys at all. */
const RETRY_MILLISECONDS = 5_000

export interface JwksOptions {
  readonly url: URL
  readonly timeoutSeconds: number
  /** Age from which keys are fetched again. */
  readonly cacheSeconds: number
  /** Makes a finder from a JWK Set. @throws for an invalid one. */
  readonly finderOf: (jwks: object) => KeyFinder
}

export class Jwks {
  readonly #options: JwksOptions
  #find: KeyFinder | undefined
  #fetchedAt = Number.NEGATIVE_INFINITY
  #triedAt = Number.NEGATIVE_INFINITY
  /** The error of the last request; undefined after a success. */
  #error: unknown
  #pending: Promise<void> | undefined

  constructor(options: JwksOptions) {
    this.#options = options
  }

  /**
   * The key of a token.
   *
   * @throws {ServiceUnavailable} 503, when the key is not known and the provider cannot be asked.
   */
  async find(header: unknown, token: unknown, request: IncomingMessage): Promise<unknown> {
    const isOld = performance.now() - this.#fetchedAt > this.#options.cacheSeconds * 1000
    if (isOld) {
      const hadError = this.#error !== undefined
      const pending = this.#refresh(request)
      if (!this.#find || !hadError) await pending // else the known keys are used without waiting
    }
    const find = this.#find
    if (!find) throw this.#unavailable()
    try {
      return await find(header, token)
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_JWKS_NO_MATCHING_KEY') throw error
      await this.#refresh(request)
      if (this.#error !== undefined) throw this.#unavailable()
      if (this.#find === find) throw error
      return this.#find?.(header, token)
    }
  }

  /** Fetches the keys, unless that was tried a short time ago; concurrent calls share one request. Never rejects. */
  #refresh(request: IncomingMessage): Promise<void> | undefined {
    if (this.#pending) return this.#pending
    const now = performance.now()
    if (now - this.#triedAt < (this.#find ? REFETCH_MILLISECONDS : RETRY_MILLISECONDS)) return undefined
    this.#triedAt = now
    this.#pending = this.#load(request).finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  async #load(request: IncomingMessage): Promise<void> {
    const { url, timeoutSeconds, finderOf } = this.#options
    try {
      const signal = AbortSignal.timeout(timeoutSeconds * 1000)
      const response = await fetch(url, {
        headers: { accept: 'application/json' },
        signal,
        redirect: 'error',
      })
      if (response.status !== 200) throw new Error(`The JWKS server responds with ${response.status}`)
      this.#find = finderOf((await response.json()) as object)
      this.#fetchedAt = performance.now()
      this.#error = undefined
    } catch (error) {
      this.#error = error
      if (this.#find) report(request, `The keys at ${url.origin}${url.pathname} cannot be fetched`, error)
    }
  }

  #unavailable(): ServiceUnavailable {
    const seconds = (this.#find ? REFETCH_MILLISECONDS : RETRY_MILLISECONDS) / 1000
    return new ServiceUnavailable('Access tokens cannot be verified at present', {
      headers: { 'retry-after': String(seconds) },
      cause: this.#error,
    })
  }
}

/** Writes a failure that no client sees to the log of the endpoint. */
function report(request: IncomingMessage, message: string, error: unknown): void {
  const endpoint = Exchange.of(request)?.endpoint
  logTo(endpoint?.logger ?? console, message, error, endpoint ? { endpoint: endpoint.name } : {})
}
