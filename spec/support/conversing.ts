/** Short questions to a blueprint, and short answers. */
import { type Blueprint, type BlueprintOptions, RestBlueprint } from '../../lib/index.ts'
import { csv } from '../../lib/renderers.ts'
import { quiet } from './logger.ts'
import type { AnyPolka } from './polka.ts'
import { serve } from './server.ts'

/** Serves a blueprint; `ask('PUT /x', fields, data)` sends the data as JSON, text as it is. */
export async function asking(polka: AnyPolka, api: Blueprint) {
  const app = polka()
  api.register(app)
  const served = await serve(app)
  const ask = async (line: string, headers: Record<string, string> = {}, data?: unknown) => {
    const [method = 'GET', path = '/'] = line.split(' ')
    const body = data === undefined || typeof data === 'string' ? data : JSON.stringify(data)
    const type = body === undefined ? undefined : { 'content-type': 'application/json' }
    const init = { method, headers: { ...type, ...headers }, ...(body === undefined ? {} : { body }) }
    const answer = await served.fetch(path, init)
    const text = await answer.text()
    return { status: answer.status, tag: answer.headers.get('etag') ?? '', headers: answer.headers, text }
  }
  const status = async (...question: Parameters<typeof ask>) => (await ask(...question)).status
  return { ...served, ask, status }
}

/** A blueprint that answers JSON and CSV, in development. */
export async function askingFor(
  polka: AnyPolka,
  say: (api: RestBlueprint) => void,
  options: BlueprintOptions = {},
) {
  const logger = quiet()
  const api = new RestBlueprint('api', { logger, development: true, ...options })
  api.outgoing.addMimetype('text/csv')
  api.contentRenderer.renders('text/csv', csv())
  say(api)
  return { api, logger, ...(await asking(polka, api)) }
}
