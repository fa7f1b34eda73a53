/** Rate limits by address, identity and function: what is counted together, what is refused, and the fields. */
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { Api } from '../../lib/api.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { apiKey, basic, rateLimit, type StoreLimiterOptions } from '../../lib/security.ts'
import { polka } from '../support/polka.ts'
import { type Served, serve } from '../support/server.ts'
import { EVERY_ANSWER, testApi } from '../support/test-api.ts'

const MINUTE = { points: 3, seconds: 60 }
const PREFLIGHT = { origin: 'https://page.example', 'access-control-request-method': 'GET' }

/** The statuses of a line asked several times. */
async function statuses(ask: Served['ask'], line: string, times: number, fields = {}): Promise<number[]> {
  const found: number[] = []
  for (let count = 0; count < times; count++) found.push((await ask(line, fields)).status)
  return found
}

afterEach(() => {
  vi.useRealTimers()
})

describe('a rate limit', () => {
  it('refuses with 429, Retry-After and a problem document (INV-55)', async () => {
    const { ask } = await testApi({ rateLimit: MINUTE })
    expect(await statuses(ask, '/every/200', 3)).toEqual([200, 200, 200])
    const { status, headers, json } = await ask('/every/200')
    expect(status).toBe(429)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(json.detail).toMatch(/^Rate limit exceeded: 3 in 60 seconds; try again in \d+ seconds$/)
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(58)
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
  })

  it('has its fields on every answer, errors included', async () => {
    const { ask } = await testApi({ rateLimit: { points: 100, seconds: 60 } })
    let left = 100
    for (const { line, status, fields } of EVERY_ANSWER) {
      const { status: found, headers } = await ask(line, fields)
      expect([line, found]).toEqual([line, status])
      expect(headers.get('ratelimit-policy'), line).toBe('"default";q=100;w=60')
      expect(headers.get('ratelimit'), line).toMatch(new RegExp(`^"default";r=${--left};t=(60|59|58)$`))
      expect(headers.get('x-ratelimit-limit')).toBeNull()
    }
  })

  it('also holds for paths that do not exist and for methods that are not allowed (FS-12)', async () => {
    const { ask } = await testApi({ rateLimit: MINUTE })
    expect(await statuses(ask, '/guess', 2)).toEqual([404, 404])
    expect(await statuses(ask, 'DELETE /every/200', 2)).toEqual([405, 429])
    const { status, headers } = await ask('/guess')
    expect([status, headers.get('ratelimit')?.slice(0, 13)]).toEqual([429, '"default";r=0'])
  })

  it('counts requests that are refused early: malformed paths, too many parameters, wrong hosts (FS-12)', async () => {
    const requests = {
      path: 'GET /%zz HTTP/1.1\r\nHost: h',
      parameters: `GET /every/200?${'a&'.repeat(1100)} HTTP/1.1\r\nHost: h`,
      target: 'GET ftp://h/x HTTP/1.1\r\nHost: h',
      host: 'GET /every/200 HTTP/1.1\r\nHost: a,b',
      'two hosts': 'GET /every/200 HTTP/1.1\r\nHost: h\r\nHost: h',
      'other host': 'GET /every/200 HTTP/1.1\r\nHost: other',
      server: 'OPTIONS * HTTP/1.1\r\nHost: h',
      'host of the server': 'OPTIONS * HTTP/1.1\r\nHost: other',
      'preflight of another host':
        'OPTIONS /every/200 HTTP/1.1\r\nHost: other\r\nOrigin: http://a\r\nAccess-Control-Request-Method: GET',
      'preflight of another origin':
        'OPTIONS /every/200 HTTP/1.1\r\nHost: h\r\nOrigin: http://b\r\nAccess-Control-Request-Method: GET',
    }
    for (const [name, text] of Object.entries(requests)) {
      const { rawUntilClose } = await testApi({
        rateLimit: MINUTE,
        allowedHosts: ['h'],
        securityHeaders: true,
        requestId: true,
        cors: { origin: 'http://a' },
      })
      const statuses: string[] = []
      for (let sent = 0; sent < 4; sent++) {
        const answer = await rawUntilClose(`${text}\r\nConnection: close\r\n\r\n`)
        statuses.push(answer.slice(9, 12))
        for (const field of ['ratelimit: ', 'x-request-id: ', 'content-security-policy: ', 'vary: '])
          expect([name, answer.toLowerCase()]).toEqual([name, expect.stringContaining(`\r\n${field}`)])
      }
      expect([name, ...statuses.slice(0, 2)]).toEqual([name, statuses[2], statuses[2]])
      expect([name, statuses[3]]).toEqual([name, '429'])
    }
  })

  it('counts an OPTIONS with the fields of a preflight where CORS is off', async () => {
    const { ask } = await testApi({ rateLimit: MINUTE }, (things) => things.options('/own', () => 'costly'))
    expect(await statuses(ask, 'OPTIONS /own', 4, PREFLIGHT)).toEqual([200, 200, 200, 429])
    expect(await statuses(ask, 'OPTIONS /every/200', 1, PREFLIGHT)).toEqual([429])
  })

  it('counts no preflights, and never refuses one (FS-13)', async () => {
    const { ask } = await testApi({ rateLimit: MINUTE, cors: {} })
    expect(await statuses(ask, 'OPTIONS /every/200', 20, PREFLIGHT)).toEqual(Array(20).fill(204))
    expect(await statuses(ask, '/every/200', 4)).toEqual([200, 200, 200, 429])
    expect(await statuses(ask, 'OPTIONS /every/200', 2, PREFLIGHT)).toEqual([204, 204])
    expect(await statuses(ask, 'OPTIONS /every/200', 1)).toEqual([429])
  })

  it('is one counter for all endpoints of a blueprint, and one each where endpoints declare it (FS-18)', async () => {
    const prefixes: string[] = []
    const keys: string[] = []
    const store = (options: StoreLimiterOptions) => {
      prefixes.push(options.keyPrefix)
      const limiter = new RateLimiterMemory(options)
      return {
        consume: (key: string, points: number) => {
          keys.push(limiter.getKey(key))
          return limiter.consume(key, points)
        },
      }
    }
    const { ask } = await testApi({ rateLimit: { store } }, (things) => {
      new RestBlueprint('shared', { rateLimit: MINUTE })
        .get('/a', () => 1)
        .get('/b', () => 1)
        .get('/c', () => 1)
        .register(things, { prefix: '/shared' })
      for (const path of ['/own/a', '/own/b/<id>'])
        things.get(path, { name: path, rateLimit: MINUTE }, () => 1)
    })
    const shared = ['/shared/a', '/shared/b', '/shared/c', '/shared/a', '/shared/b']
    const found = []
    for (const path of shared) found.push((await ask(path)).status)
    expect(found).toEqual([200, 200, 200, 429, 429])
    expect(await statuses(ask, '/own/a', 4)).toEqual([200, 200, 200, 429])
    expect(await statuses(ask, '/own/b/7', 4)).toEqual([200, 200, 200, 429])
    expect([...new Set(keys)]).toEqual([
      'mazurka:api/things/shared:default:60:127.0.0.1',
      'mazurka:GET /own/a:default:60:127.0.0.1',
      'mazurka:GET /own/b/<id>:default:60:127.0.0.1',
    ])
    expect(prefixes.toSorted()).toEqual([...new Set(prefixes)].toSorted())
  })

  it('is named in its fields beside the others, and the longest wait of those that refuse counts (FS-19)', async () => {
    const limits = { burst: { points: 2, seconds: 5 }, daily: { points: 3, seconds: 86_400 } }
    const { ask } = await testApi({ rateLimit: { limits } })
    const first = await ask('/every/200')
    expect(first.headers.get('ratelimit-policy')).toBe('"burst";q=2;w=5, "daily";q=3;w=86400')
    expect(first.headers.get('ratelimit')).toMatch(/^"burst";r=1;t=\d, "daily";r=2;t=86(400|399)$/)
    await ask('/every/200')
    const third = await ask('/every/200')
    expect([third.status, Number(third.headers.get('retry-after')) <= 5]).toEqual([429, true])
    const fourth = await ask('/every/200')
    expect(fourth.headers.get('ratelimit')).toMatch(/^"burst";r=0;t=\d, "daily";r=0;t=86\d{3}$/)
    expect(Number(fourth.headers.get('retry-after'))).toBeGreaterThan(86_000)
  })

  it('has the longest wait of limits that tell clients apart differently, too; each takes its points', async () => {
    const by = (name: string) => (request: IncomingMessage) => request.headers[name] as string | undefined
    const limits = {
      tenant: { points: 1, seconds: 10, by: by('x-tenant') },
      user: { points: 1, seconds: 600, by: by('x-user') },
    }
    const app = polka().use(rateLimit({ limits }), (_request: unknown, response: ServerResponse) =>
      response.end(),
    )
    for (const { ask } of [await testApi({ rateLimit: { limits } }), await serve(app)]) {
      const fields = { 'x-tenant': 't', 'x-user': 'u' }
      expect((await ask('/every/200', fields)).status).toBe(200)
      const { status, headers } = await ask('/every/200', fields)
      expect([status, Number(headers.get('retry-after')) > 10]).toEqual([429, true])
      expect(headers.get('ratelimit')).toMatch(/^"tenant";r=0;t=\d+, "user";r=0;t=\d+$/)
    }
  })

  it('by address comes before the others: what it refuses takes none of their points, also where it is written last', async () => {
    const limits = {
      tenant: {
        points: 3,
        seconds: 60,
        by: (request: IncomingMessage) => request.headers['x-tenant'] as string,
      },
      address: { points: 2, seconds: 60 },
    }
    const tenant = { 'x-tenant': 't' }
    for (const store of [
      'memory' as const,
      (options: StoreLimiterOptions) => new RateLimiterMemory(options),
    ]) {
      const app = polka().use(rateLimit({ limits, store }), (_request: unknown, response: ServerResponse) =>
        response.end(),
      )
      for (const { ask } of [await testApi({ rateLimit: { limits, store } }), await serve(app)]) {
        expect((await ask('/every/200', tenant)).headers.get('ratelimit')).toMatch(
          /"address";r=1.*"tenant";r=2/,
        )
        expect((await ask('/every/200', tenant)).headers.get('ratelimit')).toMatch(
          /"address";r=0.*"tenant";r=1/,
        )
        const { status, headers } = await ask('/every/200', tenant)
        expect([status, headers.get('ratelimit')]).toEqual([
          429,
          expect.stringMatching(/^"address";r=0;t=\d+$/),
        ])
      }
    }
  })

  it('holds for a year to the second, and Retry-After is at least 1 (FS-16)', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const year = 31_536_000
    const { ask } = await testApi({ rateLimit: { points: 1, seconds: year } })
    const start = Date.now()
    expect(await statuses(ask, '/every/200', 2)).toEqual([200, 429])
    vi.setSystemTime(start + 30 * 86_400_000)
    expect((await ask('/every/200')).headers.get('retry-after')).toBe(String(year - 30 * 86_400))
    vi.setSystemTime(start + year * 1000 - 1)
    const last = await ask('/every/200')
    expect([last.status, last.headers.get('retry-after')]).toEqual([429, '1'])
    vi.setSystemTime(start + year * 1000)
    expect((await ask('/every/200')).status).toBe(200)
  })

  it('is off for an endpoint with false, as for 100 probes of its health from one address (FS-76)', async () => {
    const { ask } = await testApi({ rateLimit: MINUTE }, (things) => {
      things.get('/health/live', { rateLimit: false }, () => 'alive')
    })
    expect(await statuses(ask, '/health/live', 100)).toEqual(Array(100).fill(200))
    const { headers } = await ask('/health/live')
    expect([headers.get('ratelimit'), headers.get('ratelimit-policy')]).toEqual([null, null])
    expect((await ask('/every/200')).status).toBe(200)
  })

  it('has the fields of the limit with the fewest points left as X-RateLimit-*, by option (INV-56)', async () => {
    const limits = { burst: { points: 5, seconds: 5 }, daily: { points: 3, seconds: 86_400 } }
    const { ask } = await testApi({ rateLimit: { limits, headers: 'legacy' } }, (things) => {
      things.get('/both', { rateLimit: { headers: 'both' } }, () => 1)
    })
    const { headers } = await ask('/every/200')
    expect([headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]).toEqual(['3', '2'])
    const seconds = Number(headers.get('x-ratelimit-reset')) - Date.now() / 1000
    expect(Math.abs(seconds - 86_400)).toBeLessThan(5)
    expect(headers.get('ratelimit')).toBeNull()
    const both = await ask('/both')
    expect(both.headers.get('x-ratelimit-remaining')).toBe('1')
    expect(both.headers.get('ratelimit')).toContain('"daily";r=1;')
    await statuses(ask, '/every/200', 1)
    const refused = await ask('/every/200')
    expect([refused.status, refused.headers.get('x-ratelimit-remaining')]).toEqual([429, '0'])
  })

  it('takes the cost of an endpoint from the counter around it', async () => {
    const { ask } = await testApi({ rateLimit: { points: 10, seconds: 60 } }, (things) => {
      things.get('/search', { rateLimit: { cost: 4 } }, () => [])
    })
    expect(await statuses(ask, '/search', 3)).toEqual([200, 200, 429])
    expect(await statuses(ask, '/every/200', 1)).toEqual([429])
  })

  it('keeps its counters when an endpoint is added while it runs', async () => {
    const { ask, blueprint } = await testApi({ rateLimit: MINUTE })
    await statuses(ask, '/every/200', 2)
    blueprint.get('/late', () => 1)
    expect(await statuses(ask, '/late', 2)).toEqual([200, 429])
  })

  it('by identity counts the identity wherever it comes from, and the address where there is none', async () => {
    const limits = { each: { ...MINUTE, by: 'identity' as const } }
    const { ask, api } = await testApi({ rateLimit: { limits } })
    api.root.use((request, _response, next) => {
      const { user, id } = request.headers
      if (user) request.identity = id ? { id: Number(id), name: user } : user
      next()
    })
    expect(await statuses(ask, '/every/200', 4, { user: 'john' })).toEqual([200, 200, 200, 429])
    expect(await statuses(ask, '/every/200', 4, { user: 'john', id: '7' })).toEqual([200, 200, 200, 429])
    expect(await statuses(ask, '/every/200', 1, { user: 'j', id: '7' })).toEqual([429])
    expect(await statuses(ask, '/every/200', 4)).toEqual([200, 200, 200, 429])
    expect(await statuses(ask, '/nowhere', 1, { user: 'steve' })).toEqual([404])
  })

  it('by identity counts the users that a scheme has authenticated, beside a limit by address', async () => {
    const limits = {
      each: { points: 1, seconds: 60, by: 'identity' as const },
      address: { points: 9, seconds: 60 },
    }
    const { ask } = await testApi({ rateLimit: { limits } }, (things) => {
      things.security({
        user: basic({ realm: 'x', verify: (name, password) => password === 'x' && { name } }),
      })
      things.get('/mine', { security: [{ user: [] }] }, ({ identity }) => identity)
    })
    const by = (user: string) => ({ authorization: `Basic ${Buffer.from(user).toString('base64')}` })
    expect(await statuses(ask, '/mine', 2, by('john:x'))).toEqual([200, 429])
    expect(await statuses(ask, '/mine', 2, by('steve:x'))).toEqual([200, 429])
    const guess = await ask('/mine', by('bill:guess'))
    expect([guess.status, guess.headers.get('ratelimit')?.slice(0, 13)]).toEqual([401, '"address";r=4'])
    expect(await statuses(ask, '/mine', 5, by('bill:guess'))).toEqual([401, 401, 401, 401, 429])
  })

  it('by identity counts clients of two schemes apart, also with the same id', async () => {
    const { ask } = await testApi({ rateLimit: { ...MINUTE, by: 'identity' } }, (things) => {
      things.security({
        bot: apiKey({ header: 'x-api-key', verify: () => ({ id: 7 }) }),
        user: basic({ realm: 'x', verify: () => ({ id: 7 }) }),
      })
      things.get('/mine', { security: [{ bot: [] }, { user: [] }] }, ({ authenticatedBy }) => authenticatedBy)
    })
    expect(await statuses(ask, '/mine', 4, { 'x-api-key': 'k' })).toEqual([200, 200, 200, 429])
    expect(await statuses(ask, '/mine', 4, { authorization: 'Basic YTpi' })).toEqual([200, 200, 200, 429])
  })

  it('by identity asks for a function where the identity has no name', async () => {
    const { ask, api, logger } = await testApi({ rateLimit: { ...MINUTE, by: 'identity' } })
    api.root.use((request, _response, next) => {
      request.identity = { groups: [] }
      next()
    })
    expect((await ask('/every/200')).status).toBe(500)
    expect(JSON.stringify(logger)).toMatch(/one of id, sub/)
  })

  it('by a function counts the text that it returns, of any length, and not undefined', async () => {
    const by = (request: { headers: Record<string, unknown> }) => request.headers.tenant as string | undefined
    const limits = { tenant: { ...MINUTE, by }, address: { points: 100, seconds: 60 } }
    const { ask } = await testApi({ rateLimit: { limits } })
    const long = { tenant: 'x'.repeat(5000) }
    expect(await statuses(ask, '/every/200', 4, long)).toEqual([200, 200, 200, 429])
    expect(await statuses(ask, '/every/200', 5)).toEqual(Array(5).fill(200))
    const { headers } = await ask('/every/200', { tenant: 'other' })
    expect(headers.get('ratelimit-policy')).toBe('"address";q=100;w=60, "tenant";q=3;w=60')
    expect(headers.get('ratelimit')).toMatch(/^"address";r=90;t=\d+, "tenant";r=2;t=\d+$/)
  })

  it('is documented: its fields on all responses, and the 429', async () => {
    const { api } = await testApi({ rateLimit: { ...MINUTE, headers: 'both' } }, (things) => {
      things.get('/off', { rateLimit: false }, () => 1)
    })
    const { paths, components } = api.document() as never as Record<string, Record<string, never>>
    const text = JSON.stringify([paths?.['/every/200'], components])
    for (const name of ['"429"', 'Retry-After', '"RateLimit"', 'RateLimit-Policy', 'X-RateLimit-Reset'])
      expect(text).toContain(name)
    expect(JSON.stringify(paths?.['/off'])).not.toMatch(/RateLimit|429/)
  })

  it.each([
    [true, /takes an object of options, not true/],
    [{ point: 1 }, /unknown option 'point': did you mean 'points'/],
    [{ points: 1 }, /in the limit 'default', needs points and seconds/],
    [{ points: 0, seconds: 1 }, /cannot have points: 0; use a whole number, 1 or more/],
    [{ points: -1, seconds: 1 }, /cannot have points: -1; use a whole number, 1 or more/],
    [{ points: 1.5, seconds: 1 }, /cannot have points: 1.5/],
    [{ points: 1, seconds: Number.POSITIVE_INFINITY }, /cannot have seconds: Infinity/],
    [{ ...MINUTE, by: 'user' }, /cannot have by: 'user'; use 'address', 'identity' or a function/],
    [{ ...MINUTE, cost: 4 }, /has cost: 4, more than the 3 points of 'default'/],
    [{ ...MINUTE, headers: 'x' }, /cannot have headers: 'x'/],
    [{ ...MINUTE, fallback: 'open' }, /cannot have fallback: 'open'/],
    [{ ...MINUTE, store: 'redis' }, /cannot have store: redis; use 'memory', \{ redis: client \}/],
    [{ ...MINUTE, store: { redis: {} } }, /needs a client of Redis/],
    [{ ...MINUTE, timeoutMs: 3_000_000_000 }, /cannot have timeoutMs: 3000000000; use at most 60,000/],
    [{ ...MINUTE, maxKeys: 0 }, /cannot have maxKeys: 0/],
    [{ max: 1 }, /The option 'rateLimit' of the Api has the unknown option 'max'/],
    [{ limits: Number.NaN }, /in 'limits', takes an object of options, not NaN/],
    [{ limits: null }, /in 'limits', takes an object of options, not null/],
    [
      { ...MINUTE, store: async () => new RateLimiterMemory({ points: 1, duration: 1 }) },
      /has a store that returns a promise; it returns a limiter with the method 'consume'/,
    ],
    [{ ...MINUTE, store: () => undefined }, /has a store that returns undefined; it returns a limiter/],
    [{ ...MINUTE, store: () => ({}) }, /has a store that returns an object without 'consume'/],
    [{ limits: {} }, /has limits without one: use false for none/],
    [{ limits: { daily: MINUTE }, points: 1, seconds: 1 }, /has limits beside points/],
    [{ limits: { 'a"b': MINUTE } }, /in the limit 'a"b', has a name that is not/],
    [{ limits: { daily: { ...MINUTE, cost: 1 } } }, /in the limit 'daily', has the unknown option 'cost'/],
  ])('is a TypeError at start-up for %j', async (wrong, message) => {
    await expect(testApi({ rateLimit: wrong as never })).rejects.toThrow(message)
  })

  it.each<[string, () => unknown]>([
    ['null', () => null],
    ['counts that are no numbers', () => ({ consumedPoints: Number.NaN, msBeforeNext: Number.NaN })],
    ['a time that is no number', () => ({ consumedPoints: 1, msBeforeNext: '5' })],
    ['nothing, as a rejection', () => Promise.reject(undefined)],
    ['a broken state, as a rejection', () => Promise.reject({ msBeforeNext: 5 })],
  ])('counts in memory when its store gives %s, and reports it once', async (_what, consume) => {
    const store = () => ({ consume }) as never
    const { ask, logger } = await testApi({ rateLimit: { ...MINUTE, store } })
    expect(await statuses(ask, '/every/200', 4)).toEqual([200, 200, 200, 429])
    expect(logger.lines).toHaveLength(1)
    expect(logger.text()).toMatch(/The store of the rate limits has failed: The store has given .*; it gives/)
  })

  it('is a TypeError for the cost of an endpoint without limits around it, unless these are false', async () => {
    for (const rateLimit of [{ cost: 5 }, { headers: 'both' as const }, { store: 'memory' as const }]) {
      const declare = (things: RestBlueprint) => things.get('/x', { name: 'x', rateLimit }, () => 1)
      await expect(testApi({}, declare)).rejects.toThrow(
        /'rateLimit' of 'x' has \w+ without limits: add points and seconds, here or around it, or rateLimit: false around it/,
      )
      const { ask } = await testApi({ rateLimit: false }, declare)
      expect((await ask('/x')).headers.get('ratelimit')).toBeNull()
    }
    const { ask } = await testApi({ rateLimit: { headers: 'legacy' } }, (things) =>
      things.get('/x', { rateLimit: MINUTE }, () => 1),
    )
    expect((await ask('/x')).headers.get('x-ratelimit-limit')).toBe('3')
  })

  it('is a TypeError for a store inside the limits, and for two blueprints whose keys would be the same', async () => {
    const inner = (things: RestBlueprint) => things.get('/x', { rateLimit: { store: 'memory' } }, () => 1)
    await expect(testApi({ rateLimit: MINUTE }, inner)).rejects.toThrow(/has store without limits of its own/)
    const twice = (things: RestBlueprint) => {
      for (const points of [1, 2])
        new RestBlueprint('same', { rateLimit: { points, seconds: 1 } })
          .get('/x', () => 1)
          .register(things, { prefix: `/${points}` })
    }
    await expect(testApi({}, twice)).rejects.toThrow(/two declarations for 'api\/things\/same'/)
  })
})

