/** Real Connect middleware in the option `use` and on a blueprint: Passport and Multer, without casts. */
import multer, { MulterError } from 'multer'
import { Passport } from 'passport'
import { Strategy } from 'passport-http-bearer'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { Api } from '../../lib/api.ts'
import {
  type BeforeHook,
  type HandlerRequest,
  HttpException,
  RestBlueprint,
  redirect,
  serializeResponse,
} from '../../lib/index.ts'
import { quiet } from '../support/logger.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'

declare global {
  namespace Express {
    interface User {
      readonly name: string
    }
  }
}

const passport = new Passport()
passport.use(new Strategy((token, done) => done(null, token === 'secret' ? { name: 'Ada' } : false)))
const bearer = passport.authenticate('bearer', { session: false })
const ADA = { authorization: 'Bearer secret' }

describe.each(polkas)('passport.authenticate on $name', ({ polka }) => {
  it('guards one endpoint, whose handler gets the typed user', async () => {
    const api = new RestBlueprint('api')
    api.get('/me', { use: bearer }, ({ user }) => {
      expectTypeOf(user).toEqualTypeOf<Express.User | undefined>()
      return { name: user?.name }
    })
    api.get('/open', ({ user }) => ({ name: user?.name ?? null }))
    const app = polka()
    api.register(app)
    const { ask } = await serve(app)
    const me = await ask('/me', ADA)
    expect([me.status, me.json]).toEqual([200, { name: 'Ada' }])
    const refused = await ask('/me', { authorization: 'Bearer wrong' })
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="Users", error="invalid_token"',
    ])
    expect((await ask('/open', ADA)).json).toEqual({ name: null })
  })

  it('guards a blueprint, and answers a problem document with failWithError', async () => {
    const seen: (string | undefined)[] = []
    const api = new RestBlueprint('api')
      .use(passport.authenticate('bearer', { session: false, failWithError: true }))
      .before(({ user }) => seen.push(user?.name))
      .get('/me', { query: z.object({ full: z.boolean().optional() }) }, ({ user }) => user?.name)
    const app = polka()
    api.register(app)
    const { ask } = await serve(app)
    expect((await ask('/me', ADA)).json).toBe('Ada')
    const refused = await ask('/me')
    expect(refused.json).toEqual({ type: 'about:blank', title: 'Unauthorized', status: 401 })
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="Users"')
    expect(seen).toEqual(['Ada'])
  })
})

describe.each(polkas)('multer on $name', ({ polka }) => {
  const upload = multer({ limits: { fileSize: 10 } })
  const incoming = ['multipart/form-data']

  async function photos() {
    const api = new RestBlueprint('api')
    api.errorHandler(
      MulterError,
      ({ code, message }) => new HttpException(code === 'LIMIT_FILE_SIZE' ? 413 : 400, message),
    )
    api.post('/photos', { use: upload.single('photo'), incoming }, ({ file, body }) => {
      expectTypeOf(file).toEqualTypeOf<Express.Multer.File | undefined>()
      return { name: file?.originalname, size: file?.size, body }
    })
    const body = z.object({ title: z.string().min(2) })
    api.post('/titled', { use: [bearer, upload.array('photo')], incoming, body }, ({ body, files, user }) => {
      expectTypeOf(body).toEqualTypeOf<{ title: string }>()
      expectTypeOf(files).toEqualTypeOf<Express.Request['files']>()
      return { title: body.title, count: files?.length, by: user?.name }
    })
    const app = polka()
    api.register(app)
    const { fetch } = await serve(app)
    return async (path: string, title: string, photo: string, headers: Record<string, string> = {}) => {
      const form = new FormData()
      form.set('title', title)
      form.set('photo', new Blob([photo]), 'a.png')
      const response = await fetch(path, { method: 'POST', body: form, headers })
      return { status: response.status, value: response.ok ? await response.json() : await response.text() }
    }
  }

  it('reads the content of one endpoint, whose handler gets the typed file; no parser is needed', async () => {
    const send = await photos()
    expect(await send('/photos', 'Rex', 'short')).toEqual({
      status: 200,
      value: { name: 'a.png', size: 5, body: { title: 'Rex' } },
    })
    const large = await send('/photos', 'Rex', 'longer than ten')
    expect(large).toEqual({ status: 413, value: expect.stringContaining('File too large') })
  })

  it('stands beside passport in a list, and the fields are validated after both', async () => {
    const send = await photos()
    expect(await send('/titled', 'Rex', 'x', ADA)).toEqual({
      status: 200,
      value: { title: 'Rex', count: 1, by: 'Ada' },
    })
    expect((await send('/titled', 'R', 'x', ADA)).status).toBe(422)
    expect((await send('/titled', 'Rex', 'x')).status).toBe(401)
  })
})

