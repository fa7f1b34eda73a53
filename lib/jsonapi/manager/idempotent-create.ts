/** Creations with an `Idempotency-Key`. */
import { jsonText } from '../../json/json-text.ts'
import { type Representation, serializeResponse } from '../../walk/representation.ts'
import { runOnce, type StoredResponse } from '../write/idempotency.ts'
import type { ApiCall } from './api-call.ts'

/** The response of `run`, or the stored one of an earlier request with the same key. */
export async function runIdempotently(
  { manager, request, scope }: ApiCall,
  run: () => Promise<Representation>,
): Promise<Representation> {
  const { idempotency } = manager.options
  const key = request.headers['idempotency-key']
  if (!idempotency || typeof key !== 'string') return run()
  const { authorization } = request.headers
  const once = {
    key,
    ...(authorization === undefined ? {} : { client: authorization }),
    method: request.method ?? 'POST',
    url: request.originalUrl,
    document: request.body,
  }
  const options = idempotency === true ? {} : idempotency
  return representationOf(await runOnce(scope, once, async () => storedOf(await run()), options))
}

function storedOf({ data, options }: Representation): StoredResponse {
  const headers = Object.fromEntries(new Headers(options.headers as Record<string, string>))
  return { status: options.status ?? 200, headers, body: jsonText(data) }
}

function representationOf({ status, headers, body = '' }: StoredResponse): Representation {
  return serializeResponse(JSON.parse(body), { status, headers, renderer: () => body })
}
