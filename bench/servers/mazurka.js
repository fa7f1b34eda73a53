/** Mazurka: a blueprint with one declaration per job. */
import { createServer } from 'node:http'
import { importEntry } from '../mazurka.js'
import { NewReading, newReading, Reading, Rows, reading, rows } from '../schemas.js'
import { JSON_TYPE, readingOf, readings, table } from '../work.js'

const { abort, arrayPager, RestBlueprint, serializeResponse } = await importEntry('index')
const { csv } = await importEntry('renderers')
const { jsonSchema } = await importEntry('json-schema')

/** @param variant the package of the app: `polka`, or `polka-next`; `handler`: no app, the handler alone. */
export async function start(variant) {
  const api = new RestBlueprint('bench')
  api.outgoing.addMimetype('text/csv')
  api.contentRenderer.renders('text/csv', csv())

  api.get('/hello/:id', ({ params }) => ({ hello: 'world', id: params.id }))
  api.get('/readings', () => readings)
  api.post('/readings', ({ body }) =>
    serializeResponse(readingOf(body) ?? abort(422, 'Not a reading'), { status: 201 }),
  )
  api.post('/checked', { body: NewReading, response: { 201: Reading } }, ({ body }) => ({ id: 101, ...body }))
  api.post(
    '/checked-json',
    { body: jsonSchema(newReading), response: { 201: jsonSchema(reading) } },
    ({ body }) => ({ id: 101, ...body }),
  )
  const outgoing = [JSON_TYPE]
  api.get('/table', { paginate: arrayPager, etag: true, outgoing }, () => table)
  const etag = { current: ({ params }) => table[params.id - 1] ?? abort(404, 'No such reading') }
  api.get('/states/<int:id>', { etag, outgoing }, ({ current }) => current)
  api.get('/rows', { response: Rows, outgoing }, () => readings)
  api.get('/rows-json', { response: jsonSchema(rows), outgoing }, () => readings)
  api.get('/missing/:id', () => abort(404, 'No such reading'))

  if (variant === 'handler') return createServer(api.handler).listen(0, '127.0.0.1')
  const { default: polka } = await import(variant || 'polka')
  const app = polka()
  api.register(app)
  return app.listen(0, '127.0.0.1').server
}