it('middleware types the request of handlers written elsewhere, and of hooks', () => {
  const show = ({ user, file, params }: HandlerRequest<'/<int:id>'>) => [user?.name, file?.size, params.id]
  const api = new RestBlueprint('api').before(({ user }) => user?.name).get('/<int:id>', show)
  expect(api.endpoints[0]?.steps).toContain('before/anonymous')
})

describe.each(polkas)('a response that a before hook returns on $name', ({ polka }) => {
  const refusals: readonly (readonly [string, () => unknown, object])[] = [
    ['a redirection', () => redirect('/login', 303), { status: 303, location: '/login', text: '' }],
    [
      'data with a status',
      async () => serializeResponse({ login: true }, { status: 401 }),
      { status: 401, location: null, text: '{"login":true}' },
    ],
    [
      'a web Response',
      () => new Response('No', { status: 403 }),
      { status: 403, location: null, text: 'No' },
    ],
  ]
  const places: Readonly<Record<string, (api: Api, pets: RestBlueprint, hook: BeforeHook) => unknown>> = {
    'the root of an Api': ({ root }, _pets, hook) => root.before(hook),
    'a blueprint': (_api, pets, hook) => pets.before(hook),
    'an endpoint': () => {},
  }

  it.each(refusals)(
    '%s: is the answer, and no later hook or handler runs',
    async (_name, answer, expected) => {
      for (const [place, add] of Object.entries(places)) {
        const calls: string[] = []
        const before: BeforeHook = ({ headers }) => (headers.cookie ? undefined : answer())
        const api = new Api(polka(), { title: 'Pets', version: '1', logger: quiet() })
        const pets = new RestBlueprint('pets').after(() => void calls.push('after'))
        add(api, pets, before)
        pets.before(() => void calls.push('later'))
        const options = {
          ...(place === 'an endpoint' && { before }),
          query: z.object({ page: z.int() }),
          response: z.object({ secret: z.int() }),
          etag: true,
        } as const
        pets.get('/pets', options, () => ({ secret: 1 }))
        api.registerBlueprint(pets)
        const { fetch, ask } = await serve(api)
        const { status, headers, ...refused } = await fetch('/pets', {
          redirect: 'manual',
          headers: { accept: 'text/html' }, // negotiation, and the validation of the query, come later
        }).then(async (response) => ({
          status: response.status,
          headers: response.headers,
          text: await response.text(),
        }))
        expect({ status, location: headers.get('location'), ...refused }, place).toEqual(expected)
        expect(calls.splice(0), place).toEqual(place === 'an endpoint' ? ['later', 'after'] : ['after'])
        expect((await ask('/pets?page=1', { cookie: 'a=1' })).json, place).toEqual({ secret: 1 })
      }
    },
  )

  it('is none where a function has returned something by accident', async () => {
    const accidents: readonly BeforeHook[] = [
      (request) => request.on('close', () => {}), // a stream of bytes
      (_request, response) => response.setHeader('x-a', '1'),
      () => false,
      () => ({ status: 401 }),
      async () => 'no',
      () => [],
    ]
    for (const before of accidents) {
      const app = polka()
      new RestBlueprint('pets').get('/pets', { before }, () => 'all').register(app)
      const { get } = await serve(app)
      expect(await get('/pets')).toEqual({ status: 200, value: 'all' })
    }
  })

  it('has only the members that the endpoint declares, where it is a success', async () => {
    const Pet = z.object({ name: z.string() })
    const answers = [
      serializeResponse({ name: 'Rex', secret: 1 }),
      serializeResponse({ secret: 1 }, { status: 401 }),
    ]
    for (const [index, answer] of answers.entries()) {
      const app = polka()
      const pets = new RestBlueprint('pets', { etag: true }).before(() => answer)
      pets.put('/pets/1', { response: Pet }, () => ({ name: 'handler' }))
      pets.register(app)
      const { outcome } = await serve(app)
      const expected = [{ status: 200, value: { name: 'Rex' } }, { status: 401 }][index]
      expect(await outcome('PUT /pets/1')).toMatchObject(expected as object)
    }
  })
})
