/** Errors are negotiated like data: problem+json first, a page for people, and what you teach them. */
import { abort, HttpException, RestBlueprint } from 'mazurka'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'

/** A class of one's own is a status, a detail, and whatever else the client should know. */
class SoldOut extends HttpException {
  constructor(title: string, next: Date) {
    super(409, `${title} is sold out`, { type: 'https://concerts.example/problems/sold-out', next })
  }
}

class DatabaseError extends Error {}

const api = new RestBlueprint('concerts', { logger: { error: () => {} } }) // tells nobody: this is an example

api.get('/abort', () => abort(404, 'No such concert'))

api.get('/sold-out', () => {
  throw new SoldOut('Opus 17', new Date('2026-12-08T19:00:00Z'))
})

api.get('/secret', () =>
  abort(401, 'Who are you?', { headers: { 'www-authenticate': 'Basic realm="concerts"' } }),
)

api.get('/bug', () => {
  throw new Error('password=hunter2') // stays in the log
})

api.get('/database', () => {
  throw new DatabaseError('connection refused')
})

// what a handler for errors returns is serialized with the error's status, unless it is an error itself
api.errorHandler(
  DatabaseError,
  () => new HttpException(503, 'Come back later', { headers: { 'retry-after': '30' } }),
)

// a shape of one's own for one type: this is Invenio's
api.exceptionRenderer.renders('application/vnd.invenio+json', (error) => {
  const { status, message } = error as HttpException
  return JSON.stringify({ status, message })
})

export const app = polka().use(startPage('errors'))
api.register(app, { prefix: '/api' })

if (process.argv[1] === import.meta.filename) serve('errors', app)
