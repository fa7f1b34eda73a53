/** Opaque tokens, introspected by a server on loopback (RFC 7662). */
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Api } from '../../lib/api.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { type Claims, type IntrospectionOptions, introspection } from '../../lib/security.ts'
import { expectDocumented, listen } from '../../lib/testing.ts'
import { serveJson } from '../support/json-server.ts'
import { quiet } from '../support/logger.ts'
import { polka } from '../support/polka.ts'
import { testApi } from '../support/test-api.ts'

const now = () => Math.floor(Date.now() / 1000)

async function start(options: Partial<IntrospectionOptions<Claims>> = {}) {
  const server = await serveJson(() => ({ active: true, sub: 'tom', scope: 'pets:read', exp: now() + 300 }))
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const { ask, logger } = await testApi({}, (things) =>
    things
      .security({
        token: introspection({ url: server.url, clientId: 'pets', clientSecret: 's:ż %', ...options }),
      })
      .get('/me', { security: [{ token: [] }] }, function me({ identity }) {
        return identity.sub ?? null
      })
      .get('/write', { security: [{ token: ['pets:write'] }] }, function write() {
        return 1
      }),
  )
  const send = async (token: string, path = '/me') => {
    const { status, headers, text } = await ask(path, { authorization: `Bearer ${token}` })
    return {
      status,
      challenge: headers.get('www-authenticate'),
      retryAfter: headers.get('retry-after'),
      text,
    }
  }
  const pass = (seconds: number) => void vi.setSystemTime(Date.now() + seconds * 1000)
  return { server, send, logger, pass, ask }
}

