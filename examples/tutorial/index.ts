/** A REST tutorial of 2012, written for Flask, from its first request to its last, in one file. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { abort, endpoint, type IncomingContent, RestBlueprint, serializeResponse } from 'mazurka'
import { Api } from 'mazurka/api'
import { multipart } from 'mazurka/multipart'
import { apiKey, basic, safeEqual } from 'mazurka/security'
import { pino } from 'pino'
import polka, { type Middleware } from 'polka'
import { z } from 'zod'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'

const folder = mkdtempSync(join(tmpdir(), 'tutorial-'))
const logFile = join(folder, 'app.log')
const logger = pino(pino.destination({ dest: logFile, sync: true }))

// who asks: a name and a password, or a key
const { TUTORIAL_PASSWORD = 'secret', TUTORIAL_KEY } = process.env
const login = basic({
  realm: 'Example',
  verify: (name, password) =>
    [safeEqual(name, 'admin'), safeEqual(password, TUTORIAL_PASSWORD)].every(Boolean) && { name },
})
const key = apiKey({
  header: 'x-api-key',
  verify: (given) => safeEqual(given, TUTORIAL_KEY) && { name: 'robot' }, // nothing equals a variable that is not set
})

const api = new RestBlueprint('tutorial').security({ login, key })
const text = { outgoing: ['text/plain'] }

// resources
api.get('/', text, () => 'Welcome')
api.get('/articles', { ...text, name: 'articles' }, () => `List of ${api.urlFor('articles')}`)
api.get('/articles/:id', text, ({ params }) => `You are reading ${params.id}`)

// parameters of the query
const Greeting = z.object({ name: z.string().default('John Doe') })
api.get('/hello', { ...text, query: Greeting }, ({ query }) => `Hello ${query.name}`)

// methods: one handler for several
const echo = endpoint(text, ({ method }) => `ECHO: ${method}\n`)
api.route('/echo', { get: echo, post: echo, patch: echo, put: echo, delete: echo })

// content by its media type; any other type is a 415
const message = {
  'text/plain': z.string(),
  'application/json': z.json(),
  'application/octet-stream': z.string(),
}
const replies: Readonly<Record<string, (body: unknown) => string>> = {
  'text/plain': (body) => `Text Message: ${body}`,
  'application/json': (body) => `JSON Message: ${JSON.stringify(body)}`,
  'application/octet-stream': () => 'Binary message written!',
}
api.contentParser.parses('application/octet-stream', store)
api.post('/messages', { ...text, body: message }, ({ body, contentType = '' }) =>
  replies[contentType]?.(body),
)

/** Writes content to a file of its own, as it arrives, within the limits of the blueprint. */
async function store(content: IncomingContent): Promise<string> {
  const file = join(folder, randomUUID())
  try {
    await writeFile(file, content)
    return file
  } catch (error) {
    await rm(file, { force: true })
    throw error
  }
}

// files of a form
api.contentParser.parses('multipart/form-data', multipart())
api.post('/files', { ...text, files: { file: { required: true } } }, ({ files: { file } }) => {
  return `${file.filename}: ${file.size} bytes`
})

// responses: status, media type and header fields
const types = { outgoing: ['application/json', 'application/vnd.example.v2+json'] }
api.get('/data', types, () =>
  serializeResponse(
    { hello: 'world', number: 3 },
    { status: 200, headers: { link: '<https://example.org/>; rel="related"' } },
  ),
)

// statuses and errors
const users: Readonly<Record<number, string>> = { 1: 'john', 2: 'steve', 3: 'bill' }
api.get('/users/<int:id>', ({ params: { id } }) => (users[id] ? { [id]: users[id] } : abort(404)))

// for those who log in, or have a key: each is a WWW-Authenticate
api.get('/secrets', { ...text, security: [{ login: [] }, { key: [] }] }, ({ identity }) => {
  return `This is top secret spy stuff, ${identity.name}!`
})

// the log
api.get('/log', text, ({ log }) => {
  log?.info('informing')
  log?.warn('warning')
  log?.error('screaming bloody murder!')
  return `check your logs: ${logFile}`
})

// `/` is taken: only browsers get the page of this example
const page = startPage('tutorial', { documentation: '/docs' })
const pageForBrowsers: Middleware = (request, response, next) =>
  request.headers.accept?.includes('text/html') ? page(request, response, next) : next()

export const app = polka().use(pageForBrowsers)
const tutorial = new Api(app, { title: 'Tutorial', version: '1.0.0', logger, requestId: true })
tutorial.registerBlueprint(api)
tutorial.root.errorHandler(404, (_error, { originalUrl }) => {
  return { status: 404, message: `Not Found: ${originalUrl.replace(/\?.*/, '')}` }
})

if (process.argv[1] === import.meta.filename) serve('tutorial', app)
