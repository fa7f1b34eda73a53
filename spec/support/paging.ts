/** A list of numbers, in pages. */
import { type BlueprintOptions, RestBlueprint } from '../../lib/index.ts'
import { csv, ndjson } from '../../lib/renderers.ts'
import { quiet } from './logger.ts'
import { polka } from './polka.ts'
import { serve } from './server.ts'

// biome-ignore lint/suspicious/noExplicitAny: what the compiler would refuse is what is tried here
type Any = any

export const numbers = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index }))
export const ids = (body: Any) => body.map(({ id }: { id: number }) => id)

/** `GET /list?…` of one endpoint. */
export async function paging(
  options: Any,
  handler: (request: Any) => Any,
  settings: BlueprintOptions = {},
  app = polka(),
) {
  const logger = quiet()
  const api = new RestBlueprint('api', { logger, ...settings })
  api.outgoing.addMimetype('text/csv').addMimetype('application/x-ndjson')
  api.contentRenderer.renders('text/csv', csv()).renders('application/x-ndjson', ndjson())
  api.get('/list', { name: 'list', ...options }, handler as Any)
  api.register(app)
  const served = await serve(app)
  const get = async (query = '', init: RequestInit = {}) => {
    const answer = await served.fetch(`/list${query}`, init)
    const text = await answer.text()
    const type = answer.headers.get('content-type') ?? ''
    return {
      status: answer.status,
      fields: answer.headers,
      page: answer.headers.get('x-pagination'),
      link: answer.headers.get('link'),
      text,
      body: type.includes('json') && !type.includes('ndjson') && text ? JSON.parse(text) : undefined,
    }
  }
  return { ...served, get, logger }
}

/** Slices by itself. */
export const slicing =
  (count: number) =>
  ({ pagination }: Any) => {
    pagination.itemCount = count
    return numbers(count).slice(pagination.firstItem, pagination.lastItem + 1)
  }
