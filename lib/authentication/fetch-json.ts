/** Requests to authorization servers: for JSON, within a time, and never for more than 1 MiB. */

/** The server has answered with an error, or not with JSON. */
export class FetchError extends Error {
  override readonly name = 'FetchError'
  /** The field Retry-After of the server. */
  readonly retryAfter: string | undefined

  constructor(message: string, retryAfter?: string | null) {
    super(message)
    this.retryAfter = retryAfter ?? undefined
  }
}

const MAX_BYTES = 1_048_576

/**
 * The JSON that a server responds with.
 *
 * @param server subject of messages: `The JWKS server`.
 * @throws {Error} for another status than 200, a redirect, content that is too large or not JSON, and after the time.
 */
export async function fetchJson(
  server: string,
  url: string | URL,
  timeoutSeconds: number,
  init: RequestInit,
): Promise<unknown> {
  const signal = AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000))
  const response = await fetch(url, { ...init, signal, redirect: 'error' })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new FetchError(`${server} responds with ${response.status}`, response.headers.get('retry-after'))
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_BYTES)
      throw new FetchError(`${server} sends more than ${MAX_BYTES.toLocaleString('en')} bytes`)
    chunks.push(chunk)
  }
  return JSON.parse(new TextDecoder().decode(Buffer.concat(chunks)))
}
