/** Invenio's content negotiated view, whole: serializers by method and type, formats, a fallback, errors, ETags and dates. */
import { abort, created, RestBlueprint } from 'mazurka'
import { Api } from 'mazurka/api'
import { csv, fieldErrors, json } from 'mazurka/renderers'
import polka from 'polka'
import { z } from 'zod'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'

const Metadata = z.object({ title: z.string().min(1), authors: z.array(z.string()).min(1) })

interface Entry extends z.infer<typeof Metadata> {
  readonly id: number
  readonly revision: number
  readonly updated: Date
}
const first = { id: 1, revision: 1, title: 'On Media Types', authors: ['Ada Nowak', 'Jan Kos'] }
const records = new Map<number, Entry>([[1, { ...first, updated: new Date('2026-03-01T12:00:00Z') }]])
const save = (id: number, metadata: z.infer<typeof Metadata>): Entry => {
  const entry = { id, revision: (records.get(id)?.revision ?? 0) + 1, ...metadata, updated: new Date() }
  records.set(id, entry)
  return entry
}

// serializers: the first one is the default, '*/*' the fallback
const brief = {
  'application/vnd.records.brief+json': ({ id, title }: Entry) => JSON.stringify({ id, title }),
}
const serializers = {
  'application/json': json(),
  ...brief,
  'text/x-citation': ({ authors, title }: Entry) => `${authors.join(', ')}: ${title}\n`,
  '*/*': json(),
}
const etag = {
  current: ({ params }: { params: { id: number } }) => records.get(params.id),
  data: ({ revision }: Entry) => revision,
  lastModified: ({ updated }: Entry) => updated,
}

const api = new RestBlueprint('records', {
  formats: { json: 'application/json', cite: 'text/x-citation', csv: 'text/csv' },
})

api.get('/', { outgoing: { 'application/json': json(), 'text/csv': csv() } }, () => [...records.values()])
api.post('/', { body: Metadata, outgoing: { ...brief, 'application/json': json() } }, ({ body }) => {
  const entry = save(records.size + 1, body)
  return created(`/records/${entry.id}`, entry)
})
api.get(
  '/<int:id>',
  { outgoing: serializers, etag },
  ({ current }) => current ?? abort(404, 'No such record'),
)
api.put('/<int:id>', { body: Metadata, outgoing: serializers, etag }, ({ params, body }) =>
  save(params.id, body),
)
api.get('/report', () => {
  throw new Error('The index is gone') // stays in the log
})

export const app = polka().use(startPage('records', { documentation: '/docs' }))
const root = new Api(app, {
  title: 'Records',
  version: '1.0.0',
  logger: { error: () => {} }, // this is an example
  onError: () => 'report-7', // an error tracker's
})
root.root.exceptionRenderer = fieldErrors()
root.registerBlueprint(api, { prefix: '/records' })

if (process.argv[1] === import.meta.filename) serve('records', app)
