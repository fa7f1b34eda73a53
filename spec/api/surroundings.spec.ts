/** An Api beside others, bare blueprints and routes of the app: its surroundings are around its own answers alone. */
import { describe, expect, it } from 'vitest'
import { Api, type ApiOptions } from '../../lib/api.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { clientOf, cors, trustedProxy } from '../../lib/security.ts'
import { quiet } from '../support/logger.ts'
import { type AnyPolka, polkas } from '../support/polka.ts'
import { type Served, serve } from '../support/server.ts'

const PARTNER = 'https://partner.example'
const FORWARDED = { origin: PARTNER, 'x-forwarded-for': '6.6.6.6' }
// biome-ignore lint/suspicious/noExplicitAny: a plain Polka handler
type Any = any

/** Fields that the surroundings of an Api set. */
const SURROUNDED = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
  'content-security-policy',
  'ratelimit',
  'server-timing',
  'vary',
  'x-request-id',
]

interface Neighbourhood extends Served {
  /** The messages of the access log of the public Api. */
  readonly lines: string[]
}

/** An Api with everything on, beside one with nothing on, a bare blueprint, and routes of the app on both sides. */
async function neighbourhood(
  polka: AnyPolka,
  { order = ['public', 'admin'], ...options }: Partial<ApiOptions> & { readonly order?: string[] } = {},
): Promise<Neighbourhood> {
  const app = polka()
  const logger = quiet()
  const lines: string[] = []
  const write = (text: string) => (_request: Any, response: Any) => response.end(text)
  app.get('/early', write('early')).put('/early', write('changed'))
  const { prefix = '' } = options
  const apis: Record<string, () => Api> = {
    public: () =>
      new Api(app, {
        title: 'public',
        version: '1',
        logger,
        cors: { origin: [PARTNER], credentials: true },
        trustProxy: ['loopback'],
        allowedHosts: ['127.0.0.1'],
        requestId: true,
        accessLog: { logger: { info: (_entry, message) => lines.push(String(message)) } },
        securityHeaders: true,
        serverTiming: true,
        rateLimit: { points: 1000, seconds: 60 },
        ...options,
      }).registerBlueprint(new RestBlueprint('news').get('/news', (request) => clientOf(request).address)),
    admin: () => {
      const secrets = new RestBlueprint('secrets')
      secrets.get('/secret', (request) => clientOf(request).address).put('/secret', () => 'changed')
      const about = { title: 'admin', version: '1', prefix: `${prefix}/admin`, health: true, logger }
      return new Api(app, about).registerBlueprint(secrets)
    },
  }
  for (const name of order) apis[name]?.()
  new RestBlueprint('bare', { prefix: `${prefix}/bare`, logger })
    .get('/x', (request) => clientOf(request).address)
    .put('/x', () => 'changed')
    .register(app)
  app.get('/late', write('late')).put('/late', write('changed'))
  return { ...(await serve(app)), lines }
}

const preflight = { origin: PARTNER, 'access-control-request-method': 'PUT' }

