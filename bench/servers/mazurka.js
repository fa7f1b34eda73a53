/** Mazurka: a blueprint with one declaration per job. */
import polka from 'polka'
import { importEntry } from '../mazurka.js'
import { NewReading, Reading, readingOf, readings, table } from '../work.js'

const { abort, arrayPager, RestBlueprint, serializeResponse } = await importEntry('index')
const { csv } = await importEntry('renderers')

export function start() {
  const api = new RestBlueprint('bench')
  api.outgoing.addMimetype('text/csv')
  api.contentRenderer.renders('text/csv', csv())

  api.get('/hello/:id', ({ params }) => ({ hello: 'world', id: params.id }))
  api.get('/readings', () => readings)
  api.post('/readings', ({ body }) =>
    serializeResponse(readingOf(body) ?? abort(422, 'Not a reading'), { status: 201 }),
  )
  api.post('/checked', { body: NewReading, response: { 201: Reading } }, ({ body }) => ({ id: 101, ...body }))
  api.get('/table', { paginate: arrayPager, etag: true, outgoing: ['application/json'] }, () => table)
  api.get('/missing/:id', () => abort(404, 'No such reading'))

  const app = polka()
  api.register(app)
  return app.listen(0, '127.0.0.1').server
}
