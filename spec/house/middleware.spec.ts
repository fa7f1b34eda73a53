/** Middleware that many apps have, each as its package is, before an Api on both Polkas: what docs/middleware.md says. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import compression from 'compression'
import cookieSession from 'cookie-session'
import cors from 'cors'
import helmet from 'helmet'
import morgan from 'morgan'
import multer, { MulterError } from 'multer'
import { Passport } from 'passport'
import { Strategy } from 'passport-http-bearer'
import { pinoHttp } from 'pino-http'
import sirv from 'sirv'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { Api, type ApiOptions } from '../../lib/api.ts'
import {
  currentEndpoint,
  type HandlerRequest,
  HttpException,
  type Middleware,
  RestBlueprint,
  redirect,
} from '../../lib/index.ts'
import { multipart } from '../../lib/multipart.ts'
import { csv, sse } from '../../lib/renderers.ts'
import { requestId } from '../../lib/security.ts'
import { recorder } from '../support/lines.ts'
import { quiet } from '../support/logger.ts'
import { polkas } from '../support/polka.ts'
import { type Served, serve } from '../support/server.ts'

declare global {
  namespace CookieSessionInterfaces {
    interface CookieSessionObject {
      user?: string
    }
  }
}

/** A state of more than 1 kB, which compression compresses. */
const PET = { id: 7, name: 'Rex', story: 'Once upon a time. '.repeat(200) }

