/** A million rows, never in memory at once: as NDJSON, CSV, a JSON array or server-sent events. */
import { RestBlueprint } from 'mazurka'
import { csv, ndjson, sse } from 'mazurka/renderers'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'

const api = new RestBlueprint('measurements')
api.outgoing.setMimetypes(['application/x-ndjson', 'text/csv', 'application/json', 'text/event-stream'])
api.contentRenderer
  .renders('application/x-ndjson', ndjson())
  .renders('text/csv', csv())
  .renders('text/event-stream', sse())

// a handler may return any iterable of rows; a cursor of your database is one
api.get('/measurements', async function* measurements({ query }) {
  const count = Number(query.count ?? 1_000_000)
  for (let id = 1; id <= count; id++) yield { id, sensor: `s${id % 7}`, celsius: 20 + (id % 10) / 10 }
})

export const app = polka().use(startPage('streaming'))
api.register(app)

if (process.argv[1] === import.meta.filename) serve('streaming', app)
