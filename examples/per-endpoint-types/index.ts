/** Which types an endpoint takes and gives: in its options, or in the maps, by its name. */
import { RestBlueprint } from 'mazurka'
import { csv, markdown } from 'mazurka/renderers'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'

const songs = [
  { title: 'Mazurek Dąbrowskiego', year: 1797 },
  { title: 'Oda do młodości', year: 1820 },
]

const api = new RestBlueprint('songs')
api.contentRenderer.renders('text/csv', csv()).renders('text/markdown', markdown())

// null stands for the default types: this one answers JSON, and CSV as well
api.get('/songs', { name: 'query', outgoing: [null, 'text/csv'] }, () => songs)

// these types only, the preferred one first
api.get('/charts', { name: 'charts', outgoing: ['text/markdown', 'text/csv'] }, () => songs)

// a renderer for this endpoint alone
api.get('/count', { outgoing: { 'text/plain': (data) => `${data} songs\n` } }, function count() {
  return songs.length
})

// takes text, gives the default types
api.post('/songs', { incoming: ['text/plain'] }, function upload({ body }) {
  return { title: body }
})

// the same through the maps, at any time: the next request sees it
api.outgoing.addMimetype('text/markdown', 'query')

export const app = polka().use(startPage('per-endpoint-types'))
api.register(app)

if (process.argv[1] === import.meta.filename) serve('per-endpoint-types', app)
