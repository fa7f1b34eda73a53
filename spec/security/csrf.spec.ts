/** CSRF: signed tokens bound to a session, and origins. */
import { createHmac } from 'node:crypto'
import { parseCookie, parseSetCookie } from 'cookie'
import cookieSession from 'cookie-session'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import type { ApiOptions } from '../../lib/api.ts'
import { isHeadReplaced } from '../../lib/connection/before-head.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { apiKey, authenticate, basic, bearer, type CsrfOptions, csrf } from '../../lib/security.ts'
import { closeBrowser, needsBrowser, visit } from '../support/browser.ts'
import { polka, polkas } from '../support/polka.ts'
import { type Served, serve } from '../support/server.ts'
import { EVERY_ANSWER, testApi } from '../support/test-api.ts'

const SECRET = 'a-secret-of-more-than-32-characters'
const OLD = 'an-older-secret-of-the-same-length-!'

const CSRF: CsrfOptions = {
  secrets: [SECRET],
  session: ({ headers }) => parseCookie(headers.cookie ?? '').session,
}

const served = (options: Partial<CsrfOptions> = {}, declare = (things: RestBlueprint): unknown => things) =>
  testApi({ csrf: { ...CSRF, ...options } } as Partial<ApiOptions>, (things) => {
    things.post('/things', () => ({ ok: true }))
    declare(things)
  })

/** The token that a response sets; undefined without one. */
function tokenOf({ headers }: { readonly headers: Headers }): string | undefined {
  const lines = headers.getSetCookie().map((line) => parseSetCookie(line))
  return lines.find(({ name }) => /^(__Host-)?csrf$/.test(name))?.value
}

async function tokenFor({ ask }: Pick<Served, 'ask'>, session = 's1'): Promise<string> {
  const token = tokenOf(await ask('/every/200', { cookie: `session=${session}` }))
  return token ?? expect.fail('no token was set')
}

async function post({ ask }: Pick<Served, 'ask'>, cookie: string, token?: string, fields = {}) {
  const answer = await ask('POST /things', { cookie, ...(token ? { 'x-csrf-token': token } : {}), ...fields })
  return { status: answer.status, code: answer.json.code, token: tokenOf(answer), answer }
}

const PASSED = { status: 200, code: undefined }

afterEach(() => void vi.useRealTimers())

/** Moves the clock of the server by seconds. */
function pass(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000)
}

