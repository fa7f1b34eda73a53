/** A list of numbered items, and an app that serves it in pages. */
import { csv, ndjson } from '../../lib/renderers.ts'
import { type TestAppOptions, testApp } from './test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: specs try options that the compiler refuses
type Any = any

export const numbers = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index }))
export const ids = (body: Any) => body.map(({ id }: { id: number }) => id)

const renderers = { 'text/csv': csv(), 'application/x-ndjson': ndjson() }

/** Serves `GET /list` with any options and any handler. */
export async function listApp(options: Any, handler: (request: Any) => Any, settings: TestAppOptions = {}) {
  const app = await testApp((api) => api.get('/list', { name: 'list', ...options }, handler as Any), {
    renderers,
    ...settings,
  })
  const get = async (query = '', fields: Record<string, string> = {}, method = 'GET') => {
    const reply = await app.ask(`${method} /list${query}`, fields)
    const { headers } = reply
    return Object.assign(reply, { page: headers.get('x-pagination'), link: headers.get('link') })
  }
  return { ...app, get }
}

/** A handler that sets the count and returns the items of the page. */
export const slicing =
  (count: number) =>
  ({ pagination }: Any) => {
    pagination.itemCount = count
    return numbers(count).slice(pagination.firstItem, pagination.lastItem + 1)
  }