describe('the counters', () => {
  /** Keys of all limiters that are made. */
  function keys() {
    const made: string[] = []
    const store = (options: StoreLimiterOptions) => {
      made.push(options.keyPrefix)
      return new RateLimiterMemory(options)
    }
    return { made, store }
  }
  const limited = (points: number, path = '/a') =>
    new RestBlueprint('same', { rateLimit: { points, seconds: 60 } })
      .get(path, () => 1)
      .get('/own', { rateLimit: { points: 1, seconds: 60 } }, () => 1)

  it('of two Apis on one app have the prefix in their keys', async () => {
    const { made, store } = keys()
    const app = polka()
    for (const prefix of ['/one', '/two'])
      new Api(app, {
        title: 'T',
        version: '1',
        prefix,
        rateLimit: { ...MINUTE, store },
      }).registerBlueprint(limited(9))
    const { ask } = await serve(app)
    expect(await statuses(ask, '/one/none', 4)).toEqual([404, 404, 404, 429])
    expect(await statuses(ask, '/two/none', 1)).toEqual([404])
    expect(made.toSorted()).toEqual([
      'mazurka:/one:api/same:default:60',
      'mazurka:/one:api:default:60',
      'mazurka:/two:api/same:default:60',
      'mazurka:/two:api:default:60',
      'mazurka:GET /one/own:default:60',
      'mazurka:GET /two/own:default:60',
    ])
  })

  it('belong to the name that a blueprint is registered by', async () => {
    const { made, store } = keys()
    const app = polka()
    const api = new Api(app, { title: 'T', version: '1', rateLimit: { store } })
    const twice = limited(2)
    api.registerBlueprint(twice, { name: 'one', prefix: '/one' })
    api.registerBlueprint(twice, { name: 'two', prefix: '/two' })
    api.registerBlueprint(limited(1), { name: 'three', prefix: '/three' })
    const { ask } = await serve(app)
    expect(await statuses(ask, '/one/a', 3)).toEqual([200, 200, 429])
    expect(await statuses(ask, '/two/a', 3)).toEqual([200, 200, 429])
    expect(await statuses(ask, '/three/a', 2)).toEqual([200, 429])
    expect(made.toSorted()).toEqual([
      'mazurka:GET /one/own:default:60',
      'mazurka:GET /three/own:default:60',
      'mazurka:GET /two/own:default:60',
      'mazurka:api/one:default:60',
      'mazurka:api/three:default:60',
      'mazurka:api/two:default:60',
    ])
  })

  it('of a blueprint that was refused do not exclude the corrected one', async () => {
    const { ask, api } = await testApi()
    const refused = limited(5).get('/b', { cache: { maxAgeSeconds: -1 } as never }, () => 1)
    expect(() => api.registerBlueprint(refused)).toThrow(/maxAgeSeconds/)
    api.registerBlueprint(limited(1))
    expect(await statuses(ask, '/a', 2)).toEqual([200, 429])
    const nested = new RestBlueprint('nested')
    for (const points of [1, 2]) limited(points).register(nested, { prefix: `/${points}` })
    expect(() => api.registerBlueprint(nested)).toThrow(/two declarations for 'api\/nested\/same'/)
  })
})

