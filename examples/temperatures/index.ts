/**
 * The classic: temperatures as JSON or CSV, and an upload. Handlers return data; which type a client gets
 * is its own choice.
 */
import { abort, RestBlueprint, serializeResponse } from 'mazurka'
import { csv } from 'mazurka/renderers'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'
import { store } from './store.ts'

const api = new RestBlueprint('temperatures')

api.outgoing.addMimetype('text/csv') // every endpoint may also answer CSV
api.contentRenderer.renders('text/csv', csv()) // …rendered by this

api.get('/temperatures', function query() {
  return store.all()
})

api.get('/temperatures/<int:id>', function show({ params }) {
  return store.get(params.id) ?? abort(404, `There is no reading ${params.id}`)
})

api.post('/temperatures', function upload({ body }) {
  const added = store.add(readingOf(body))
  return serializeResponse(added, { status: 201, headers: { location: api.urlFor('show', added) } })
})

/** What the content must be. All that is wrong with it is told at once. */
function readingOf(body: unknown): { city: string; celsius: number } {
  const { city, celsius } = (body ?? {}) as Record<string, unknown>
  const errors = [
    ...(typeof city === 'string' && city !== '' ? [] : [{ detail: 'A city is a text', pointer: '#/city' }]),
    ...(typeof celsius === 'number' ? [] : [{ detail: 'A temperature is a number', pointer: '#/celsius' }]),
  ]
  if (errors.length > 0) abort(422, 'This is no reading', { errors })
  return { city: String(city), celsius: Number(celsius) }
}

export const app = polka().use(startPage('temperatures'))
api.register(app, { prefix: '/api' })

if (process.argv[1] === import.meta.filename) serve('temperatures', app)
