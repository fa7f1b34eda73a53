/** Cookies in answers: several of them, from handlers, hooks, middleware and errors. */
import { parseCookie, stringifySetCookie } from 'cookie'
import cookieSession from 'cookie-session'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { abort, RestBlueprint, redirect, serializeResponse } from '../../lib/index.ts'
import { quiet } from '../support/logger.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { testApi } from '../support/test-api.ts'

const SAFE = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' } as const
const THEME = stringifySetCookie('theme', 'dark', { ...SAFE, maxAge: 60 })
const CITY = stringifySetCookie('city', 'Kraków; a=b', SAFE)

describe.each(polkas)('cookies on $name', ({ polka }) => {
  const start = async (declare: (api: RestBlueprint) => unknown) => {
    const app = polka()
    const api = new RestBlueprint('api', { logger: quiet() })
    declare(api)
    api.register(app)
    return serve(app)
  }

  it('are a list of lines in serializeResponse, and read by the option cookies', async () => {
    const { ask } = await start((api) => {
      api.get('/set', () => serializeResponse('ok', { headers: { 'set-cookie': [THEME, CITY] } }))
      api.get(
        '/read',
        { cookies: z.object({ theme: z.enum(['dark', 'light']), city: z.string() }) },
        (request) => {
          return request.cookies
        },
      )
    })
    const lines = (await ask('/set')).headers.getSetCookie()
    expect(lines).toEqual([
      'theme=dark; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax',
      'city=Krak%C3%B3w%3B%20a%3Db; Path=/; HttpOnly; Secure; SameSite=Lax',
    ])
    const cookie = lines.map((line) => line.split(';')[0]).join('; ')
    expect((await ask('/read', { cookie })).json).toEqual({ theme: 'dark', city: 'Kraków; a=b' })
    expect(parseCookie(cookie)).toEqual({ theme: 'dark', city: 'Kraków; a=b' })
  })

  it('of a handler are added to those of middleware, hooks and the response itself', async () => {
    const { ask } = await start((api) => {
      api.use((_request, response, next) => {
        response.setHeader('Set-Cookie', 'a=1')
        next()
      })
      api.before((_request, response) => response.appendHeader('Set-Cookie', 'b=2'))
      api.after((_request, response) => response.appendHeader('Set-Cookie', 'd=4'))
      api.get('/data', () => serializeResponse(1, { headers: { 'set-cookie': 'c=3' } }))
      api.get('/moved', () => redirect('/data'))
      api.get(
        '/raw',
        () =>
          new Response('raw', {
            headers: [
              ['set-cookie', 'c=3'],
              ['set-cookie', 'c2=3'],
            ],
          }),
      )
      api.get('/empty', () => serializeResponse(undefined, { headers: { 'set-cookie': 'c=3' } }))
    })
    const cookiesOf = async (line: string) => (await ask(line)).headers.getSetCookie()
    expect(await cookiesOf('/data')).toEqual(['a=1', 'b=2', 'd=4', 'c=3'])
    expect(await cookiesOf('HEAD /data')).toEqual(['a=1', 'b=2', 'd=4', 'c=3'])
    expect(await cookiesOf('/moved')).toEqual(['a=1', 'b=2', 'd=4'])
    expect(await cookiesOf('/raw')).toEqual(['a=1', 'b=2', 'd=4', 'c=3', 'c2=3'])
    expect(await cookiesOf('/empty')).toEqual(['a=1', 'b=2', 'd=4', 'c=3'])
  })

  it('are kept on errors, and may be brought by one', async () => {
    const { ask } = await start((api) => {
      api.get('/lost', (_request, response) => {
        response.setHeader('Set-Cookie', 'a=1')
        abort(401, 'The session has ended', {
          headers: { 'www-authenticate': 'Session', 'set-cookie': ['sid=; Max-Age=0', 'b=2'] },
        })
      })
      api.get('/failed', (_request, response) => {
        response.setHeader('Set-Cookie', 'a=1')
        throw new Error('failed')
      })
      api.get('/not', { response: { 200: z.string() } }, () =>
        serializeResponse(7 as never, { headers: { 'set-cookie': 'a=1' } }),
      )
    })
    const lost = await ask('/lost')
    expect([lost.status, lost.headers.getSetCookie()]).toEqual([401, ['a=1', 'sid=; Max-Age=0', 'b=2']])
    expect((await ask('/failed')).headers.getSetCookie()).toEqual(['a=1'])
    const not = await ask('/not') // the answer that did not come about has set none
    expect([not.status, not.headers.getSetCookie()]).toEqual([500, []])
  })

  it('are on a 304', async () => {
    const { ask } = await start((api) => {
      api.get('/tagged', { etag: true }, () => serializeResponse(1, { headers: { 'set-cookie': 'a=1' } }))
    })
    const { tag } = await ask('/tagged')
    const { status, headers } = await ask('/tagged', { 'if-none-match': tag })
    expect([status, headers.getSetCookie()]).toEqual([304, ['a=1']])
  })

  it('stand beside those of a session and of CSRF', async () => {
    const session = cookieSession({ name: 'session', keys: ['secret'] })
    const { ask } = await testApi(
      { csrf: { secrets: ['x'.repeat(32)], session: () => 'Tom', secure: false } },
      (things) => {
        things.use(session)
        things.get('/all', (request) => {
          Object.assign(request.session ?? {}, { user: 'Tom' })
          return serializeResponse(1, { headers: { 'set-cookie': 'theme=dark' } })
        })
      },
      polka,
    )
    const names = (await ask('/all', { cookie: 'x=1' })).headers
      .getSetCookie()
      .map((line) => line.split('=')[0])
      .sort()
    expect(names).toEqual(['csrf', 'session', 'session.sig', 'theme'])
  })
})
