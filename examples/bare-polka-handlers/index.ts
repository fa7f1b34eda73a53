/** Handlers that write by themselves, beside those that return data; and the same blueprint without Polka. */
import { createServer } from 'node:http'
import { getBestMimetype, RestBlueprint } from 'mazurka'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'

const api = new RestBlueprint('mixed')
api.outgoing.addMimetype('text/plain')

// takes the response, so it has taken the response over, like any Polka handler
api.get('/by-hand', { outgoing: false }, (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' }).end('written by hand\n')
})

// asks what the client wants and decides by itself
api.get('/decided', (request, response) => {
  const type = getBestMimetype(request) ?? 'text/plain'
  response.writeHead(200, { 'content-type': type }).end(type === 'text/plain' ? 'yes\n' : 'true')
})

// a web Response is sent as it is
api.get('/response', () => new Response('made of fetch\n', { status: 203 }))

// data is rendered
api.get('/data', () => ({ data: true }))

export const app = polka().use(startPage('bare-polka-handlers'))
api.register(app)
app.get('/plain', (_request, response) => {
  response.end('plain Polka\n') // routes of the app's own stay what they were
})

/** The same blueprint on a server without Polka: it answers 404 and 405 itself. */
export const server = createServer(api.handler)

if (process.argv[1] === import.meta.filename) serve('bare-polka-handlers', app)
