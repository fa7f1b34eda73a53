/** JWTs as bearer tokens, with keys from a JWKS server on loopback. */
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { type JWTHeaderParameters, SignJWT } from 'jose'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type BearerOptions, bearer, type Claims } from '../../lib/security.ts'
import { expectDocumented } from '../../lib/testing.ts'
import { type JsonServer, serveJson } from '../support/json-server.ts'
import { testApi } from '../support/test-api.ts'

const ISSUER = 'https://id.example'
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
const third = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** Without `alg`, as many providers publish it. */
const jwkOf = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid })
/** Keys of RSA as Web Crypto makes them. */
const cryptoKeys = () =>
  crypto.subtle.generateKey(
    {
      name: 'RSASSA-PKCS1-v1_5',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    },
    true,
    ['sign', 'verify'],
  )
const keysOf = (...keys: object[]) => ({ keys })

interface Change {
  readonly claims?: Record<string, unknown>
  readonly header?: Partial<JWTHeaderParameters> & Record<string, unknown>
  readonly key?: KeyObject | Uint8Array
}

/** A valid token of rsa, with changes; a claim that is undefined is left out. */
function tokenOf({ claims = {}, header = {}, key = rsa.privateKey }: Change = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const all = {
    iss: ISSUER,
    aud: 'pets',
    sub: 'tom',
    iat: now,
    exp: now + 300,
    scope: 'pets:read',
    ...claims,
  }
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  return new SignJWT(given)
    .setProtectedHeader({ alg: 'RS256', kid: 'a', ...header })
    .sign(key, { crit: { x: true } })
}

const OPTIONS = { issuer: ISSUER, audience: 'pets', algorithms: ['RS256'] } as const

async function start(options: Partial<BearerOptions<Claims>> = {}) {
  const jwks = options.key ? {} : { jwks: keysOf(jwkOf(rsa.publicKey, 'a')) }
  const { ask, logger, ...rest } = await testApi({}, (things) =>
    things
      .security({ token: bearer({ ...OPTIONS, ...jwks, ...options }) })
      .get('/me', { security: [{ token: [] }] }, function me({ identity }) {
        return identity.sub ?? null
      })
      .get('/write', { security: [{ token: ['pets:write', 'pets:read'] }] }, function write() {
        return 1
      }),
  )
  const send = async (token?: string, path = '/me', scheme = 'Bearer') => {
    const { status, headers, text } = await ask(
      path,
      token === undefined ? {} : { authorization: `${scheme} ${token}` },
    )
    return {
      status,
      challenge: headers.get('www-authenticate'),
      retryAfter: headers.get('retry-after'),
      text,
    }
  }
  return { send, logger, ...rest }
}

/** Keys from a server, and a clock that can be set forward. */
async function startWithServer(options: Partial<BearerOptions<Claims>> = {}) {
  const server = await serveJson(() => keysOf(jwkOf(rsa.publicKey, 'a')))
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { send, logger, api, url } = await start({ jwks: server.url, ...options })
  return {
    server,
    send,
    logger,
    api,
    url,
    pass: (seconds: number) => void vi.advanceTimersByTime(seconds * 1000),
  }
}

