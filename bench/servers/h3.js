/** h3 on its Node adapter, with its helpers; its server limits the content. */
import accepts from 'accepts'
import { stringify } from 'csv-stringify/sync'
import { H3, HTTPError, HTTPResponse, readBody, requireContentType, serve } from 'h3'
import {
  CSV_OPTIONS,
  CSV_TYPE,
  JSON_TYPE,
  MAX_BODY_BYTES,
  PROBLEM_TYPE,
  problemFrom,
  readingOf,
  readings,
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
