/** Conditional requests: what a client has is not sent again, what it has not seen is not overwritten. */
import { abort, created, RestBlueprint } from 'mazurka'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'

interface Note {
  readonly text: string
  readonly changed: Date
}

const notes = new Map<string, Note>([
  ['first', { text: 'Buy milk', changed: new Date('2026-06-01T12:00:00Z') }],
])

let version = 1

const api = new RestBlueprint('notes')

// the tag is made of what is sent: saves the way, not the work
api.get('/notes', { etag: true }, () => [...notes.keys()])

// says where the state is: preconditions are looked at before the handler runs
const etag = {
  current: ({ params }: { params: { name: string } }) => notes.get(params.name),
  lastModified: (note: Note) => note.changed,
}

api.get(
  '/notes/:name',
  { name: 'show', etag },
  ({ current }) => current ?? abort(404, 'There is no such note'),
)

api.put('/notes/:name', { name: 'write', etag }, ({ params, body, current }) => {
  const note = { text: String(body), changed: new Date('2026-06-02T12:00:00Z') } // in earnest: now
  notes.set(params.name, note)
  version++
  return current ? note : created(api.urlFor('show', params), note)
})

// or the handler looks by itself, where only it knows the state
api.delete('/notes/:name', { name: 'remove', etag: true, status: 204 }, ({ params, checkEtag }) => {
  checkEtag(notes.get(params.name)) // throws a 412
  version++
  notes.delete(params.name)
})

// a tag of something that is known before the work is done
api.get('/report', { etag: true }, function report({ setEtag }) {
  setEtag(version) // throws a 304
  return { letters: [...notes.values()].reduce((sum, { text }) => sum + text.length, 0) }
})

export const app = polka().use(startPage('conditional'))
api.register(app)

if (process.argv[1] === import.meta.filename) serve('conditional', app)