describe('bearer', () => {
  it('has the claims of a valid token as identity, the name of the scheme in any case (FS-43)', async () => {
    const { send } = await start()
    const token = await tokenOf()
    for (const scheme of ['Bearer', 'bearer', 'BEARER'])
      expect(await send(token, '/me', scheme)).toMatchObject({ status: 200, text: '"tom"' })
  })

  it('challenges without an error for no token, with one for a bad token and for missing scopes (FS-44)', async () => {
    const { send } = await start({ realm: 'pets' })
    expect(await send()).toMatchObject({ status: 401, challenge: 'Bearer realm="pets"' })
    expect(await send('')).toMatchObject({ status: 401, challenge: 'Bearer realm="pets"' })
    const expired = await send(await tokenOf({ claims: { exp: 1 } }))
    expect(expired.status).toBe(401)
    expect(expired.challenge).toBe(
      'Bearer realm="pets", error="invalid_token", error_description="The access token has expired"',
    )
    expect(await send(await tokenOf(), '/write')).toMatchObject({
      status: 403,
      challenge: 'Bearer realm="pets", error="insufficient_scope", scope="pets:write pets:read"',
    })
    for (const claims of [
      { scope: 'pets:read pets:write' },
      { scope: undefined, scp: ['pets:write', 'pets:read'] },
    ])
      expect((await send(await tokenOf({ claims }), '/write')).status).toBe(200)
  })

  it.each<[string, Change]>([
    ['an expired one', { claims: { exp: Math.floor(Date.now() / 1000) - 1 } }],
    ['one that is not valid yet', { claims: { nbf: Math.floor(Date.now() / 1000) + 60 } }],
    ['an exp that is no number (FS-35)', { claims: { exp: '2020-01-01T00:00:00Z' } }],
    ['an exp in text (FS-35)', { claims: { exp: '99999999999' } }],
    ['an nbf that is no number (FS-35)', { claims: { nbf: 'now' } }],
    ['no exp', { claims: { exp: undefined } }],
    ['no audience (FS-36)', { claims: { aud: undefined } }],
    ['another audience', { claims: { aud: 'shops' } }],
    ['other audiences', { claims: { aud: ['shops', 'PETS'] } }],
    ['no issuer (FS-36)', { claims: { iss: undefined } }],
    ['another issuer', { claims: { iss: `${ISSUER}.evil.example` } }],
    ['a crit that is not understood (FS-34)', { header: { crit: ['x'], x: 1 } }],
    ['the signature of another key', { key: other.privateKey }],
    ['an unknown key', { header: { kid: 'b' } }],
    ['another algorithm of the same key', { header: { alg: 'PS256' } }],
    [
      'HS256 with the public key as secret (FS-33)',
      {
        header: { alg: 'HS256' },
        key: Buffer.from(rsa.publicKey.export({ format: 'pem', type: 'spki' })),
      },
    ],
  ])('is a 401 with invalid_token for %s', async (_what, change) => {
    const { send, logger } = await start()
    const { status, challenge } = await send(await tokenOf(change))
    expect([status, challenge]).toEqual([401, expect.stringContaining('error="invalid_token"')])
    expect(logger.lines).toEqual([])
  })

  it('is a 401 for tokens that are written by hand (FS-33, FS-34)', async () => {
    const { send } = await start()
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const [, claims = '', signature = ''] = (await tokenOf()).split('.')
    for (const token of [
      `${part({ alg: 'none' })}.${claims}.`,
      `${part({ alg: 'None' })}.${claims}.${signature}`,
      `${part({ alg: 'RS256', kid: 'a', crit: [] })}.${claims}.${signature}`,
      `${part({ alg: 'RS256', kid: 'a', jwk: jwkOf(other.publicKey, 'a') })}.${claims}.${signature}`,
      `${part({ alg: 'RS256', kid: { a: 1 } })}.${claims}.${signature}`,
      `${part({ alg: 'RS256', kid: 'a' })}.${part({ sub: 'admin' })}.${signature}`,
      `.${claims}.`,
      '..',
      'x',
      'a.b.c.d.e',
      'ż',
      `${'a'.repeat(9000)}.b.c`,
    ])
      expect([token.slice(0, 40), (await send(encodeURI(token))).status]).toEqual([token.slice(0, 40), 401])
  })

  it('takes a secret, or a public key as PEM, JWK or KeyObject', async () => {
    const secret = randomBytes(32)
    const { send } = await start({ key: secret, algorithms: ['HS256'] })
    expect((await send(await tokenOf({ key: secret, header: { alg: 'HS256' } }))).status).toBe(200)
    expect((await send(await tokenOf({ key: randomBytes(32), header: { alg: 'HS256' } }))).status).toBe(401)
    for (const key of [
      rsa.publicKey,
      rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string,
      rsa.publicKey.export({ format: 'jwk' }),
    ]) {
      const { send } = await start({ key })
      expect((await send(await tokenOf())).status).toBe(200)
    }
    const elliptic = await start({ key: ec.publicKey, algorithms: ['ES256'] })
    const token = await tokenOf({ key: ec.privateKey, header: { alg: 'ES256' } })
    expect((await elliptic.send(token)).status).toBe(200)
  })

  it('takes a JWK for its own algorithm alone, as a key of jwks (RFC 7517 §4.4, RFC 8725 §3.1)', async () => {
    const jwk = { ...jwkOf(rsa.publicKey, 'a'), alg: 'RS256' }
    for (const where of [{ key: jwk }, { jwks: keysOf(jwk) }]) {
      const { send } = await start({ ...where, algorithms: ['RS256', 'RS384'] })
      expect((await send(await tokenOf())).status).toBe(200)
      expect((await send(await tokenOf({ header: { alg: 'RS384' } }))).status).toBe(401)
    }
  })

  it.each<[string, () => Promise<unknown> | unknown, RegExp]>([
    ['a private KeyObject', () => rsa.privateKey, /is private/],
    ['a private JWK', () => rsa.privateKey.export({ format: 'jwk' }), /is private/],
    ['a private PEM', () => rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }), /is private/],
    ['a private PEM of RSA', () => rsa.privateKey.export({ format: 'pem', type: 'pkcs1' }), /is private/],
    ['a private CryptoKey', async () => (await cryptoKeys()).privateKey, /is private/],
    ['nothing', () => null, /not valid/],
    ['a JWK for encryption', () => ({ ...jwkOf(rsa.publicKey, 'a'), use: 'enc' }), /not for signatures/],
    [
      'a JWK for wrapping',
      () => ({ ...jwkOf(rsa.publicKey, 'a'), key_ops: ['wrapKey'] }),
      /not for signatures/,
    ],
    ['a JWK for another algorithm', () => ({ ...jwkOf(rsa.publicKey, 'a'), alg: 'PS512' }), /key for PS512/],
  ])('is a TypeError with %s as key', async (_what, make, message) => {
    const key = (await make()) as KeyObject
    expect(() => bearer({ ...OPTIONS, key })).toThrow(message)
    expect(() => bearer({ ...OPTIONS, key })).toThrow(TypeError)
  })

  it('takes a public CryptoKey, and a JWK with its purpose', async () => {
    const { publicKey } = await cryptoKeys()
    const jwk = { ...jwkOf(rsa.publicKey, 'a'), use: 'sig', key_ops: ['verify'], alg: 'RS256' }
    for (const key of [publicKey, jwk]) expect(() => bearer({ ...OPTIONS, key })).not.toThrow()
    const secret = { kty: 'oct', k: randomBytes(32).toString('base64url'), alg: 'HS256' }
    expect(() => bearer({ ...OPTIONS, algorithms: ['HS256'], key: secret })).not.toThrow()
  })

  it.each<[unknown, number]>([
    ['pets:write pets:read', 200],
    [['pets:read', 'pets:write'], 200],
    ['xpets:write pets:readx', 403],
    ['pets:write', 403],
    ['', 403],
    [undefined, 403],
    [null, 403],
  ])(
    'grants by a function `scopes` that returns %j as a claim would: %i (RFC 6749 §3.3)',
    async (found, status) => {
      const { send, logger } = await start({ scopes: () => found as string })
      const answer = await send(await tokenOf(), '/write')
      expect(answer.status).toBe(status)
      if (status === 403) expect(answer.challenge).toContain('error="insufficient_scope"')
      expect((await send(await tokenOf())).status).toBe(200)
      expect(logger.lines).toEqual([])
    },
  )

  it.each<[string, () => unknown]>([
    ['a promise', () => Promise.reject(new Error('away'))],
    ['a set', () => new Set(['pets:write', 'pets:read'])],
    ['a number', () => 7],
  ])('names `scopes` in the error of one that returns %s', async (_what, scopes) => {
    const { send, logger } = await start({ scopes: scopes as () => string })
    expect((await send(await tokenOf(), '/write')).status).toBe(500)
    expect(logger.text()).toContain("'scopes' of bearer has returned")
  })

  it('is a TypeError with a function `scopes` that is asynchronous', () => {
    const scopes = async () => ['pets:write']
    expect(() => bearer({ ...OPTIONS, key: rsa.publicKey, scopes: scopes as never })).toThrow(
      'bearer cannot have scopes',
    )
  })

  it('has an identity of its own by `identity`, and scopes by `scopes`', async () => {
    const { send } = await start({
      identity: async ({ sub, blocked }) => !blocked && { sub: `user ${sub}` },
      scopes: ({ roles }) => (roles as string[] | undefined) ?? [],
    })
    expect(await send(await tokenOf())).toMatchObject({ status: 200, text: '"user tom"' })
    expect(await send(await tokenOf({ claims: { blocked: true } }))).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('error="invalid_token"'),
    })
    expect(
      (await send(await tokenOf({ claims: { roles: ['pets:read', 'pets:write'] } }), '/write')).status,
    ).toBe(200)
    expect((await send(await tokenOf({ claims: { scope: 'pets:read pets:write' } }), '/write')).status).toBe(
      403,
    )
  })

  it('accepts a verified token again without its key, by the whole token and never beyond exp (FS-39)', async () => {
    const server = await serveJson(() => keysOf(jwkOf(rsa.publicKey, 'a')))
    const { send } = await start({ jwks: server.url, cacheSeconds: 60, jwksCacheSeconds: 0 })
    const exp = Math.floor(Date.now() / 1000) + 20
    const [tom, ola] = [await tokenOf({ claims: { exp } }), await tokenOf({ claims: { sub: 'ola' } })]
    for (let round = 0; round < 2; round++) {
      expect(await send(tom)).toMatchObject({ status: 200, text: '"tom"' })
      expect(await send(ola)).toMatchObject({ status: 200, text: '"ola"' })
    }
    expect((await send(`${ola.slice(0, -2)}AA`)).status).toBe(401)
    expect((await send(tom, '/write')).status).toBe(403)
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    vi.setSystemTime((exp + 1) * 1000)
    expect((await send(tom)).status).toBe(401)
    expect((await send(ola)).status).toBe(200)
  })

  it('gives each request its own copy of the claims, cached ones too', async () => {
    const seen: unknown[] = []
    const identity = (claims: Claims) => {
      seen.push(structuredClone(claims.roles))
      return Object.assign(claims, { roles: [...(claims.roles as string[]), 'admin'] })
    }
    const { send } = await start({ cacheSeconds: 60, identity })
    const token = await tokenOf({ claims: { roles: ['user'] } })
    for (let round = 0; round < 3; round++) expect((await send(token)).status).toBe(200)
    expect(seen).toEqual([['user'], ['user'], ['user']])
  })

  const jwks = keysOf(jwkOf(rsa.publicKey, 'a'))
  it.each([
    [{ algorithms: undefined }, /needs algorithms.*no default/],
    [{ algorithms: [] }, /needs algorithms/],
    [{ algorithms: ['none'] }, /cannot have the algorithm "none"/],
    [{ algorithms: ['RS256', 'HS256'] }, /cannot have HS256 beside jwks/],
    [
      { jwks: undefined, key: rsa.publicKey, algorithms: ['HS256'] },
      /cannot verify HS256 with a key of the type rsa/,
    ],
    [{ jwks: undefined, key: rsa.publicKey, algorithms: ['RS256', 'ES256'] }, /cannot verify ES256/],
    [
      { jwks: undefined, key: ec.publicKey, algorithms: ['ES384'] },
      /cannot verify ES384 with a key of the type ec/,
    ],
    [{ jwks: undefined, key: randomBytes(32), algorithms: ['RS256'] }, /cannot verify RS256/],
    [
      { jwks: undefined, key: randomBytes(31), algorithms: ['HS256'] },
      /has 248 bits; HS256 needs at least 256/,
    ],
    [{ jwks: undefined, key: 'secret', algorithms: ['HS256'] }, /a key that is not valid/],
    [{ key: rsa.publicKey }, /one of jwks and key/],
    [{ jwks: undefined }, /one of jwks and key/],
    [{ jwks: 'id.example/jwks' }, /cannot have jwks: 'id.example/],
    [{ audience: undefined }, /cannot have audience/],
    [{ audience: [] }, /cannot have audience/],
    [{ issuer: '' }, /cannot have issuer: ''/],
    [{ algoritms: [] }, /did you mean 'algorithms'/],
    [{ timeoutSeconds: -1 }, /timeoutSeconds: -1/],
    [{ timeoutSeconds: 0 }, /timeoutSeconds: 0; use a number over 0, at most 3,600/],
    [{ timeoutSeconds: Number.POSITIVE_INFINITY }, /timeoutSeconds: Infinity/],
    [{ timeoutSeconds: 5e6 }, /timeoutSeconds: 5000000/],
    [{ jwksCacheSeconds: Number.POSITIVE_INFINITY }, /jwksCacheSeconds: Infinity; use a whole number/],
    [{ clockToleranceSeconds: Number.POSITIVE_INFINITY }, /clockToleranceSeconds: Infinity/],
    [{ identity: 'sub' }, /identity: 'sub'; use a function/],
    [{ scopes: null }, /scopes: null; use a function/],
  ])('is a TypeError at start-up (FS-33): %#', (options, message) => {
    expect(() => bearer({ ...OPTIONS, jwks, ...options } as never)).toThrow(message)
  })
})