describe('a token against CSRF', () => {
  it('is set on a safe request with cookies, and passes an unsafe one as cookie and as field (INV-67, INV-69)', async () => {
    const api = await served()
    const { headers } = await api.ask('/every/200', { cookie: 'session=s1' })
    const [line = ''] = headers.getSetCookie()
    expect(line).toMatch(/^csrf=[\w-]{22}\.\w+\.[\w-]{43}; Max-Age=604800; Path=\/; SameSite=Lax$/)
    expect(headers.get('cache-control')).toBe('private, no-store')
    const token = await tokenFor(api)
    expect(await post(api, `session=s1; csrf=${token}`, token)).toMatchObject({ ...PASSED, token: undefined })
  })

  it('is refused with a stable code: missing cookie, missing field, another one (INV-64, INV-65, INV-79, INV-80)', async () => {
    const api = await served()
    const token = await tokenFor(api)
    const cookie = `session=s1; csrf=${token}`
    expect(await post(api, 'any=1', token)).toMatchObject({ status: 403, code: 'csrf-cookie-missing' })
    expect(await post(api, cookie)).toMatchObject({ status: 403, code: 'csrf-token-missing' })
    expect(await post(api, cookie, await tokenFor(api))).toMatchObject({
      status: 403,
      code: 'csrf-token-invalid',
    })
    const form = await api.ask('POST /things', { cookie }, new URLSearchParams({ 'X-CSRF-Token': token }))
    expect(form.json.code).toBe('csrf-token-missing')
    for (const line of ['PUT /put', 'PATCH /put', 'DELETE /put'])
      expect((await api.ask(line, { cookie })).status).toBe(404)
  })

  it('of another session is refused, though it is signed (FS-24, INV-B20)', async () => {
    const api = await served()
    const evil = await tokenFor(api, 'attacker')
    expect(await post(api, `session=victim; csrf=${evil}`, evil)).toMatchObject({
      code: 'csrf-token-invalid',
    })
  })

  it('of a visitor without a session is its own, and none of a session (FS-25)', async () => {
    const api = await served({ session: () => '' })
    const [one, other] = [await tokenFor(api), await tokenFor(api)]
    expect(one).not.toBe(other)
    expect(await post(api, `a=1; csrf=${one}`, one)).toMatchObject(PASSED)
    expect(await post(api, `a=1; csrf=${one}`, other)).toMatchObject({ code: 'csrf-token-invalid' })
    const bound = await served()
    expect(await post(bound, `session=s1; csrf=${one}`, one)).toMatchObject({ code: 'csrf-token-invalid' })
  })

  it('that cannot be one is a 403: other lengths, other texts, large ones, a replayed signature (FS-31)', async () => {
    const api = await served()
    const token = await tokenFor(api)
    const [random, , signature] = token.split('.')
    const odd = [
      'x',
      '..',
      '....',
      `${token}.x`,
      token.slice(0, 19),
      'x'.repeat(8000),
      `${random}.zzz.${signature}`,
    ]
    for (const text of odd) {
      expect(await post(api, `session=s1; csrf=${token}`, text), text).toMatchObject({ status: 403 })
      expect(await post(api, `session=s1; csrf=${text}`, text), text).toMatchObject({ status: 403 })
    }
    const forged = `a.b.${createHmac('sha256', 'guess').update('a.b').digest('base64url')}`
    expect(await post(api, `session=s1; csrf=${forged}`, forged)).toMatchObject({
      code: 'csrf-token-invalid',
    })
  })

  it('is found by its whole name, among 1,000 cookies (FS-32)', async () => {
    const api = await served()
    const token = await tokenFor(api)
    const many = Array.from({ length: 1000 }, (_, index) => `c${index}=1`).join('; ')
    expect(await post(api, `xcsrf=evil; session=s1; ${many}; csrf=${token}`, token)).toMatchObject(PASSED)
  })

  it('that does not fit is replaced: on safe requests, and on the refusal, so that the next try succeeds (FS-30, INV-B16)', async () => {
    const api = await served()
    const token = await tokenFor(api, 'old')
    for (const bad of [token, '', 'x.y.z']) {
      const safe = await api.ask('/every/200', { cookie: `session=new; csrf=${bad}` })
      expect(tokenOf(safe)).toBeDefined()
      const refused = await post(api, `session=new; csrf=${bad}`, bad || 'x')
      expect(refused).toMatchObject({ status: 403, code: 'csrf-token-invalid' })
      const next = refused.token as string
      expect(await post(api, `session=new; csrf=${next}`, next)).toMatchObject(PASSED)
    }
  })

  it('is accepted and replaced for a time after its age, then it has expired (INV-70)', async () => {
    const api = await served({ maxAgeSeconds: 60, graceSeconds: 600 })
    const token = await tokenFor(api)
    vi.useFakeTimers({ toFake: ['Date'] })
    pass(100)
    const late = await post(api, `session=s1; csrf=${token}`, token)
    expect(late).toMatchObject(PASSED)
    const renewed = late.token as string
    expect(renewed).not.toBe(token)
    // a request that was under way, or another tab
    expect(await post(api, `session=s1; csrf=${renewed}`, token)).toMatchObject({
      ...PASSED,
      token: undefined,
    })
    pass(600)
    const expired = await post(api, `session=s1; csrf=${token}`, token)
    expect(expired).toMatchObject({ status: 403, code: 'csrf-token-expired' })
    expect(expired.token?.split('.')[0]).not.toBe(token.split('.')[0])
  })

  it('of an older secret still passes, and is signed again (INV-68)', async () => {
    const before = await served({ secrets: [OLD] })
    const token = await tokenFor(before)
    const after = await served({ secrets: [SECRET, OLD] })
    const answer = await post(after, `session=s1; csrf=${token}`, token)
    expect(answer).toMatchObject({ ...PASSED, token: expect.any(String) })
    expect(await post(await served(), `session=s1; csrf=${token}`, token)).toMatchObject({ status: 403 })
  })

  it('is not needed for a login without cookies, which no page of another origin may send', async () => {
    const api = await served({}, (things) => things.post('/login', () => ({ ok: true })))
    const login = (fields: Record<string, string>) => api.ask('POST /login', fields)
    for (const fields of [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]) {
      const { status, json } = await login(fields)
      expect([status, json.code]).toEqual([403, 'csrf-origin'])
    }
    const passing = [{}, { origin: api.url }, { 'sec-fetch-site': 'same-origin' }]
    for (const fields of passing) expect((await login(fields)).status).toBe(200)
    const bearing = { origin: 'https://evil.example', authorization: 'Bearer x' }
    expect((await login(bearing)).status).toBe(200)
  })

  it('is bound to the session that a login begins, whose cookie stays beside its own', async () => {
    const session = ({ session }: { session?: { user?: string } | null }) => session?.user
    const api = await served({ session: session as never }, (things) => {
      things.use(cookieSession({ name: 'session', keys: ['k'] }))
      things.post('/login', (request) => {
        Object.assign(request, { session: { user: 'tom' } })
        return 1
      })
    })
    const login = await api.ask('POST /login') // a first request without cookies
    const cookies = login.headers.getSetCookie().map((line) => line.split(';')[0])
    expect(cookies.map((cookie) => cookie?.split('=')[0]).sort()).toEqual(['csrf', 'session', 'session.sig'])
    expect(await post(api, cookies.join('; '), tokenOf(login))).toMatchObject(PASSED)
    const visitor = await served()
    const anonymous = tokenOf(await visitor.ask('POST /things')) as string
    expect(
      await post(api, cookies.join('; ').replace(/csrf=[^;]*/, `csrf=${anonymous}`), anonymous),
    ).toMatchObject({
      code: 'csrf-token-invalid',
    })
  })

  it('is read and replaced by handlers: request.csrf', async () => {
    const api = await served({}, (things) => {
      things.get('/token', ({ csrf }) => ({ token: csrf?.token() }))
      things.get('/rotate', (request, response) => {
        response.setHeader('set-cookie', 'own=1')
        return { token: request.csrf?.rotate() }
      })
    })
    const first = await api.ask('/token') // without cookies: only because the handler asks
    expect(first.json.token).toBe(tokenOf(first))
    const cookie = `session=s1; csrf=${await tokenFor(api)}`
    const rotated = await api.ask('/rotate', { cookie })
    expect(rotated.json.token).toBe(tokenOf(rotated))
    expect(rotated.headers.getSetCookie()[0]).toBe('own=1')
    expect(cookie).not.toContain(rotated.json.token)
  })
})