describe('clients', () => {
  it('of IPv4 are told apart on a server that listens on IPv6 as well (FS-10)', async () => {
    const { app } = await testApi({ rateLimit: MINUTE })
    const server = createServer(app.handler as never).listen(0, '::')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const from = (localAddress: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        get({ host: '127.0.0.1', port, localAddress, path: '/every/200' }, (response) => {
          response.resume()
          resolve(response.statusCode)
        }).once('error', reject)
      })
    const found = []
    for (let count = 0; count < 4; count++) found.push(await from('127.0.0.1'))
    expect(found).toEqual([200, 200, 200, 429])
    expect(await from('127.0.0.2')).toBe(200)
  })
})

describe('rateLimit as middleware', () => {
  it('limits an app without an Api', async () => {
    const app = polka({
      onError: (error: { status: number }, _request: unknown, response: never) => {
        const { statusCode } = Object.assign(response as { statusCode: number }, { statusCode: error.status })
        ;(response as { end(text: string): void }).end(String(statusCode))
      },
    } as never)
    app.use(rateLimit(MINUTE))
    new RestBlueprint('pets').get('/pets', () => 1).register(app)
    const { ask } = await serve(app)
    expect(await statuses(ask, 'OPTIONS /pets', 5, PREFLIGHT)).toEqual(Array(5).fill(204))
    expect(await statuses(ask, '/pets', 3)).toEqual([200, 200, 200])
    const { status, headers } = await ask('/pets')
    expect(status).toBe(429)
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
    expect(headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/)
  })

  it('gives the app what a later handler throws', async () => {
    const thrown: unknown[] = []
    const app = polka({
      onError: (error: Error, _request: unknown, response: ServerResponse) => {
        thrown.push(error.message)
        response.writeHead(500).end()
      },
    } as never)
    app.use(rateLimit(MINUTE)).get('/boom', () => {
      throw new Error('boom')
    })
    const { ask } = await serve(app)
    expect([(await ask('/boom')).status, thrown]).toEqual([500, ['boom']])
  })

  it('passes on a falsy value that is thrown as an error, so that nothing goes on without one', async () => {
    const limit = rateLimit(MINUTE)
    const server = createServer((request, response) =>
      limit(request as never, response as never, (error?: unknown) => {
        if (error === undefined) throw error
        response.end(String(error))
      }),
    )
    const { ask } = await serve(server)
    expect((await ask('/nothing')).text).toBe('Error: The thrown value is undefined')
  })

  it('limits a blueprint with problem documents, and is a TypeError without limits', async () => {
    const app = polka()
    new RestBlueprint('pets')
      .use(rateLimit(MINUTE))
      .get('/pets', () => 1)
      .register(app)
    const { ask } = await serve(app)
    expect(await statuses(ask, '/pets', 3)).toEqual([200, 200, 200])
    expect((await ask('/pets')).json).toMatchObject({ status: 429 })
    expect(() => rateLimit({ cost: 1 })).toThrow(/needs limits: \{ points: 100, seconds: 60 \}/)
  })
})