describe.each(polkas)('On $name', ({ polka }) => {
  describe.each([
    { prefix: '', order: ['public', 'admin'] },
    { prefix: '', order: ['admin', 'public'] },
    { prefix: '/api', order: ['public', 'admin'] },
    { prefix: '/api', order: ['admin', 'public'] },
  ])('the surroundings of the Api at "$prefix", $order', ({ prefix, order }) => {
    const open = () => neighbourhood(polka, { prefix, order })

    it('are not around the answers of another Api, a bare blueprint or the app (FS-09)', async () => {
      const { ask, lines } = await open()
      for (const path of [
        '/admin/secret',
        '/admin/nothing',
        '/admin/health/ready',
        '/bare/x',
        '/bare/nothing',
      ]) {
        const { headers } = await ask(prefix + path, FORWARDED)
        expect([path, SURROUNDED.filter((name) => name !== 'vary' && headers.has(name))]).toEqual([path, []])
        expect(headers.get('vary') ?? '').not.toContain('Origin')
      }
      for (const path of ['/early', '/late']) {
        const { headers } = await ask(path, FORWARDED)
        expect([path, SURROUNDED.filter((name) => headers.has(name))]).toEqual([path, []])
      }
      expect(lines).toEqual([])
      const own = await ask(`${prefix}/news`, FORWARDED)
      expect(SURROUNDED.filter((name) => !own.headers.has(name))).toEqual([])
    })

    it('allow no preflight of what others answer (FS-09)', async () => {
      const { ask } = await open()
      for (const [path, status] of [
        [`${prefix}/admin/secret`, 204],
        [`${prefix}/bare/x`, 204],
        ['/early', 404],
        ['/late', 404],
      ] as const) {
        const { headers, status: sent } = await ask(`OPTIONS ${path}`, preflight)
        expect([path, sent, headers.get('access-control-allow-origin')]).toEqual([path, status, null])
      }
    })

    it('trust no proxy for others', async () => {
      const { get } = await open()
      expect(await get(`${prefix}/news`, FORWARDED)).toEqual({ status: 200, value: '6.6.6.6' })
      for (const path of ['/admin/secret', '/bare/x'])
        expect([path, await get(prefix + path, FORWARDED)]).toEqual([
          path,
          { status: 200, value: '127.0.0.1' },
        ])
    })

    it('check no host for others', async () => {
      const { raw } = await open()
      const statusOf = async (path: string) =>
        (await raw(`GET ${path} HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n`)).slice(9, 12)
      expect(await statusOf(`${prefix}/news`)).toBe('421')
      for (const path of [`${prefix}/admin/health/ready`, `${prefix}/bare/x`, '/early', '/late'])
        expect([path, await statusOf(path)]).toEqual([path, '200'])
    })
  })

  it('a preflight of an unknown path may ask for any method', async () => {
    const { ask } = await neighbourhood(polka)
    for (const method of ['PUT', 'constructor', '__proto__', 'toString']) {
      const fields = { ...preflight, 'access-control-request-method': method }
      const { status, headers } = await ask('OPTIONS /nothing', fields)
      expect([status, headers.get('access-control-allow-methods')]).toEqual([204, method])
    }
  })

  it('they are once around each answer of the Api itself: endpoints, 404, 405 and OPTIONS (FS-12)', async () => {
    const { ask, lines } = await neighbourhood(polka)
    let left = 1000
    for (const [line, status] of [
      ['/news', 200],
      ['/nothing', 404],
      ['DELETE /news', 405],
      ['OPTIONS /news', 204],
    ] as const) {
      const { headers, status: sent } = await ask(line, FORWARDED)
      expect([line, sent]).toEqual([line, status])
      expect([line, SURROUNDED.filter((name) => !headers.has(name))]).toEqual([line, []])
      expect(headers.get('ratelimit')).toBe(`"default";r=${--left};t=60`)
    }
    expect(lines).toHaveLength(4)
  })

  it('count a request once that a handler has passed on', async () => {
    const app = polka()
    const passing = new RestBlueprint('passing').get('/pass', (_request, _response, next) => next())
    const rateLimit = { points: 10, seconds: 60 }
    new Api(app, { title: 'one', version: '1', logger: quiet(), rateLimit }).registerBlueprint(passing)
    const { headers, status } = await (await serve(app)).ask('/pass')
    expect([status, headers.get('ratelimit')]).toEqual([404, '"default";r=9;t=60'])
  })

  it('a request passed on to another Api has the proxies of that one', async () => {
    const app = polka()
    const logger = quiet()
    const first = new RestBlueprint('first').get('/x/who', (_request, _response, next) => next())
    const second = new RestBlueprint('second').get('/who', (request) => clientOf(request).address)
    new Api(app, { title: 'one', version: '1', logger, trustProxy: ['loopback'] }).registerBlueprint(first)
    new Api(app, { title: 'two', version: '1', logger, prefix: '/x' }).registerBlueprint(second)
    expect((await (await serve(app)).get('/x/who', FORWARDED)).value).toBe('127.0.0.1')
  })

  it('the middleware of mazurka/security is around the whole app, Apis included', async () => {
    const app = polka()
    app.use(trustedProxy(['loopback']), cors({ origin: PARTNER }))
    app.get('/plain', (_request: Any, response: Any) => response.end('plain'))
    const who = new RestBlueprint('who').get('/who', (request) => clientOf(request).address)
    const off = new RestBlueprint('off', { trustProxy: false }).get(
      '/off',
      (request) => clientOf(request).address,
    )
    new Api(app, { title: 'one', version: '1' }).registerBlueprint(who).registerBlueprint(off)
    const { ask, get } = await serve(app)
    for (const path of ['/plain', '/who', '/nothing'])
      expect((await ask(path, FORWARDED)).headers.get('access-control-allow-origin')).toBe(PARTNER)
    expect((await get('/who', FORWARDED)).value).toBe('6.6.6.6')
    expect((await get('/off', FORWARDED)).value).toBe('127.0.0.1')
  })
})