describe('a response that needs no token', () => {
  it('has none, unless its handler asks for one; writeHead is never replaced', async () => {
    const replaced: boolean[] = []
    const { ask } = await served({}, (things) => {
      things.get('/plain', (request, response) => {
        replaced.push(isHeadReplaced(response))
        return { key: request.headers['x-key'] }
      })
      things.get('/token', ({ csrf }) => ({ token: csrf?.token() }))
    })
    expect(tokenOf(await ask('/plain', { authorization: 'Bearer x' }))).toBeUndefined()
    expect(tokenOf(await ask('/plain', { cookie: 'session=s1' }))).toBeDefined()
    expect(replaced).toEqual([false, false])
    const asked = await ask('/token', { authorization: 'Bearer x' })
    expect(asked.json.token).toBe(tokenOf(asked))
  })
})

describe('a check against CSRF', () => {
  it('is off by default, passes a first request without cookies, and sets nothing on plain reads (INV-61, INV-65, INV-66)', async () => {
    const off = await testApi({}, (things) => things.post('/things', () => 1))
    expect((await off.ask('POST /things', { cookie: 'a=1' })).status).toBe(200)
    const api = await served()
    const first = await api.ask('POST /things', { 'x-csrf-token': 'bogus' })
    expect([first.status, tokenOf(first)]).toEqual([200, expect.any(String)])
    for (const { line, fields } of EVERY_ANSWER)
      if (!line.startsWith('DELETE')) expect(tokenOf(await api.ask(line, fields)), line).toBeUndefined()
  })

  it('is never asked of bearer tokens, but of Basic, whose credentials browsers keep too', async () => {
    const api = await served()
    const bearer = await post(api, 'a=1', undefined, {
      authorization: 'Bearer x',
      'sec-fetch-site': 'cross-site',
    })
    expect(bearer).toMatchObject({ ...PASSED, token: undefined })
    const basic = { authorization: 'Basic YTpi' }
    expect(await post(api, 'a=1', undefined, basic)).toMatchObject({ status: 403 })
    expect((await api.ask('POST /things', basic)).status).toBe(200) // curl
    expect((await api.ask('POST /things', { ...basic, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    const own = await served({ isCookieAuthenticated: ({ headers }) => headers['x-api-key'] === undefined })
    expect(await post(own, 'a=1', undefined, { 'x-api-key': 'k' })).toMatchObject(PASSED)
  })

  it('is asked where a security scheme took the identity from a cookie, whatever Authorization says', async () => {
    const schemes = {
      sid: apiKey({ cookie: 'sid', verify: (key) => key === 's1' && { id: 1 } }),
      key: apiKey({ header: 'x-key', verify: (key) => key === 'k1' && { id: 2 } }),
      token: bearer({ issuer: 'i', audience: 'a', algorithms: ['HS256'], key: new Uint8Array(32) }),
      basic: basic({ realm: 'things', verify: (name) => ({ name }) }),
    }
    const security = [{ token: [] }, { key: [], sid: [] }, { key: [] }, { sid: [] }, { basic: [] }]
    const api = await served({}, (things) =>
      things.security(schemes).post('/mine', { security }, ({ authenticatedBy }) => authenticatedBy),
    )
    const app = polka().use(authenticate(schemes, security), csrf(CSRF))
    app.post('/mine', (request: { authenticatedBy: unknown }, response: { end(text: string): void }) =>
      response.end(JSON.stringify(request.authenticatedBy)),
    )
    const foreign = { origin: 'https://partner.example' }
    const cookie = 'sid=s1'
    for (const { ask } of [api, await serve(app)]) {
      const status = async (fields: Record<string, string>) =>
        (await ask('POST /mine', { ...foreign, ...fields })).status
      for (const authorization of ['x', 'Bearer', 'Bearer junk', 'Bearer a.b.c'])
        expect(await status({ cookie, authorization }), authorization).toBe(403)
      expect(await status({ cookie })).toBe(403)
      expect(await status({ authorization: 'Basic YTpi', cookie: 'a=1' })).toBe(403)
      expect(await status({ 'x-key': 'k1', cookie: 'a=1' })).toBe(200)
      expect(await status({ 'x-key': 'k1', cookie })).toBe(200) // a page of another site does not know the key
    }
  })

  it('does not depend on the type of content (FS-28)', async () => {
    const api = await served()
    const { fetch } = api
    const answer = await fetch('/things', {
      method: 'POST',
      headers: { cookie: 'a=1' },
      body: new Uint8Array([1]),
    })
    expect(answer.status).toBe(403)
  })

  it('is off for an endpoint and a blueprint with csrf: false, each Api by itself (INV-75, INV-B26)', async () => {
    const exempt = await served({}, (things) => {
      things.post('/hook', { csrf: false }, () => 1)
      const inner = new RestBlueprint('inner', { csrf: false }).post('/hook', () => 1)
      inner.register(things, { prefix: '/in' })
    })
    const statuses = await Promise.all(
      ['/hook', '/in/hook', '/things'].map((path) => exempt.status(`POST ${path}`, { cookie: 'a=1' })),
    )
    expect(statuses).toEqual([200, 200, 403])
  })

  it('comes after the 404 of an unknown path and before the handler, and its refusal is a problem', async () => {
    const api = await served()
    expect((await api.ask('POST /nowhere', { cookie: 'a=1' })).status).toBe(404)
    const { answer } = await post(api, 'a=1')
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(Object.keys(answer.json)).toEqual(['type', 'title', 'status', 'detail', 'code'])
  })

  it('is documented: the field, and the 403', async () => {
    const { api } = await served()
    const { post: operation, get } = api.document().paths['/things'] as never as Record<string, unknown>
    expect(JSON.stringify(operation)).toContain('"X-CSRF-Token"')
    expect(Object.keys((operation as { responses: object }).responses)).toContain('403')
    expect(get).toBeUndefined()
  })
})

describe('the origin of an unsafe request', () => {
  const trustedOrigins = ['https://app.example.net']
  const cases: [name: string, fields: Record<string, string>, code: string | undefined][] = [
    ['of a sibling (FS-26)', { origin: 'https://sibling.example.org' }, 'csrf-origin'],
    ['of the same site, by the browser', { 'sec-fetch-site': 'same-site' }, 'csrf-origin'],
    ['of a trusted host without TLS (FS-27)', { origin: 'http://app.example.net' }, 'csrf-origin'],
    ['of a trusted host at another port', { origin: 'https://app.example.net:8443' }, 'csrf-origin'],
    [
      'that is trusted, as a whole',
      { origin: 'https://app.example.net', 'sec-fetch-site': 'cross-site' },
      undefined,
    ],
    [
      'null, from a page of its own without a referrer (FS-29)',
      { origin: 'null', 'sec-fetch-site': 'same-origin' },
      undefined,
    ],
    ['null alone', { origin: 'null' }, 'csrf-origin'],
    ['of its own', { origin: 'OWN' }, undefined],
    ['its own by the Referer', { referer: 'OWN/page?x=1' }, undefined],
    ['another one by the Referer (INV-73, INV-B17)', { referer: 'https://evil.example.net/' }, 'csrf-origin'],
    ['a Referer that is no URL (INV-72)', { referer: 'evil' }, 'csrf-origin'],
    ['not known: no browser has sent it (INV-71)', {}, undefined],
    [
      'its own by Origin, not by the Referer',
      { origin: 'OWN', referer: 'https://evil.example.net/' },
      undefined,
    ],
    ['cross-site without an Origin', { 'sec-fetch-site': 'cross-site', referer: 'OWN/' }, 'csrf-origin'],
    ['an unknown word of the browser', { 'sec-fetch-site': 'new-word' }, 'csrf-origin'],
  ]

  it.each(cases)('%s', async (_name, fields, code) => {
    const api = await served({ trustedOrigins })
    const token = await tokenFor(api)
    const own = Object.entries(fields).map(([name, value]) => [name, value.replace('OWN', api.url)])
    const answer = await post(api, `session=s1; csrf=${token}`, token, Object.fromEntries(own))
    expect(answer).toMatchObject({ status: code ? 403 : 200, code })
  })
})

describe('a form without a script', () => {
  const fallback = { token: 'fallback', trustedOrigins: ['https://app.example.net'] } as const
  const cookie = 'session=s1'

  it('needs no token with token: fallback, where the browser says that the page is its own or trusted', async () => {
    const api = await served(fallback, (things) =>
      things.post('/form', { incoming: ['application/x-www-form-urlencoded'] }, ({ body }) => body),
    )
    const passing: Record<string, string>[] = [
      { 'sec-fetch-site': 'same-origin' },
      { origin: api.url },
      { origin: 'null', 'sec-fetch-site': 'same-origin' },
      { origin: 'https://app.example.net', 'sec-fetch-site': 'cross-site' },
    ]
    for (const fields of passing) {
      const answer = await api.ask('POST /form', { cookie, ...fields }, new URLSearchParams({ name: 'Rex' }))
      expect(answer, JSON.stringify(fields)).toMatchObject({ status: 200, json: { name: 'Rex' } })
    }
    expect(await post(await served(), cookie, undefined, { 'sec-fetch-site': 'same-origin' })).toMatchObject({
      status: 403,
    })
  })

  it('is refused from another page, and needs the token where the browser does not say', async () => {
    const api = await served(fallback)
    const refused: [Record<string, string>, string][] = [
      [{ 'sec-fetch-site': 'cross-site' }, 'csrf-origin'],
      [{ 'sec-fetch-site': 'same-site' }, 'csrf-origin'],
      [{ origin: 'https://evil.example' }, 'csrf-origin'],
      [{ origin: 'null' }, 'csrf-origin'],
      [{}, 'csrf-cookie-missing'],
      [{ 'sec-fetch-site': 'none' }, 'csrf-cookie-missing'],
      [{ referer: `${api.url}/form` }, 'csrf-cookie-missing'],
    ]
    for (const [fields, code] of refused)
      expect(await post(api, cookie, undefined, fields), JSON.stringify(fields)).toMatchObject({
        status: 403,
        code,
      })
    const token = await tokenFor(api)
    expect(await post(api, `${cookie}; csrf=${token}`, token)).toMatchObject(PASSED)
  })
})

describe('behind a trusted proxy', () => {
  it('the scheme and host are those of the client, for the cookie and the origin (FS-26, INV-72)', async () => {
    const api = await testApi({ csrf: CSRF, trustProxy: ['loopback'] }, (things) =>
      things.post('/things', () => ({ ok: true })),
    )
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.example.org' }
    const first = await api.ask('/every/200', { cookie: 'session=s1', ...forwarded })
    expect(first.headers.getSetCookie()[0]).toMatch(/^__Host-csrf=.*; Secure/)
    const token = tokenOf(first) as string
    const cookie = `session=s1; __Host-csrf=${token}`
    const origin = 'https://api.example.org'
    expect(await post(api, cookie, token, { ...forwarded, origin })).toMatchObject(PASSED)
    const plain = { ...forwarded, origin: 'http://api.example.org' }
    expect(await post(api, cookie, token, plain)).toMatchObject({ code: 'csrf-origin' })
  })
})

describe('options against CSRF', () => {
  it.each<[string, unknown, RegExp]>([
    ['true', true, /takes an object of options, not true/],
    ['without a secret (INV-B18)', { ...CSRF, secrets: [] }, /needs 'secrets'/],
    ['without a list of secrets', { session: CSRF.session }, /needs 'secrets'/],
    ['with a short secret', { ...CSRF, secrets: [SECRET, 'CHANGE_ME'] }, /fewer than 32/],
    ['without a session (FS-25)', { secrets: [SECRET] }, /needs 'session'/],
    ['with a trusted host', { ...CSRF, trustedOrigins: ['example.net'] }, /has the origin 'example.net'/],
    ['with an unknown key (INV-B19)', { ...CSRF, secret: SECRET }, /unknown option 'secret'.*secrets/],
    ['with a cookie that browsers refuse', { ...CSRF, sameSite: 'none', secure: false }, /sameSite 'none'/],
    ['with another kind of token', { ...CSRF, token: 'never' }, /token: 'never'.*'always'.*'fallback'/],
    ['with an odd name', { ...CSRF, cookie: 'a b' }, /'a b', which is no token/],
    [
      'without an end',
      { ...CSRF, maxAgeSeconds: Number.POSITIVE_INFINITY },
      /maxAgeSeconds: Infinity; use a whole number/,
    ],
  ])('cannot be %s', async (_name, options, message) => {
    await expect(testApi({ csrf: options as CsrfOptions })).rejects.toThrow(message)
    expect(() => csrf(options as CsrfOptions)).toThrow(TypeError)
  })

  it('name cookie and field; a secure cookie has the prefix that siblings cannot set (INV-63, INV-B21)', async () => {
    const api = await served({ secure: true, cookie: 'XSRF', header: 'X-XSRF', sameSite: 'strict' })
    const [line = ''] = (await api.ask('/every/200', { cookie: 'session=s1' })).headers.getSetCookie()
    expect(line).toMatch(/^__Host-XSRF=.*; Path=\/; Secure; SameSite=Strict$/)
    const token = line.slice('__Host-XSRF='.length).split(';')[0] as string
    const cookie = `session=s1; __Host-XSRF=${token}`
    expect(await post(api, cookie, undefined, { 'x-xsrf': token })).toMatchObject(PASSED)
    expect(await post(api, `session=s1; XSRF=${token}`, undefined, { 'x-xsrf': token })).toMatchObject({
      status: 403,
    })
  })

  it('with protect: false only issue tokens (INV-78)', async () => {
    const api = await served({ protect: false })
    expect(tokenOf(await api.ask('/every/200'))).toBeDefined()
    expect(await post(api, 'a=1')).toMatchObject(PASSED)
  })

  it('with a session that is a promise are a 500, never one binding for all (FS-25)', async () => {
    await expect(served({ session: (async () => 's1') as never })).rejects.toThrow(
      /cannot have session: the function session; use a function that is not asynchronous/,
    )
    const away = () => Promise.reject(new Error('away'))
    for (const session of [away, () => Number.NaN, () => 7, () => ({}), () => away]) {
      const api = await served({ session: session as never })
      expect((await api.ask('POST /things', { cookie: 'csrf=x', 'x-csrf-token': 'x' })).status).toBe(500)
      expect(api.logger.text()).toMatch(/The function 'session' of csrf has returned .*; return a text or/)
    }
  })

  it('with an isCookieAuthenticated that does not return true or false are a 500, never unprotected', async () => {
    for (const result of [undefined, 1, Promise.resolve(false)]) {
      const api = await served({ isCookieAuthenticated: () => result as never })
      expect((await api.ask('POST /things', { cookie: 'a=1' })).status).toBe(500)
      expect(api.logger.text()).toContain("The function 'isCookieAuthenticated' of csrf has returned")
    }
  })
})

describe('the check against CSRF as middleware', () => {
  it.each(polkas)('works without an Api, on $name', async ({ polka }) => {
    const app = polka().use(csrf(CSRF))
    new RestBlueprint('things')
      .get('/every/200', () => 1)
      .post('/things', () => 1)
      .register(app)
    const api = await serve(app)
    const token = await tokenFor(api)
    expect((await api.ask('POST /things', { cookie: 'session=s1' })).status).toBe(403)
    const fields = { cookie: `session=s1; csrf=${token}`, 'x-csrf-token': token }
    expect((await api.ask('POST /things', fields)).status).toBe(200)
  })
})

describe('a page in a browser', () => {
  afterAll(closeBrowser)

  it('passes with its own token, also with Referrer-Policy: no-referrer; a page of another origin does not (FS-29)', async (context) => {
    const browser = await needsBrowser(context)
    let handled = 0
    const cookies: (string | undefined)[] = []
    const { url } = await testApi({ csrf: CSRF }, (things) => {
      things.use((request, _response, next) => {
        if (request.method === 'POST') cookies.push(request.headers.cookie)
        next()
      })
      things.post('/things', () => ({ handled: ++handled }))
      things.get('/page', (_request, response) => {
        const fields = { 'content-type': 'text/html', 'referrer-policy': 'no-referrer' }
        response.writeHead(200, { ...fields, 'set-cookie': 'session=s1' }).end('<p>')
      })
    })
    const { page } = await visit(browser, `${url}/page`)
    await page.goto(`${url}/page`) // with the cookie of the session, for which a token is set
    const own = await page.evaluate(async () => {
      const { cookie } = (globalThis as unknown as { document: { cookie: string } }).document
      const token = /csrf=([^;]*)/.exec(cookie)?.[1] ?? ''
      const send = async (headers: Record<string, string>) =>
        (await fetch('/things', { method: 'POST', headers })).status
      return [await send({ 'x-csrf-token': token }), await send({})]
    })
    expect([own, handled]).toEqual([[200, 403], 1])
    const empty = polka().get('/', (_request: unknown, response: { end(text: string): void }) =>
      response.end('<p>'),
    )
    const { page: foreign } = await visit(browser, (await serve(empty)).url)
    await foreign.evaluate(async (target) => {
      await fetch(target, { method: 'POST', mode: 'no-cors', credentials: 'include', body: 'a=1' })
    }, `${url}/things`)
    expect(cookies.map((cookie) => cookie?.includes('session=s1'))).toEqual([true, true, true])
    expect(handled).toBe(1)
  })
})
