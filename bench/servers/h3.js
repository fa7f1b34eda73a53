/** h3 on its Node adapter, with its helpers; its server limits the content. */
import accepts from 'accepts'
import { stringify } from 'csv-stringify/sync'
import {
  H3,
  HTTPError,
  HTTPResponse,
  handleCacheHeaders,
  readBody,
  readValidatedBody,
  requireContentType,
  serve,
} from 'h3'
import { createdByAjv, isNewReading, NewReading, Reading, rowsByAjv, rowsByZod } from '../schemas.js'
import {
  CSV_OPTIONS,
  CSV_TYPE,
  hashOf,
  JSON_TYPE,
  MAX_BODY_BYTES,
  PROBLEM_TYPE,
  problemFrom,
  readingOf,
  readings,
  stateOf,
  TYPES,
} from '../work.js'

export async function start() {
  const app = new H3({
    silent: true,
    onError: (error) => {
      const problem = problemFrom(error)
      const init = { status: problem.status, headers: { 'Content-Type': PROBLEM_TYPE } }
      return new HTTPResponse(JSON.stringify(problem), init)
    },
  })

  app.get('/hello/:id', ({ context }) => ({ hello: 'world', id: context.params.id }))

  app.get('/readings', (event) => {
    const type = accepts(event.runtime.node.req).type(TYPES)
    if (!type) throw new HTTPError({ status: 406, message: `Choose one of ${TYPES.join(', ')}` })
    event.res.headers.set('Vary', 'Accept')
    if (type !== CSV_TYPE) return readings
    event.res.headers.set('Content-Type', `${CSV_TYPE}; charset=utf-8`)
    return stringify(readings, CSV_OPTIONS)
  })

  app.post('/readings', async (event) => {
    requireContentType(event, JSON_TYPE)
    const reading = readingOf(await readBody(event))
    if (!reading) throw new HTTPError({ status: 422, message: 'Not a reading' })
    event.res.status = 201
    return reading
  })

  app.post('/checked', async (event) => {
    requireContentType(event, JSON_TYPE)
    const content = await readValidatedBody(event, NewReading)
    event.res.status = 201
    return Reading.parse({ id: 101, ...content })
  })

  app.post('/checked-json', async (event) => {
    requireContentType(event, JSON_TYPE)
    const content = await readValidatedBody(event, (value) => isNewReading(value))
    event.res.status = 201
    return createdByAjv(content)
  })

  app.get('/rows', () => rowsByZod())
  app.get('/rows-json', () => rowsByAjv())

  app.get('/states/:id', (event) => {
    const state = stateOf(event.context.params.id)
    return handleCacheHeaders(event, { etag: `"${hashOf(JSON.stringify(state))}"` }) ? '' : state
  })

  app.get('/missing/:id', () => {
    throw new HTTPError({ status: 404, message: 'No such reading' })
  })

  const server = serve(app, {
    port: 0,
    hostname: '127.0.0.1',
    silent: true,
    maxRequestBodySize: MAX_BODY_BYTES,
  })
  await server.ready()
  return server.node.server
}
