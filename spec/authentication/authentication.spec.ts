/** Authentication of endpoints by their option `security`, by schemes of one's own. */
import { afterAll, describe, expect, it } from 'vitest'
import { Api } from '../../lib/api.ts'
import {
  abort,
  Blueprint,
  Forbidden,
  RestBlueprint,
  ServiceUnavailable,
  Unauthorized,
} from '../../lib/index.ts'
import { documentOf } from '../../lib/openapi.ts'
import {
  apiKey,
  authenticate,
  basic,
  bearer,
  introspection,
  type SecurityScheme,
} from '../../lib/security.ts'
import { closeBrowser, needsBrowser, visit } from '../support/browser.ts'
import { polka, polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { EVERY_ANSWER, testApi } from '../support/test-api.ts'

// biome-ignore lint/suspicious/noExplicitAny: plain Polka handlers, and the page's own globals
type Any = any

/** `X-User: tom` is Tom, `X-User: error` a failure; scopes in X-Scopes. */
const user: SecurityScheme<{ readonly name: string }> = {
  document: { type: 'apiKey', in: 'header', name: 'X-User' },
  challenge: 'User realm="pets"',
  authenticate({ headers }, scopes) {
    const name = headers['x-user'] as string | undefined
    if (name === undefined) return undefined
    if (name === 'nobody') throw new Unauthorized('No such user')
    if (name === 'expired')
      throw new Unauthorized('Expired', { headers: { 'WWW-Authenticate': 'User error="expired"' } })
    if (name === 'error') throw new Error('database is away')
    if (name === 'away') throw new ServiceUnavailable()
    if (!scopes.every((scope) => String(headers['x-scopes']).includes(scope)))
      throw new Forbidden('Not enough')
    return { name }
  },
}
const later: typeof user = { ...user, authenticate: async (...given) => user.authenticate(...given) }
const key = apiKey({ header: 'x-api-key', verify: (text) => text === 'k' && { app: 'shop' } })

const REQUIREMENTS = {
  '/user': [{ user: [] }],
  '/write': [{ user: ['write'] }],
  '/either': [{ user: [] }, { key: [] }],
  '/both': [{ user: [], key: [] }],
  '/maybe': [{ user: [] }, {}],
  '/both-maybe': [{ user: [], key: [] }, {}],
  '/both-maybe-reversed': [{ key: [], user: [] }, {}],
  '/reversed': [{ key: [] }, { user: [] }],
} as const

describe.each([
  ['at once', user],
  ['later', later],
])('an endpoint with security, by a scheme that decides %s,', (_when, user) => {
  const start = () =>
    testApi({}, (things) => {
      things.security({ user, key })
      for (const [path, security] of Object.entries(REQUIREMENTS)) {
        things.get(path, { name: path, security }, ({ identity, authenticatedBy }) => ({
          identity: identity ?? null,
          authenticatedBy,
        }))
      }
    })

  it('has the identity on the request', async () => {
    const { get } = await start()
    const tom = { identity: { name: 'tom' }, authenticatedBy: ['user'] }
    expect(await get('/user', { 'x-user': 'tom' })).toEqual({ status: 200, value: tom })
    expect(await get('/write', { 'x-user': 'tom', 'x-scopes': 'write' })).toMatchObject({ value: tom })
    expect(await get('/either', { 'x-api-key': 'k' })).toMatchObject({
      value: { identity: { app: 'shop' }, authenticatedBy: ['key'] },
    })
    expect(await get('/either', { 'x-api-key': 'k', 'x-user': 'tom' })).toMatchObject({ value: tom })
    expect(await get('/both', { 'x-api-key': 'k', 'x-user': 'tom' })).toMatchObject({
      value: { identity: { user: { name: 'tom' }, key: { app: 'shop' } }, authenticatedBy: ['user', 'key'] },
    })
  })

  it('is a 401 with the challenge of each scheme, a 403 of the scheme (TUT-20)', async () => {
    const { ask } = await start()
    const challenge = async (path: string, fields = {}) => {
      const { status, headers } = await ask(path, fields)
      return [status, headers.get('www-authenticate')]
    }
    const ofKey = 'ApiKey in="header", name="x-api-key"'
    const both = `User realm="pets", ${ofKey}`
    expect(await challenge('/user')).toEqual([401, 'User realm="pets"'])
    expect(await challenge('/user', { 'x-user': 'nobody' })).toEqual([401, 'User realm="pets"'])
    expect(await challenge('/either')).toEqual([401, both])
    expect(await challenge('/both')).toEqual([401, both])
    expect(await challenge('/both', { 'x-user': 'tom' })).toEqual([401, both])
    expect(await challenge('/either', { 'x-user': 'expired' })).toEqual([
      401,
      `User error="expired", ${ofKey}`,
    ])
    expect(await challenge('/either', { 'x-api-key': 'wrong' })).toEqual([401, both])
    expect(await challenge('/write', { 'x-user': 'tom' })).toEqual([403, null])
  })

  it('sends each challenge in a line of its own', async () => {
    const { raw } = await start()
    const text = await raw('GET /either HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(text.match(/^www-authenticate:.*$/gim)).toEqual([
      'www-authenticate: User realm="pets"',
      'www-authenticate: ApiKey in="header", name="x-api-key"',
    ])
  })

  it('tries the alternatives in their order: wrong credentials of one do not forbid another', async () => {
    const { get } = await start()
    for (const name of ['nobody', 'expired'])
      expect(await get('/either', { 'x-user': name, 'x-api-key': 'k' })).toMatchObject({ status: 200 })
  })

  it('is anonymous by the requirement {}, but not with wrong credentials', async () => {
    const { get } = await start()
    expect(await get('/maybe')).toEqual({ status: 200, value: { identity: null, authenticatedBy: [] } })
    expect(await get('/maybe', { 'x-user': 'tom' })).toMatchObject({ value: { identity: { name: 'tom' } } })
    expect(await get('/maybe', { 'x-user': 'nobody' })).toMatchObject({ status: 401 })
  })

  it('is not anonymous with wrong credentials for one of two schemes, whatever their order', async () => {
    const { get } = await start()
    for (const path of ['/both-maybe', '/both-maybe-reversed']) {
      expect(await get(path)).toMatchObject({ status: 200, value: { identity: null } })
      expect(await get(path, { 'x-user': 'nobody' })).toMatchObject({ status: 401 })
      expect(await get(path, { 'x-api-key': 'wrong' })).toMatchObject({ status: 401 })
    }
  })

  it('reports a scheme that fails and lets nobody in, also beside another one', async () => {
    const { get, logger } = await start()
    expect(await get('/either', { 'x-user': 'error', 'x-api-key': 'k' })).toMatchObject({ status: 500 })
    expect(await get('/either', { 'x-user': 'away', 'x-api-key': 'k' })).toMatchObject({ status: 503 })
    expect(logger.text()).toContain('database is away')
  })

  it('reports a scheme that fails after wrong credentials of an earlier one (FS-38)', async () => {
    const { get, logger } = await start()
    const wrong = { 'x-api-key': 'wrong' }
    expect(await get('/reversed', { ...wrong, 'x-user': 'error' })).toMatchObject({ status: 500 })
    expect(await get('/reversed', { ...wrong, 'x-user': 'away' })).toMatchObject({ status: 503 })
    expect(await get('/reversed', { ...wrong, 'x-user': 'nobody' })).toMatchObject({ status: 401 })
    expect(logger.text()).toContain('database is away')
    expect(logger.lines).toHaveLength(2)
  })
})