describe('a set of keys', () => {
  const noId = (key: KeyObject) => key.export({ format: 'jwk' })
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 })

  it.each<[string, object[], string | undefined]>([
    ['without kid', [noId(other.publicKey), noId(rsa.publicKey)], undefined],
    ['with one kid', [jwkOf(other.publicKey, 'a'), jwkOf(rsa.publicKey, 'a')], 'a'],
  ])('%s is tried key by key (FS-37)', async (_what, keys, kid) => {
    const { send } = await start({ jwks: keysOf(...keys) })
    const header = { kid } as NonNullable<Change['header']>
    for (const { privateKey } of [rsa, other])
      expect((await send(await tokenOf({ key: privateKey, header }))).status).toBe(200)
    expect((await send(await tokenOf({ key: third.privateKey, header }))).status).toBe(401)
    const expired = await send(await tokenOf({ header, claims: { exp: 1 } }))
    expect(expired.challenge).toContain('has expired')
  })

  it.each<[string, object, RegExp]>([
    ['is private', jwkOf(other.privateKey, 'b'), /The key 'b' is private/],
    ['is malformed', { kty: 'RSA', kid: 'b', e: 'AQAB' }, /The key 'b' is malformed/],
    ['has 1,024 bits', jwkOf(short.publicKey, 'b'), /The key 'b' has 1024 bits; RS256 needs at least 2048/],
    ['is no object', [5] as object, /A key of it is malformed/],
  ])('from a server is used without a key that %s, which is reported', async (_what, odd, message) => {
    const { server, send, logger, pass } = await startWithServer()
    server.data = () => keysOf(odd, jwkOf(rsa.publicKey, 'a'))
    expect((await send(await tokenOf())).status).toBe(200)
    expect(logger.text()).toMatch(message)
    pass(601)
    expect((await send(await tokenOf())).status).toBe(200)
    expect(logger.lines).toHaveLength(1)
    const token = await tokenOf({ key: other.privateKey, header: { kid: 'b' } })
    for (let round = 0; round < 3; round++) expect((await send(token)).status).toBe(401)
    expect(logger.lines).toHaveLength(1)
    server.data = () => keysOf(odd)
    const fresh = await start({ jwks: server.url })
    expect(await fresh.send(token)).toMatchObject({ status: 503, retryAfter: '5' })
    expect(fresh.logger.text()).toMatch(message)
  })

  it('may contain keys for other purposes', async () => {
    const { send, logger } = await start({
      jwks: keysOf(
        { ...jwkOf(rsa.publicKey, 'a'), use: 'enc' },
        { ...jwkOf(rsa.publicKey, 'a'), key_ops: ['encrypt'] },
        { ...jwkOf(rsa.publicKey, 'a'), alg: 'PS256' },
        jwkOf(ec.publicKey, 'a'),
        { kty: 'AKP', kid: 'a', alg: 'ML-DSA-44', pub: 'x' },
        { kty: 'oct', kid: 'a', k: 'c2VjcmV0' },
        { ...jwkOf(rsa.publicKey, 'a'), use: 'sig', key_ops: ['verify'], alg: 'RS256' },
      ),
    })
    expect((await send(await tokenOf())).status).toBe(200)
    expect(logger.lines).toEqual([])
  })

  it.each<[unknown, RegExp]>([
    [null, /cannot have jwks: null/],
    [{}, /cannot have jwks.*use the URL of a JWK Set, or \{ keys: \[…\] \}/],
    [{ keys: 'x' }, /cannot have jwks/],
    [keysOf(), /has no key for RS256/],
    [keysOf(jwkOf(ec.publicKey, 'a')), /has no key for RS256/],
    [keysOf(jwkOf(rsa.publicKey, 'a'), jwkOf(rsa.privateKey, 'b')), /The key 'b' is private/],
    [keysOf(jwkOf(short.publicKey, 'a')), /1024 bits/],
    [keysOf({ kty: 'RSA', kid: 'a' }), /is malformed/],
  ])('that cannot be used is a TypeError at start-up: %#', (set, message) => {
    expect(() => bearer({ ...OPTIONS, jwks: set as never })).toThrow(TypeError)
    expect(() => bearer({ ...OPTIONS, jwks: set as never })).toThrow(message)
    expect(() => bearer({ ...OPTIONS, key: short.publicKey })).toThrow(/1024 bits; RS256 needs at least 2048/)
  })
})

