/** Mazurka on Polka, with an Api. */
import polka from 'polka'
import { z } from 'zod'
import { importEntry } from '../../mazurka.js'
import { column } from '../column.js'
import { brokenStream, City, change, report, state, stream } from '../data.js'

const { abort, RestBlueprint } = await importEntry('index')
const { csv, ndjson } = await importEntry('renderers')
const { Api } = await importEntry('api')

async function start() {
  const pets = new RestBlueprint('compare', { logger: { error() {}, warn() {}, info() {} } })
  pets.contentRenderer.renders('text/csv', csv()).renders('application/x-ndjson', ndjson())
  const types = [null, 'text/csv']
  const lines = { outgoing: [null, 'text/csv', 'application/x-ndjson'] }

  pets.get(
    '/report',
    { outgoing: types, response: z.array(z.object({ id: z.int(), city: z.string() })) },
    () => report,
  )
  const incoming = [null, 'application/vnd.acme+json']
  pets.post('/report', { outgoing: types, incoming, status: 201 }, ({ body }) => change(body))
  pets.get('/plain', () => report)
  pets.post('/plain', { status: 201 }, ({ body }) => change(body))
  pets.get('/chosen', { outgoing: types }, () => report)
  pets.get('/missing', () => abort(404, 'No such thing'))
  pets.get('/stream', lines, () => stream())
  pets.get('/broken', lines, () => brokenStream())

  const body = z.object({ city: z.string(), celsius: z.number() })
  const query = z.object({ copies: z.int() })
  const validated = { body, query, response: body.extend({ copies: z.int() }) }
  pets.post('/validated', validated, (request) => ({ ...request.body, ...request.query, secret: 1 }))
  pets.post('/standard', { body: City }, (request) => request.body)

  const etag = { current: () => state }
  pets.get('/tagged', { etag }, ({ current }) => current)
  pets.put('/tagged', { etag }, (request) => change(request.body))

  const app = polka()
  new Api(app, { title: 'Comparison', version: '1.0.0' }).registerBlueprint(pets)
  await new Promise((resolve) => app.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${app.server.address().port}`, document: '/openapi.json', app }
}

await column({ title: 'Mazurka', packages: ['mazurka', 'polka'], start })