describe('authentication', () => {
  it('belongs to the endpoint that was found, however its path is written (FS-50)', async () => {
    const { status } = await testApi({}, (things) =>
      things.security({ user }).get('/admin', { security: [{ user: [] }] }, () => 1),
    )
    for (const path of ['/admin', '/%61dmin', '/admin/', '/admin?x', '/%61dmi%6E'])
      expect([path, await status(path)]).toEqual([path, 401])
  })

  it('comes after 404 and 405, and before negotiation, content and validation', async () => {
    const { ask, status } = await testApi({ security: [{ user: [] }] }, (things) => {
      things.security({ user })
      things.post('/x', () => 1)
    })
    expect(await status('/nowhere')).toBe(404)
    expect(await status('DELETE /x')).toBe(405)
    expect(await status('OPTIONS /x')).toBe(204)
    expect(await status('POST /x', { accept: 'image/png', 'content-type': 'image/png' }, '}')).toBe(401)
    const { status: found, headers } = await ask('POST /x', { accept: 'text/html' })
    expect([found, headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8'])
  })

  it('is required of all answers of an Api by its option, the documents excepted', async () => {
    const { ask, api } = await testApi({ security: [{ user: [] }], docs: { ui: 'plain' } }, (things) => {
      things.security({ user })
      things.get('/open', { security: false }, () => 1).get('/public', { security: [] }, () => 1)
    })
    for (const { line, status, fields } of EVERY_ANSWER) {
      const isRouted = ![404, 405, 204].includes(status) || line === '/every/nothing'
      expect([line, (await ask(line, fields)).status]).toEqual([line, isRouted ? 401 : status])
      expect([line, (await ask(line, { ...fields, 'x-user': 'tom' })).status]).toEqual([line, status])
    }
    for (const path of ['/open', '/public', '/openapi.json', '/docs'])
      expect([path, (await ask(path)).status]).toEqual([path, 200])
    expect(api.document().paths['/open']?.get?.security).toEqual([])
  })

  it('is challenged too by a 401 of a handler or a hook', async () => {
    const { ask } = await testApi({}, (things) => {
      things.security({ user, key })
      things.before(({ identity }) => identity.name === 'tom' && abort(401, 'Not Tom'))
      things.get('/x', { security: [{ user: [] }, { key: [] }] }, () => abort(401))
    })
    for (const name of ['tom', 'eve']) {
      const { status, headers } = await ask('/x', { 'x-user': name })
      expect([status, headers.get('www-authenticate')]).toEqual([
        401,
        'User realm="pets", ApiKey in="header", name="x-api-key"',
      ])
    }
  })

  it('makes declared caching private, also where an outer blueprint requires it', async () => {
    const { ask } = await testApi({ security: [{ user: [] }], cache: { maxAgeSeconds: 60 } }, (things) => {
      things.security({ user })
      things.get('/mine', () => 1).get('/open', { security: false }, () => 1)
    })
    const controlOf = async (path: string) =>
      (await ask(path, { 'x-user': 'tom' })).headers.get('cache-control')
    expect(await controlOf('/mine')).toBe('private, max-age=60')
    expect(await controlOf('/open')).toBe('max-age=60')
  })

  it('uses the schemes of api.root and of outer blueprints; the nearest of a name has priority', async () => {
    const app = polka()
    const api = new Api(app, { title: 'T', version: '1', security: [{ user: [] }] })
    api.root.security({ user })
    const outer = new RestBlueprint('outer').get('/outer', () => 1)
    const inner = new RestBlueprint('inner', { security: [{ user: [] }, { key: [] }] })
      .security({ user: { ...user, authenticate: () => undefined }, key })
      .get('/inner', () => 1)
    inner.register(outer)
    api.registerBlueprint(outer)
    const { status } = await serve(app)
    expect(await status('/outer', { 'x-user': 'tom' })).toBe(200)
    expect(await status('/inner', { 'x-user': 'tom' })).toBe(401)
    expect(await status('/inner', { 'x-api-key': 'k' })).toBe(200)
  })
})

describe('credentials that are malformed', () => {
  const start = () =>
    testApi({}, (things) =>
      things
        .security({
          token: bearer({ issuer: 'i', audience: 'a', algorithms: ['HS256'], key: Buffer.alloc(32) }),
          opaque: introspection({ url: 'http://127.0.0.1:1', clientId: 'a', clientSecret: 'b' }),
          login: basic({ realm: 'x', verify: () => ({ name: 'tom' }) }),
          key,
          query: apiKey({ query: 'k', allowQuery: true, verify: () => ({}) }),
          cookie: apiKey({ cookie: 'sid', verify: () => ({}) }),
        })
        .get('/fields', { security: [{ token: [] }, { login: [] }, { key: [] }, {}] }, () => 1)
        .get('/opaque', { security: [{ opaque: [] }, {}] }, () => 1)
        .get('/query', { security: [{ query: [] }, {}] }, () => 1)
        .get('/cookie', { security: [{ cookie: [] }, {}] }, () => 1),
    )

  it('do not make an anonymous request', async () => {
    const { raw } = await start()
    const statusOf = async (path: string, lines = '') =>
      Number((await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}\r\n`)).slice(9, 12))
    const fields = [
      'Authorization: Bearer\tgarbage',
      'Authorization: Bearer',
      'Authorization: bearer=x',
      'Authorization: Basic',
      'Authorization: Basic,',
      'X-API-Key:',
      'X-API-Key: k\r\nX-API-Key: k',
    ]
    for (const line of fields) expect([line, await statusOf('/fields', `${line}\r\n`)]).toEqual([line, 401])
    expect(await statusOf('/opaque', 'Authorization: Bearer\r\n')).toBe(401)
    expect([await statusOf('/query?k='), await statusOf('/query?k=a&k=b')]).toEqual([401, 401])
    for (const line of ['', 'Authorization: Digest x\r\n', 'Authorization: Basics\r\n'])
      expect([line, await statusOf('/fields', line)]).toEqual([line, 200])
    expect(await statusOf('/query?q=1')).toBe(200)
    expect(await statusOf('/cookie', 'Cookie: sid=\r\n')).toBe(200) // a cookie that was cleared
  })

  it('are those of two fields of Authorization, whichever of them is valid; another scheme may be met', async () => {
    const { raw } = await start()
    const [valid, bad] = ['Authorization: Basic YTpi\r\n', 'Authorization: Bearer x\r\n']
    for (const [lines, status] of [
      [valid, 200],
      [valid + bad, 401],
      [bad + valid, 401],
      [valid + valid, 401],
      [`${valid}${bad}X-API-Key: k\r\n`, 200],
    ] as const) {
      const text = await raw(`GET /fields HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}\r\n`)
      expect([lines, Number(text.slice(9, 12))]).toEqual([lines, status])
    }
  })
})

describe('an error of another library in `verify`', () => {
  const failing = (fields: object) =>
    apiKey({
      header: 'x-api-key',
      verify: () => Promise.reject(Object.assign(new Error('upstream says no'), fields)),
    })

  it.each([
    [{ status: 401, name: 'AxiosError' }, 500],
    [{ status: 403, headers: { 'set-cookie': 'upstream=1' } }, 500],
    [{ statusCode: 404, expose: false }, 500],
    [{ status: 502 }, 502],
    [{ status: 401, expose: true }, 401], // as http-errors has it: made for the client
  ])('with %j is a %i: the client is not to blame', async (fields, expected) => {
    const { ask, logger } = await testApi({}, (things) =>
      things
        .security({ failing: failing(fields), user })
        .get('/one', { security: [{ failing: [] }] }, () => 1)
        .get('/either', { security: [{ failing: [] }, { user: [] }] }, () => 1)
        .get('/maybe', { security: [{ failing: [] }, {}] }, () => 1),
    )
    for (const path of ['/one', '/either', '/maybe']) {
      const { status, text, headers } = await ask(path, { 'x-api-key': 'k' })
      expect([path, status, headers.get('set-cookie')]).toEqual([path, expected, null])
      if (expected >= 500) expect(text).not.toContain('upstream')
    }
    expect(logger.lines).toHaveLength(expected < 500 ? 0 : 3)
    for (const [message, error] of logger.lines) {
      expect(message).toMatch(/failed: upstream says no$/)
      expect(error).toMatchObject(fields)
    }
    expect((await ask('/either', { 'x-api-key': 'k', 'x-user': 'tom' })).status).toBe(
      expected < 500 ? 200 : expected,
    )
  })

  it('keeps the status of an HttpException, which ends the request', async () => {
    const verify = () => abort(429, 'Too many wrong keys')
    const { status } = await testApi({}, (things) =>
      things
        .security({ failing: apiKey({ header: 'x-api-key', verify }), user })
        .get('/either', { security: [{ failing: [] }, { user: [] }] }, () => 1),
    )
    expect(await status('/either', { 'x-api-key': 'k', 'x-user': 'tom' })).toBe(429)
  })
})

describe('a requirement that nobody enforces', () => {
  const documented = { document: { type: 'mutualTLS' }, documentOnly: true } as const

  it('is a TypeError: an unknown scheme', async () => {
    const make = (security: object[]) =>
      testApi({}, (things) =>
        things.security({ user }).get('/x', { name: 'x', security } as { name: string }, () => 1),
      )
    await expect(make([{ usr: [] }])).rejects.toThrow(
      "The endpoint 'x' requires the security scheme 'usr', but no scheme has this name: did you mean 'user'?",
    )
    await expect(make([{ constructor: [] }])).rejects.toThrow(/'constructor', but no scheme has this name/)
    await expect(testApi({ security: [{ user: [] }] })).rejects.toThrow(/add it by `security/)
  })

  it.each([() => 1, 'key', { authenticate: () => 1 }])('is a TypeError: %s as a scheme', async (key) => {
    const message = /The value of 'key' is no security scheme: use apiKey\(\), .*bearer\(\)/
    await expect(
      testApi({}, (things) =>
        things.security({ key } as never).get('/x', { security: [{ key: [] }] }, () => 1),
      ),
    ).rejects.toThrow(message)
    expect(() => authenticate({ key } as never, [{ key: [] }])).toThrow(message)
  })

  it('is a TypeError: a blueprint outside of an Api, unless the scheme is documentOnly', async () => {
    const make = (scheme: typeof user | typeof documented) =>
      new RestBlueprint('pets')
        .security({ user: scheme })
        .get('/x', { name: 'x', security: [{ user: [] }] }, () => 1)
    expect(() => make(user).register(polka())).toThrow(
      /endpoint 'x' requires the security scheme 'user', which only an Api enforces/,
    )
    expect(() => new Blueprint('b', { security: [{ a: [] }] }).get('/', () => 1).register(polka())).toThrow(
      /scheme 'a', which only an Api enforces/,
    )
    const app = polka()
    make(documented).register(app)
    const { status } = await serve(app)
    expect(await status('/x')).toBe(200)
    const document = documentOf([{ blueprint: make(documented) }], { title: 'T', version: '1' })
    expect(document.components?.securitySchemes).toEqual({ user: { type: 'mutualTLS' } })
    expect(document.paths['/x']?.get?.security).toEqual([{ user: [] }])
  })

  it('is served as before where all its schemes are documentOnly, beside others of the same alternative', async () => {
    const { status, api } = await testApi({}, (things) =>
      things
        .security({ documented, user })
        .get('/open', { security: [{ documented: [] }] }, () => 1)
        .get('/both', { security: [{ documented: [], user: [] }] }, () => 1),
    )
    expect(await status('/open')).toBe(200)
    expect(await status('/both')).toBe(401)
    expect(await status('/both', { 'x-user': 'tom' })).toBe(200)
    expect(api.document().paths['/open']?.get?.responses).not.toHaveProperty('401')
  })

  it.each([
    [{ security: [{ documented: [] }, { user: [] }] }, /'documented', which is documentOnly.*every request/],
    [{ security: [{ key: ['write'] }] }, /requires scopes of 'key', which does not examine scopes/],
    [{ security: [{ user: 'write' }] }, /requires of 'user' "write"; use a list of scopes/],
    [{ security: [{ user: ['a b'] }] }, /use a list of scopes/],
    [{ security: { user: [] } }, /use a list such as/],
    [{ security: null }, /cannot have security: null; use a list such as/],
    [{ security: ['user'] }, /cannot have security: \[ 'user' \]; use a list such as/],
    [
      { security: [{ broken: [] }] },
      /scheme 'broken' needs the members document, challenge and authenticate/,
    ],
  ])('is a TypeError: %j', async (options, message) => {
    const broken = { document: {} } as never
    await expect(
      testApi({}, (things) =>
        things.security({ user, key, documented, broken }).get('/x', options as object, () => 1),
      ),
    ).rejects.toThrow(message)
  })
})

describe("a scheme of one's own", () => {
  it.each<[object, RegExp]>([
    ...['Own realm="Łódź"', 'X\r\nY: z', '', '   ', 'a\0b', 'X realm="ä"', '"x"'].map(
      (challenge): [object, RegExp] => [
        { challenge },
        /cannot have challenge: .*; use a value of WWW-Authenticate/,
      ],
    ),
    [{ document: 'x' }, /scheme 'own', in 'document', takes an object of options, not 'x'/],
    [{ documentOnly: 'false' }, /scheme 'own' cannot have documentOnly: 'false'; use true or false/],
    [{ hasScopes: 'no' }, /scheme 'own' cannot have hasScopes: 'no'; use true or false/],
    [{ authenticate: true }, /cannot have authenticate: true; use a function/],
  ])('is a TypeError with %j', async (members, message) => {
    const own = { ...user, ...members } as never
    await expect(
      testApi({}, (things) => things.security({ own }).get('/x', { security: [{ own: [] }] }, () => 1)),
    ).rejects.toThrow(message)
    expect(() => authenticate({ own }, [{ own: [] }])).toThrow(message)
  })

  it('may have any challenge that a field can hold', async () => {
    for (const challenge of ['Own', 'Basic, Bearer', 'Own\tabc==', 'Digest realm="a, \\"b", nonce=x']) {
      const { ask } = await testApi({}, (things) =>
        things.security({ own: { ...user, challenge } }).get('/x', { security: [{ own: [] }] }, () => 1),
      )
      const { status, headers } = await ask('/x')
      expect([status, headers.get('www-authenticate')]).toEqual([401, challenge])
    }
  })

  it('outside of an Api is enforced nowhere unless its documentOnly is true', () => {
    const own = { ...user, documentOnly: 'true' } as never
    const pets = new RestBlueprint('pets').security({ own }).get('/x', { security: [{ own: [] }] }, () => 1)
    expect(() => pets.register(polka())).toThrow(/which only an Api enforces/)
  })
})

describe('the document', () => {
  it('has the schemes, the requirements, 401 and 403 with their field', async () => {
    const { api } = await testApi({ security: [{ user: [] }] }, (things) =>
      things.security({ user, key }).get('/write', { security: [{ user: ['write'] }, { key: [] }] }, () => 1),
    )
    const document = api.document()
    expect(document.components?.securitySchemes).toEqual({ user: user.document, key: key.document })
    const { security, responses } = document.paths['/write']?.get ?? {}
    expect(security).toEqual([{ user: ['write'] }, { key: [] }])
    expect(Object.keys(responses ?? {})).toEqual(expect.arrayContaining(['401', '403']))
    expect(JSON.stringify(document.components?.responses?.Unauthorized)).toContain('WWW-Authenticate')
    expect(document.paths['/every/200']?.get?.security).toEqual([{ user: [] }])
    expect(document.paths['/every/200']?.get?.responses).not.toHaveProperty('403')
  })

  it('has no scopes of schemes other than OAuth 2 in OpenAPI 3.0', async () => {
    const { api } = await testApi({ openapi: { version: '3.0.3' } }, (things) =>
      things.security({ user }).get('/write', { security: [{ user: ['write'] }] }, () => 1),
    )
    expect(api.document().paths['/write']?.get?.security).toEqual([{ user: [] }])
  })

  it('is a TypeError for two different schemes of one name', async () => {
    const app = polka()
    const api = new Api(app, { title: 'T', version: '1' })
    const make = (name: string, scheme: SecurityScheme) =>
      new RestBlueprint(name)
        .security({ user: scheme })
        .get(`/${name}`, { security: [{ user: [] }] }, () => 1)
    api.registerBlueprint(make('one', user))
    api.registerBlueprint(make('other', { ...user, document: { type: 'http', scheme: 'basic' } }))
    expect(() => api.document()).toThrow(/'user' names two different security schemes/)
  })
})

describe.each(polkas)('authenticate as middleware on $name', ({ polka }) => {
  it('sets the identity, or is a 401 or 403 with its challenges', async () => {
    const app = polka()
    app.use('/pets', authenticate({ user: later, key }, [{ user: ['write'] }, { key: [] }]))
    app.get('/pets/x', ({ identity }: Any, response: Any) => response.end(JSON.stringify(identity)))
    const { ask, get } = await serve(app)
    expect(await get('/pets/x', { 'x-user': 'tom', 'x-scopes': 'write' })).toMatchObject({
      value: { name: 'tom' },
    })
    expect(await get('/pets/x', { 'x-api-key': 'k' })).toMatchObject({ value: { app: 'shop' } })
    const { status, headers } = await ask('/pets/x')
    expect([status, headers.get('www-authenticate')]).toEqual([
      401,
      'User realm="pets", ApiKey in="header", name="x-api-key"',
    ])
    expect((await ask('/pets/x', { 'x-user': 'tom' })).status).toBe(403)
  })

  it('is middleware of an endpoint outside of an Api', async () => {
    const app = polka()
    new RestBlueprint('pets').get('/x', { use: authenticate({ key }, [{ key: [] }]) }, () => 1).register(app)
    const { ask } = await serve(app)
    const { status, headers, json } = await ask('/x')
    expect([status, headers.get('www-authenticate'), json.status]).toEqual([
      401,
      'ApiKey in="header", name="x-api-key"',
      401,
    ])
    expect((await ask('/x', { 'x-api-key': 'k' })).status).toBe(200)
  })

  it('is a TypeError for a requirement that every request meets', () => {
    expect(() => authenticate({ user }, [])).toThrow(/every request meets/)
    expect(() => authenticate({ user }, [{}])).toThrow(/every request meets/)
    expect(() => authenticate({ user }, [{ usr: [] }])).toThrow(/did you mean 'user'/)
    for (const nothing of [undefined, false] as never[])
      expect(() => authenticate({ user }, nothing)).toThrow(/every request meets/)
    for (const schemes of [undefined, null, 'user', [user]] as never[])
      expect(() => authenticate(schemes, [{ user: [] }])).toThrow(/authenticate takes an object of/)
  })
})

describe('the order of steps', () => {
  it('has authentication before negotiation', async () => {
    const login = basic({ realm: 'x', verify: () => false })
    const { api } = await testApi({}, (things) =>
      things.security({ login }).get('/x', { name: 'x', security: [{ login: [] }] }, () => 1),
    )
    const steps = api.endpoints.find(({ name }) => name === 'x')?.steps ?? []
    const at = (phase: string) => steps.findIndex((step) => step.startsWith(`${phase}/`))
    expect(at('authenticate')).toBeGreaterThan(at('identify'))
    expect(at('authenticate')).toBeLessThan(at('negotiate'))
  })
})

describe('Swagger UI', () => {
  afterAll(closeBrowser, 30_000)

  it('sends the key that is given to its button Authorize', async (context) => {
    const browser = await needsBrowser(context)
    const { url } = await testApi({}, (things) =>
      things
        .security({ key })
        .get('/secret', { name: 'secret', security: [{ key: [] }] }, ({ identity }) => identity.app),
    )
    const { page, faults } = await visit(browser, `${url}/docs`)
    const tryOut = async () => {
      await page.click('.btn.execute')
      const live = await page.waitForSelector('.live-responses-table tbody .response-col_status')
      return live?.evaluate((found) => found.textContent)
    }
    await (await page.waitForSelector('[id$=secret] .opblock-summary-control'))?.click()
    await (await page.waitForSelector('[id$=secret] .try-out__btn'))?.click()
    await page.waitForSelector('.btn.execute')
    expect(await tryOut()).toContain('401')
    await page.click('.btn.authorize')
    await (await page.waitForSelector('.auth-container input'))?.type('k')
    await page.click('.auth-container .btn.authorize')
    await page.click('.auth-container .btn-done')
    await page.waitForFunction(() => !(globalThis as Any).document.querySelector('.auth-container'))
    await page.click('.btn-clear')
    expect(await tryOut()).toContain('200')
    expect(faults.filter((fault) => !/401/.test(fault))).toEqual([])
    await page.close()
  })
})