describe('introspection', () => {
  it('asks the server with the credentials of the client', async () => {
    const { server, send } = await start()
    expect(await send('a+b/c=')).toMatchObject({ status: 200, text: '"tom"' })
    const [{ fields, content } = { fields: {}, content: '' }] = server.requests
    expect(content).toBe('token=a%2Bb%2Fc%3D&token_type_hint=access_token')
    expect(fields['content-type']).toMatch(/^application\/x-www-form-urlencoded/)
    const credentials = Buffer.from(String(fields.authorization).slice(6), 'base64').toString()
    expect(credentials).toBe('pets:s%3A%C5%BC+%25') // RFC 6749 §2.3.1
  })

  it('is a 401 without a token, and with one that is not active, a 403 without its scopes (FS-44)', async () => {
    const { server, send, ask } = await start({ realm: 'pets' })
    expect((await ask('/me')).headers.get('www-authenticate')).toBe('Bearer realm="pets"')
    expect(server.requests).toEqual([])
    expect(await send('a', '/write')).toMatchObject({
      status: 403,
      challenge: 'Bearer realm="pets", error="insufficient_scope", scope="pets:write"',
    })
    server.data = () => ({ active: false })
    const { status, challenge } = await send('b')
    expect([status, challenge]).toEqual([401, expect.stringContaining('error="invalid_token"')])
  })

  it.each([
    { active: 'true' },
    { active: 1 },
    {},
    { active: true, exp: 1 },
    { active: true, exp: 'tomorrow' },
    { active: true, nbf: 99_999_999_999 },
    { active: true, aud: 'shops' },
    { active: true, aud: ['shops'] },
    { active: true, iss: 'https://evil.example' },
  ])('is a 401 for the answer %j (FS-49)', async (answer) => {
    const { server, send } = await start({ audience: 'pets', issuer: 'https://id.example' })
    server.data = () => answer
    expect((await send('a')).status).toBe(401)
  })

  it('takes aud and iss that fit, or are not there (FS-49)', async () => {
    const { server, send } = await start({ audience: ['pets', 'dogs'], issuer: 'https://id.example' })
    server.data = () => ({ active: true, aud: ['x', 'dogs'], iss: 'https://id.example', nbf: 1 })
    expect((await send('a')).status).toBe(200)
    server.data = () => ({ active: true })
    expect((await send('b')).status).toBe(200)
  })

  it('keeps an answer for its time, and never beyond exp (FS-47)', async () => {
    const { server, send, pass } = await start({ cacheSeconds: 300 })
    const exp = now() + 30
    server.data = () => ({ active: exp > now(), exp })
    for (let round = 0; round < 3; round++) expect((await send('a')).status).toBe(200)
    expect(server.requests).toHaveLength(1)
    pass(31)
    expect((await send('a')).status).toBe(401)
    server.data = () => ({ active: true, exp: now() + 9000 })
    expect((await send('b')).status).toBe(200)
    pass(301)
    server.data = () => ({ active: false })
    expect((await send('b')).status).toBe(401)
  })

  it('keeps answers by the whole token (FS-39)', async () => {
    const { server, send } = await start()
    server.data = (content) => ({ active: true, sub: content })
    const long = 'x'.repeat(5000)
    const [one, other] = [await send(`${long}1`), await send(`${long}2`)]
    expect(one.text).toContain(`${long}1`)
    expect(other.text).toContain(`${long}2`)
  })

  it('asks once for concurrent requests with one token', async () => {
    const { server, send } = await start()
    server.delay = 50
    const all = await Promise.all(Array.from({ length: 10 }, () => send('a')))
    expect(all.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(server.requests).toHaveLength(1)
  })

  it('keeps negative answers for a short time; they push no positive one out (FS-48)', async () => {
    const { server, send, pass } = await start({ maxCachedTokens: 5 })
    expect((await send('good')).status).toBe(200)
    server.data = () => ({ active: false })
    for (let round = 0; round < 3; round++) expect((await send('bad')).status).toBe(401)
    expect(server.requests).toHaveLength(2)
    for (let n = 0; n < 20; n++) expect((await send(`random-${n}`)).status).toBe(401)
    expect((await send('good')).status).toBe(200)
    expect(server.requests).toHaveLength(22)
    pass(11)
    server.data = () => ({ active: true })
    expect((await send('random-19')).status).toBe(200)
  })

  it('is a 503 with a report while the server is down, with its Retry-After; cached answers go on (FS-38)', async () => {
    const { server, send, logger } = await start({ timeoutSeconds: 1 })
    expect((await send('known')).status).toBe(200)
    server.status = 503
    server.fields = { 'retry-after': '120' }
    expect(await send('secret-token')).toMatchObject({ status: 503, retryAfter: '120', challenge: null })
    server.status = 200
    server.fields = {}
    server.delay = 2000
    expect(await send('secret-token')).toMatchObject({ status: 503, retryAfter: null })
    server.delay = 0
    server.data = () => 'no object'
    expect((await send('secret-token')).status).toBe(503)
    server.data = () => ({ active: true, x: 'x'.repeat(1_048_576) })
    expect((await send('secret-token')).status).toBe(503)
    expect(logger.text()).toContain('The introspection server sends more than 1,048,576 bytes')
    expect((await send('known')).status).toBe(200)
    expect(logger.text()).toContain('The introspection server responds with 503')
    expect(logger.text()).not.toContain('secret-token')
    server.data = () => ({ active: true })
    expect((await send('secret-token')).status).toBe(200)
  })

  it('gives each request its own copy of an answer, a cached one too', async () => {
    const server = await serveJson(() => ({ active: true, sub: 'tom', roles: ['user'] }))
    const token = introspection({ url: server.url, clientId: 'pets', clientSecret: 's' })
    const { get } = await testApi({}, (things) =>
      things
        .security({ token })
        .get('/roles', { security: [{ token: [] }] }, ({ identity }) => identity.roles)
        .post('/roles', { security: [{ token: [] }] }, ({ identity }) =>
          (identity as { roles: string[] }).roles.push('admin'),
        ),
    )
    const fields = { authorization: 'Bearer a' }
    server.delay = 20
    await Promise.all([get('POST /roles', fields), get('POST /roles', fields)])
    await get('POST /roles', fields)
    expect((await get('/roles', fields)).value).toEqual(['user'])
    expect(server.requests).toHaveLength(1)
  })

  it('documents its 503, with Retry-After in seconds', async () => {
    const server = await serveJson(() => ({}))
    const token = introspection({ url: server.url, clientId: 'pets', clientSecret: 's' })
    const app = polka()
    const api = new Api(app, { title: 'T', version: '1', logger: quiet() })
    api.registerBlueprint(
      new RestBlueprint('pets').security({ token }).get('/me', { security: [{ token: [] }] }, () => 1),
    )
    const { fetch, close } = await listen(app)
    onTestFinished(close)
    server.status = 503
    const soon = new Date(Date.now() + 30_000).toUTCString()
    for (const [sent, received] of [
      ['120', /^120$/],
      [soon, /^(30|29|28)$/],
      ['Thu, 01 Jan 1970 00:00:00 GMT', /^1$/],
      ['soon', /^null$/],
      ['-1', /^null$/],
    ] as const) {
      server.fields = { 'retry-after': sent }
      const response = await fetch('/me', { headers: { authorization: 'Bearer a' } })
      expect([response.status, String(response.headers.get('retry-after'))]).toEqual([
        503,
        expect.stringMatching(received),
      ])
      await expectDocumented(response, api)
    }
  })

  it.each([
    [{ url: 'ftp://127.0.0.1/' }, /cannot have url: ftp:/],
    [
      { timeoutSeconds: Number.POSITIVE_INFINITY },
      /timeoutSeconds: Infinity; use a number over 0, at most 3,600/,
    ],
    [{ timeoutSeconds: 0 }, /timeoutSeconds: 0/],
    [{ identity: 'sub' }, /identity: 'sub'; use a function/],
    [{ audience: 5 }, /cannot have audience: 5/],
    [{ issuer: [] }, /cannot have issuer: \[\]/],
    [{ document: 'x' }, /document: 'x'; use an object/],
    [{ url: 'nowhere' }, /cannot have url: nowhere/],
    [{ clientId: '' }, /needs clientId/],
    [{ clientSecret: undefined }, /needs clientSecret/],
    [{ cacheSeconds: -1 }, /cacheSeconds: -1/],
    [{ cachSeconds: 1 }, /did you mean 'cacheSeconds'/],
  ])('is a TypeError: %j', (options, message) => {
    const given = { url: 'http://127.0.0.1:1', clientId: 'a', clientSecret: 'b', ...options }
    expect(() => introspection(given as never)).toThrow(message)
  })
})