describe('keys from a server', () => {
  it('are fetched once for concurrent tokens, and once a minute for unknown keys (FS-37)', async () => {
    const { server, send, pass } = await startWithServer()
    const token = await tokenOf()
    const first = await Promise.all(Array.from({ length: 20 }, () => send(token)))
    expect(first.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(server.requests).toHaveLength(1)
    pass(61)
    const unknown = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => send(await tokenOf({ header: { kid: `random-${n}` } }))),
    )
    expect(new Set(unknown.map(({ status }) => status))).toEqual(new Set([401]))
    expect(server.requests).toHaveLength(2)
    expect((await send(token)).status).toBe(200)
  })

  it('are fetched again from their age on, also where that is less than a minute', async () => {
    const { server, send, pass } = await startWithServer({ jwksCacheSeconds: 1 })
    const [withdrawn, fresh] = [
      await tokenOf(),
      await tokenOf({ key: other.privateKey, header: { kid: 'b' } }),
    ]
    expect((await send(withdrawn)).status).toBe(200)
    server.data = () => keysOf(jwkOf(other.publicKey, 'b'))
    pass(2)
    expect([(await send(withdrawn)).status, (await send(fresh)).status]).toEqual([401, 200])
    server.status = 500
    pass(2)
    for (let round = 0; round < 3; round++) expect((await send(fresh)).status).toBe(200)
    expect(server.requests).toHaveLength(3)
  })

  it('are fetched again for the token of a new key', async () => {
    const { server, send, pass } = await startWithServer()
    expect((await send(await tokenOf())).status).toBe(200)
    server.data = () => keysOf(jwkOf(rsa.publicKey, 'a'), jwkOf(other.publicKey, 'b'))
    pass(61)
    const token = await tokenOf({ key: other.privateKey, header: { kid: 'b' } })
    expect((await send(token)).status).toBe(200)
  })

  it('go on working while the server is down, which is reported; unknown ones are a 503 (FS-38)', async () => {
    const { server, send, pass, logger } = await startWithServer()
    const token = await tokenOf()
    expect((await send(token)).status).toBe(200)
    server.status = 500
    pass(3600)
    for (let round = 0; round < 3; round++) expect((await send(token)).status).toBe(200)
    expect(server.requests).toHaveLength(2)
    expect(logger.text()).toMatch(/The keys at http:\S+ cannot be fetched.*responds with 500/)
    const unknown = await tokenOf({ key: other.privateKey, header: { kid: 'b' } })
    expect(await send(unknown)).toMatchObject({ status: 503, retryAfter: '60' })
    server.status = 200
    server.data = () => keysOf(jwkOf(other.publicKey, 'b'))
    pass(61)
    expect((await send(unknown)).status).toBe(200)
    expect((await send(token)).status).toBe(401)
  })

  it('that were never there are a 503 with Retry-After, a report without the token, and no flood (FS-38)', async () => {
    const { server, send, pass, logger } = await startWithServer()
    server.status = 502
    const token = await tokenOf()
    for (let round = 0; round < 3; round++)
      expect(await send(token)).toMatchObject({ status: 503, retryAfter: '5', challenge: null })
    expect(server.requests).toHaveLength(1)
    expect(logger.text()).toMatch(/Access tokens cannot be verified at present: .*responds with 502/)
    expect(logger.text()).not.toContain(token.slice(-20))
    server.status = 200
    pass(6)
    expect((await send(token)).status).toBe(200)
  })

  it('document a 503 with Retry-After, keys that are given do not', async () => {
    const { server, api, url } = await startWithServer()
    expect(JSON.stringify(api.document().components?.responses?.ServiceUnavailable)).toContain('Retry-After')
    const { api: given } = await start()
    expect(given.document().paths['/me']?.get?.responses).not.toHaveProperty('503')
    server.status = 500
    const response = await fetch(`${url}/me`, { headers: { authorization: `Bearer ${await tokenOf()}` } })
    expect(response.status).toBe(503)
    await expectDocumented(response, api)
  })

  it.each<[string, (server: JsonServer) => void]>([
    ['does not respond in time', (server) => Object.assign(server, { delay: 3000 })],
    [
      'sends more than 1 MiB',
      (server) =>
        Object.assign(server, {
          data: () => ({ x: 'x'.repeat(1_048_576), ...keysOf(jwkOf(rsa.publicKey, 'a')) }),
        }),
    ],
    ['sends no keys', (server) => Object.assign(server, { data: () => ({ error: 'no' }) })],
    ['redirects', (server) => Object.assign(server, { status: 302, fields: { location: server.url } })],
  ])('are a 503 when their server %s (FS-38)', async (_what, change) => {
    const { server, send } = await startWithServer({ timeoutSeconds: 1 })
    change(server)
    expect((await send(await tokenOf())).status).toBe(503)
  })
})