/** A folder with files, removed after the test. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'middleware-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe.each(polkas)('on $name', ({ polka }) => {
  /** Serves an Api of one blueprint behind middleware. */
  async function start(
    middleware: readonly unknown[],
    declare: (pets: RestBlueprint) => unknown = () => undefined,
    options: Partial<ApiOptions> = {},
  ) {
    const app = polka()
    for (const one of middleware) app.use(...[one].flat())
    const pets = new RestBlueprint('pets')
    pets.get('/pets/<int:id>', { etag: true }, () => PET)
    pets.put('/pets/<int:id>', { etag: { current: () => PET } }, () => PET)
    pets.get('/bug', () => {
      throw new Error('password=hunter2')
    })
    declare(pets)
    const logger = quiet()
    new Api(app, { title: 'Pets', version: '1.0.0', logger, ...options }).registerBlueprint(pets)
    return { ...(await serve(app)), logger }
  }

  describe('helmet', () => {
    it('sets its fields on every answer; the documentation page keeps a policy that it works under', async () => {
      const { ask } = await start([helmet()])
      for (const line of ['/pets/7', '/nothing', '/bug', 'DELETE /pets/7', 'OPTIONS /pets/7']) {
        const { headers } = await ask(line)
        expect([line, headers.get('x-content-type-options')]).toEqual([line, 'nosniff'])
        expect(headers.get('content-security-policy')).toContain("default-src 'self'")
      }
      const { status, headers } = await ask('/docs')
      expect([status, headers.get('x-content-type-options')]).toEqual([200, 'nosniff'])
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    })
  })

  describe('cors', () => {
    const fields = { origin: 'https://a.example', 'access-control-request-method': 'PUT' }

    it('lets pages read every answer; Vary has both its field and Accept', async () => {
      const { ask } = await start([cors({ origin: 'https://a.example', exposedHeaders: ['ETag'] })])
      for (const [line, vary] of [
        ['/pets/7', 'Origin'],
        ['/nothing', 'Origin, Accept'],
        ['/bug', 'Origin, Accept'],
      ] as const) {
        const { headers } = await ask(line, fields)
        expect([line, headers.get('access-control-allow-origin')]).toEqual([line, 'https://a.example'])
        expect([headers.get('vary'), headers.get('access-control-expose-headers')]).toEqual([vary, 'ETag'])
      }
    })

    it('answers preflights from a fixed list of methods, of unknown paths too: the option `cors` knows them', async () => {
      const methodsOf = async (served: Served, path: string) => {
        const { status, headers } = await served.ask(`OPTIONS ${path}`, fields)
        return [status, headers.get('access-control-allow-methods')]
      }
      const byPackage = await start([cors()])
      expect(await methodsOf(byPackage, '/pets/7')).toEqual([204, 'GET,HEAD,PUT,PATCH,POST,DELETE'])
      expect(await methodsOf(byPackage, '/nothing')).toEqual([204, 'GET,HEAD,PUT,PATCH,POST,DELETE'])
      const byOption = await start([], undefined, { cors: { origin: 'https://a.example' } })
      expect(await methodsOf(byOption, '/pets/7')).toEqual([204, 'GET, HEAD, PUT, OPTIONS'])
    })
  })

  describe('morgan', () => {
    it('logs each answer as it was sent; tokens read the route and the id', async () => {
      const lines: string[] = []
      morgan.token('route', (request) => {
        const endpoint = currentEndpoint(request)
        return endpoint?.method ? endpoint.path : undefined
      })
      morgan.token('request-id', (request) => (request as HandlerRequest).requestId)
      const format = ':method :url :route :request-id :status :res[content-type]'
      const log = morgan(format, { stream: { write: (line) => void lines.push(line.trim()) } })
      const { ask } = await start([log], undefined, { requestId: true })
      const id = { 'x-request-id': 'r1' }
      for (const line of [
        '/pets/7?a=1',
        'HEAD /pets/%37',
        '/pets/x',
        '/bug',
        'DELETE /pets/7',
        'OPTIONS /pets/7',
      ])
        await ask(line, id)
      await vi.waitFor(() => expect(lines).toHaveLength(6))
      expect(lines).toEqual([
        'GET /pets/7?a=1 /pets/<int:id> r1 200 application/json',
        'HEAD /pets/7 /pets/<int:id> r1 200 application/json',
        'GET /pets/x - r1 404 application/problem+json',
        'GET /bug /bug r1 500 application/problem+json',
        'DELETE /pets/7 - r1 405 application/problem+json',
        'OPTIONS /pets/7 - r1 204 -',
      ])
    })
  })

  describe('pino-http', () => {
    it('has the request id of Mazurka, and its request.log is that of handlers', async () => {
      const { logger, lines } = recorder()
      const http = pinoHttp({ logger, genReqId: (request) => (request as HandlerRequest).requestId ?? '' })
      const { ask } = await start([requestId({ logger }), http], (pets) =>
        pets.get('/log', ({ log }) => {
          log?.info('looking')
          return null
        }),
      )
      await ask('/log', { 'x-request-id': 'r1' })
      await vi.waitFor(() => expect(lines).toHaveLength(2))
      expect(lines).toMatchObject([
        { msg: 'looking', requestId: 'r1' },
        { msg: 'request completed', req: { id: 'r1' }, res: { statusCode: 200 } },
      ])
    })

    it('logs the status of a failure; Mazurka logs the error, and onError gets it, once', async () => {
      const { logger, lines } = recorder()
      const reported: unknown[] = []
      const onError = (error: unknown) => void reported.push(error)
      const { ask } = await start([pinoHttp({ logger })], undefined, { logger, onError })
      await ask('/bug')
      await vi.waitFor(() => expect(lines).toHaveLength(2))
      expect(lines).toMatchObject([
        { level: 50, msg: 'GET /bug failed: password=hunter2', err: { message: 'password=hunter2' } },
        { msg: 'request errored', res: { statusCode: 500 }, err: { message: 'failed with status code 500' } },
      ])
      expect(reported).toHaveLength(1)
    })

    it('logs Authorization and Cookie unless they are redacted; the access log of Mazurka never does', async () => {
      const { logger, text } = recorder()
      const secret = { authorization: 'Bearer hunter2', cookie: 'session=hunter2' }
      const { ask } = await start([pinoHttp({ logger })])
      await ask('/pets/7', secret)
      await vi.waitFor(() => expect(text()).toContain('hunter2'))
      const own = recorder()
      const { ask: askOwn } = await start([], undefined, { logger: own.logger, accessLog: true })
      await askOwn('/pets/7', secret)
      await vi.waitFor(() => expect(own.lines).toHaveLength(1))
      expect(own.text()).not.toContain('hunter2')
    })
  })

  describe('compression', () => {
    const gzip = { 'accept-encoding': 'gzip' }

    it('marks the ETag with the coding; it names the same state to If-None-Match and If-Match', async () => {
      const { ask } = await start([compression()])
      const { headers, json, tag } = await ask('/pets/7', gzip)
      expect([headers.get('content-encoding'), headers.get('vary')]).toEqual(['gzip', 'Accept-Encoding'])
      expect([json, tag.endsWith('-application/json-gzip"')]).toEqual([PET, true])
      expect((await ask('/pets/7', { ...gzip, 'if-none-match': tag })).status).toBe(304)
      expect((await ask('PUT /pets/7', { 'if-match': tag })).status).toBe(200)
      expect((await ask('/nothing', { 'accept-encoding': 'identity' })).headers.get('vary')).toContain(
        'Accept',
      )
    })

    it('sends the rows of a slow stream as they come, and events without compressing them', async () => {
      let release = (): void => undefined
      const gate = new Promise<void>((resolve) => (release = resolve))
      async function* rows() {
        yield { id: 1 }
        await gate
        yield { id: 2 }
      }
      const { fetch } = await start([compression()], (pets) => {
        pets.get('/rows', { outgoing: { 'text/csv': csv({ columns: ['id'] }) } }, () => rows())
        pets.get('/events', { outgoing: { 'text/event-stream': sse() } }, () => rows())
      })
      for (const [path, coding, first] of [
        ['/rows', 'gzip', 'id\r\n1\r\n'],
        ['/events', null, 'data: {"id":1}\n\n'],
      ] as const) {
        const { headers, body } = await fetch(path, { headers: gzip })
        expect([path, headers.get('content-encoding')]).toEqual([path, coding])
        const chunks = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
        let text = ''
        while (text.length < first.length) text += (await chunks.read()).value
        expect(text).toBe(first)
        await chunks.cancel()
      }
      release()
    })

    it('compresses rows of CSV that come at once, as a client reads them', async () => {
      const { ask } = await start([compression()], (pets) => {
        pets.get('/rows', { outgoing: { 'text/csv': csv() } }, function* rows() {
          for (let id = 0; id < 5000; id++) yield { id }
        })
      })
      const { headers, text } = await ask('/rows', gzip)
      expect([headers.get('content-encoding'), text.split('\r\n').length]).toEqual(['gzip', 5002])
    })
  })

  describe('cookie-session', () => {
    const sessions = cookieSession({ name: 'session', keys: ['secret'] })

    it('keeps a typed session, also when the handler fails after it has changed it', async () => {
      const { ask } = await start([sessions], (pets) => {
        pets.get('/login', ({ session }) => {
          if (session) session.user = 'Tom'
          throw new HttpException(409, 'No')
        })
        pets.get('/me', ({ session }) => session?.user ?? null)
        pets.get('/logout', (request) => {
          request.session = null
        })
      })
      expect((await ask('/me')).json).toBeNull()
      const login = await ask('/login')
      const cookies = login.headers.getSetCookie()
      expect([login.status, cookies.length]).toEqual([409, 2])
      const cookie = cookies.map((line) => line.split(';')[0]).join('; ')
      expect((await ask('/me', { cookie })).json).toBe('Tom')
      expect((await ask('/me', { cookie: cookie.replace(/=./, '=X') })).json).toBeNull()
      const logout = await ask('/logout', { cookie })
      expect([logout.status, logout.headers.getSetCookie()[0]]).toMatchObject([
        204,
        expect.stringMatching(/^session=; .*expires=Thu, 01 Jan 1970/),
      ])
    })
  })

  describe('passport', () => {
    const ADA = { authorization: 'Bearer secret' }

    function setUp() {
      const passport = new Passport()
      passport.use(new Strategy((token, done) => done(null, token === 'secret' ? { name: 'Ada' } : false)))
      passport.serializeUser((user, done) => done(null, (user as { name: string }).name))
      passport.deserializeUser((name: string, done) => done(null, { name }))
      return passport
    }

    it('answers a 401 of its own as text, and with failWithError lets the Api answer a problem document', async () => {
      const passport = setUp()
      const bearer = (options: object) => passport.authenticate('bearer', { session: false, ...options })
      const { ask } = await start([], (pets) => {
        pets.get('/text', { use: bearer({}) }, ({ user }) => user)
        pets.get('/problem', { use: bearer({ failWithError: true }) }, ({ user }) => user)
      })
      expect((await ask('/problem', ADA)).json).toEqual({ name: 'Ada' })
      const own = await ask('/text')
      expect([own.status, own.text, own.headers.get('content-type')]).toEqual([401, 'Unauthorized', null])
      const problem = await ask('/problem')
      expect([problem.status, problem.json.title]).toEqual([401, 'Unauthorized'])
      for (const { headers } of [own, problem])
        expect(headers.get('www-authenticate')).toBe('Bearer realm="Users"')
    })

    it('needs Express for its redirects: a handler returns them', async () => {
      const passport = setUp()
      const bearer = (options: object) => passport.authenticate('bearer', { session: false, ...options })
      const redirects = bearer({ successRedirect: '/me', failureRedirect: '/login' })
      const { ask, logger } = await start([], (pets) => {
        pets.post('/own', { use: redirects }, () => 'never')
        pets.post('/login', { use: bearer({ failWithError: true }) }, () => redirect('/me', 303))
      })
      for (const fields of [{}, ADA]) expect((await ask('POST /own', fields)).status).toBe(500)
      expect(logger.text()).toContain('redirect is not a function')
      expect((await ask('POST /login')).status).toBe(401)
    })

    it('keeps a login in a session of cookie-session, which gets two methods that passport calls', async () => {
      const passport = setUp()
      const complete: Middleware = ({ session }, _response, next) => {
        const methods = { regenerate: (done: () => void) => done(), save: (done: () => void) => done() }
        for (const [name, value] of Object.entries(methods))
          Object.defineProperty(session, name, { value, configurable: true }) // not enumerable: not in the cookie
        next()
      }
      const sessions = cookieSession({ name: 'session', keys: ['secret'] })
      const { ask } = await start([sessions, complete, passport.session()], (pets) => {
        pets.post('/login', { use: passport.authenticate('bearer', { failWithError: true }) }, () => null)
        pets.get('/me', ({ user }) => user ?? null)
      })
      const { status, headers } = await ask('POST /login', ADA)
      expect(status).toBe(200)
      const cookie = headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ')
      expect((await ask('/me', { cookie })).json).toEqual({ name: 'Ada' })
      expect((await ask('/me')).json).toBeNull()
    })
  })

  describe('multer', () => {
    const incoming = ['multipart/form-data']
    const form = (photo: string) => {
      const data = new FormData()
      data.set('title', 'Rex')
      data.set('photo', new Blob([photo]), 'a.png')
      return data
    }

    it('reads the content of its endpoints, and the multipart parser that of the others', async () => {
      const upload = multer({ limits: { fileSize: 100 } })
      const { ask } = await start([], (pets) => {
        pets.contentParser.parses('multipart/form-data', multipart())
        pets.errorHandler(MulterError, ({ code, message }) => {
          return new HttpException(code === 'LIMIT_FILE_SIZE' ? 413 : 400, message)
        })
        const body = z.object({ title: z.string() })
        pets.post('/multer', { use: upload.single('photo'), incoming, body }, ({ file, body }) => {
          return [file?.size, body.title]
        })
        pets.post('/own', { files: { photo: { required: true } }, body }, ({ files, body }) => {
          return [files.photo.size, body.title]
        })
      })
      for (const path of ['/multer', '/own'])
        expect((await ask(`POST ${path}`, {}, form('12345'))).json).toEqual([5, 'Rex'])
      const large = await ask('POST /multer', {}, form('x'.repeat(200)))
      expect([large.status, large.json.detail]).toEqual([413, 'File too large'])
    })

    it('keeps the files of a request that is refused later: remove them in an after hook', async () => {
      const folder = folderOf({})
      const upload = multer({ dest: folder })
      const { status } = await start([], (pets) => {
        const options = {
          use: upload.single('photo'),
          incoming,
          body: z.object({ title: z.string().min(10) }),
        }
        pets.post('/kept', options, () => null)
        const removed = new RestBlueprint('removed')
        removed.after(({ file }, _response, result) => {
          if (result instanceof HttpException && file) rmSync(file.path)
        })
        removed.post('/removed', options, () => null).register(pets)
      })
      expect(await status('POST /kept', {}, form('x'))).toBe(422)
      expect(readdirSync(folder)).toHaveLength(1)
      expect(await status('POST /removed', {}, form('x'))).toBe(422)
      expect(readdirSync(folder)).toHaveLength(1)
    })
  })

  describe('sirv', () => {
    const FILES = { 'index.html': '<p>Pets</p>', 'app.css': 'p {}' }

    it('serves files below a path beside an Api, whose 404s are problem documents there too', async () => {
      const { ask } = await start([['/assets', sirv(folderOf(FILES))]])
      const file = await ask('/assets/app.css')
      expect([file.status, file.headers.get('content-type'), file.text]).toEqual([200, 'text/css', 'p {}'])
      expect((await ask('/assets/%61pp.css')).text).toBe('p {}')
      expect((await ask('/pets/7')).json).toEqual(PET)
      const missing = await ask('/assets/none.css')
      expect([missing.status, missing.json.detail]).toEqual([404, 'No resource at /assets/none.css'])
      expect((await ask('/assets/../pets/7')).json).toEqual(PET) // fetch sends /pets/7
    })

    it('in front of an Api comes first: a file hides an endpoint of its name, for every method', async () => {
      const folder = folderOf(FILES)
      mkdirSync(join(folder, 'pets'))
      writeFileSync(join(folder, 'pets/7'), 'a file')
      const { ask } = await start([sirv(folder)])
      expect((await ask('/')).text).toBe('<p>Pets</p>')
      expect((await ask('/pets/7')).text).toBe('a file')
      expect((await ask('PUT /pets/7')).text).toBe('a file')
    })

    it('with `single` answers every path that has no file, unless the API is left out of it', async () => {
      const folder = folderOf(FILES)
      const all = await start([sirv(folder, { single: true })])
      expect((await all.ask('/pets/7')).text).toBe('<p>Pets</p>')
      const ignores = [/^\/(pets|docs|openapi)/]
      const { ask } = await start([sirv(folder, { single: true, ignores })])
      expect((await ask('/pets/7')).json).toEqual(PET)
      expect((await ask('/pets/x')).json.status).toBe(404)
      expect((await ask('/about')).text).toBe('<p>Pets</p>')
      expect((await ask('/docs')).text).toContain('<title>Pets')
    })

    it('serves a page for the paths below the prefix of no Api', async () => {
      const app = polka().use(sirv(folderOf(FILES), { single: true, ignores: [/^\/api\b/] }))
      const pets = new RestBlueprint('pets').get('/pets', () => ['Rex'])
      new Api(app, { title: 'Pets', version: '1.0.0', prefix: '/api' }).registerBlueprint(pets)
      const { ask } = await serve(app)
      expect((await ask('/api/pets')).json).toEqual(['Rex'])
      expect((await ask('/api/nothing')).json.status).toBe(404)
      expect((await ask('/pets/7')).text).toBe('<p>Pets</p>')
    })
  })
})
