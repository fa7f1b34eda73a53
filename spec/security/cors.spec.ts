/** CORS: fields on every answer, preflights from the routes, and pages of another origin in a browser. */
import { once } from 'node:events'
import { connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { Api } from '../../lib/api.ts'
import type { Middleware } from '../../lib/index.ts'
import { HttpException, RestBlueprint } from '../../lib/index.ts'
import { type CorsOptions, cors } from '../../lib/security.ts'
import { closeBrowser, needsBrowser, visit } from '../support/browser.ts'
import { polka, polkas } from '../support/polka.ts'
import { type Served, serve } from '../support/server.ts'
import { EVERY_ANSWER, testApi } from '../support/test-api.ts'

const APP = 'https://app.example.org'
const EVIL = 'https://evil.example.net'

function preflight({ ask }: Pick<Served, 'ask'>, path: string, method: string, fields = {}) {
  return ask(`OPTIONS ${path}`, { origin: APP, 'access-control-request-method': method, ...fields })
}

describe.each(polkas)('CORS on $name', ({ polka }) => {
  it('lets every origin read every answer, errors included (FS-08, INV-59)', async () => {
    const { ask } = await testApi({ cors: {} }, undefined, polka)
    for (const { line, status, fields } of EVERY_ANSWER) {
      const answer = await ask(line, { origin: APP, ...fields })
      expect([line, answer.status]).toEqual([line, status])
      expect(answer.headers.get('access-control-allow-origin'), line).toBe('*')
      expect(answer.headers.get('access-control-expose-headers'), line).toMatch(/^ETag, Link, Location/)
      expect(answer.headers.get('vary') ?? '', line).not.toContain('Origin')
    }
  })

  it('has Vary: Origin on every answer where the origin decides, also without an origin (FS-01, INV-B22)', async () => {
    const { ask } = await testApi({ cors: { origin: [APP], credentials: true } }, undefined, polka)
    const values: Record<string, string> = { [APP]: APP, [EVIL]: 'none', '': 'none' }
    for (const { line, status, fields } of EVERY_ANSWER) {
      for (const [origin, value] of Object.entries(values)) {
        const answer = await ask(line, { ...(origin ? { origin } : {}), ...fields })
        expect([line, answer.status]).toEqual([line, status])
        expect(answer.headers.get('vary')?.split(', '), `${line} ${origin}`).toContain('Origin')
        expect(answer.headers.get('access-control-allow-origin') ?? 'none').toBe(value)
        expect(answer.headers.has('access-control-allow-credentials')).toBe(value === APP)
      }
    }
  })

  it('answers a preflight with the methods of the path, also of a route that was added later', async () => {
    const { ask, blueprint } = await testApi({ cors: {} }, undefined, polka)
    expect((await preflight({ ask }, '/every/200', 'GET')).headers.get('access-control-allow-methods')).toBe(
      'GET, HEAD, OPTIONS',
    )
    blueprint.put('/every/200', { etag: false }, () => undefined)
    const { status, headers, text } = await preflight({ ask }, '/every/200', 'PUT', {
      'access-control-request-headers': 'if-match, x-own',
    })
    expect([status, text]).toEqual([204, ''])
    expect(headers.get('access-control-allow-methods')).toBe('GET, HEAD, PUT, OPTIONS')
    expect(headers.get('access-control-allow-headers')).toBe('if-match, x-own')
    expect(headers.get('access-control-allow-origin')).toBe('*')
  })

  it('answers a preflight before authentication (FS-05), and no other OPTIONS (FS-06)', async () => {
    const { ask } = await testApi(
      { cors: {} },
      (things) => {
        things.use((_request, _response, next) => next(new HttpException(401)))
        things.get('/secret', () => 1)
      },
      polka,
    )
    expect((await preflight({ ask }, '/secret', 'GET')).status).toBe(204)
    const { headers } = await ask('OPTIONS /every/200', { origin: APP })
    expect(headers.has('access-control-allow-methods')).toBe(false)
    const open = await testApi({ cors: {} }, undefined, polka)
    const other = await open.ask('OPTIONS /every/200', { 'access-control-request-method': 'GET' })
    expect([other.status, other.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
  })

  it('lets a page see the 404 of an unknown path: its preflight passes (FS-07)', async () => {
    const { ask } = await testApi({ cors: { origin: APP } }, undefined, polka)
    const { status, headers } = await preflight({ ask }, '/nowhere', 'DELETE')
    expect([status, headers.get('access-control-allow-methods')]).toEqual([204, 'DELETE'])
    const answer = await ask('DELETE /nowhere', { origin: APP })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([404, APP])
  })
})

describe('the policy', () => {
  it('is that of the route that answers, found by the router alone (FS-09)', async () => {
    const { ask } = await testApi({ cors: {} }, (things) => {
      things.get('/admin', { cors: { origin: APP } }, () => 1)
      things.get('/closed', { cors: false }, () => 1)
      things.delete('/admin', () => undefined)
    })
    const allowed = async (path: string) =>
      (await ask(path, { origin: EVIL })).headers.get('access-control-allow-origin')
    expect([await allowed('/admin'), await allowed('/closed')]).toEqual([null, null])
    expect([await allowed('/Admin'), (await ask('/Admin')).status]).toEqual(['*', 404])
    const methods = async (path: string, method: string, fields = {}) =>
      (await preflight({ ask }, path, method, fields)).headers.get('access-control-allow-methods')
    expect(await methods('/admin', 'GET')).toBe('GET, HEAD') // a browser remembers all methods of the answer
    expect(await methods('/admin', 'DELETE')).toBe('DELETE, OPTIONS')
    expect(await methods('/closed', 'GET')).toBeNull()
    expect((await preflight({ ask }, '/closed', 'GET')).headers.has('access-control-allow-origin')).toBe(
      false,
    )
    expect((await preflight({ ask }, '/admin', 'GET', { origin: EVIL })).status).toBe(403)
  })

  it('of one endpoint is enough, where the Api and its blueprints have none (INV-57)', async () => {
    const { ask } = await testApi({}, (things) => things.post('/open', { cors: {} }, () => 1))
    expect((await preflight({ ask }, '/open', 'POST')).headers.get('access-control-allow-methods')).toBe(
      'POST',
    )
    expect((await ask('/every/200', { origin: APP })).headers.has('access-control-allow-origin')).toBe(false)
  })

  it('of a blueprint replaces that of the Api as a whole', async () => {
    const { ask } = await testApi({ cors: { origin: APP, credentials: true } }, (things) => {
      new RestBlueprint('inner', { cors: { origin: '*' } })
        .get('/', () => 1)
        .register(things, { prefix: '/in' })
    })
    const { headers } = await ask('/in', { origin: EVIL })
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.has('access-control-allow-credentials')).toBe(false)
  })

  it('of a handler for OPTIONS of its own applies to plain requests alone (FS-06)', async () => {
    const { ask } = await testApi({ cors: {} }, (things) =>
      things.route('/own', { get: () => 1, options: () => ({ mine: true }) }),
    )
    expect((await ask('OPTIONS /own')).json).toEqual({ mine: true })
    const { status, headers } = await preflight({ ask }, '/own', 'GET')
    expect([status, headers.get('access-control-allow-methods')]).toEqual([204, 'GET, HEAD, OPTIONS'])
  })

  it('of an endpoint alone does not depend on the order of blueprints', async () => {
    const own = () => new RestBlueprint('own').options('/x', () => 'own')
    const open = () => new RestBlueprint('open').get('/x', { cors: {} }, () => 1)
    for (const [first, second] of [
      [own(), open()],
      [open(), own()],
    ] as const) {
      const app = polka()
      new Api(undefined, { title: 'T', version: '1' })
        .registerBlueprint(first)
        .registerBlueprint(second)
        .init(app)
      const { status, headers } = await preflight(await serve(app), '/x', 'GET')
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, '*'])
    }
  })
})

describe('Vary', () => {
  it('is the union of all that is set, whoever sets it and when (FS-02)', async () => {
    const { ask } = await testApi({ cors: { origin: APP } }, (things) => {
      things.get('/set', (_request, response) => {
        response.setHeader('vary', 'Accept')
        return 1
      })
      things.get('/written', (_request, response) => {
        response.writeHead(200, { Vary: 'Cookie, origin' }).end('1')
      })
      things.get('/listed', (_request, response) => {
        response.writeHead(200, 'Fine', ['vary', 'Cookie', 'x-own', '1']).end('1')
      })
    })
    const vary = async (path: string) => (await ask(path)).headers.get('vary')?.toLowerCase()
    expect(await vary('/set')).toBe('accept, origin')
    expect(await vary('/written')).toBe('cookie, origin')
    expect(await vary('/listed')).toBe('cookie, origin')
  })
})

describe('over HTTP/2', () => {
  it('the fields are the same, whoever writes the answer (FS-02)', async () => {
    const { app } = await testApi({ cors: { origin: APP } }, (things) =>
      things.get('/raw', (_request, response) => {
        response.setHeader('vary', 'Accept')
        response.end('raw')
      }),
    )
    const server = createServer((request, response) => app.handler(request as never, response as never))
    const port = await new Promise<number>((resolve) => {
      server.listen(0, () => resolve((server.address() as AddressInfo).port))
    })
    const client = connect(`http://localhost:${port}`)
    onTestFinished(() => {
      client.close()
      server.close()
    })
    const answer = client.request({ ':path': '/raw', origin: APP }).resume()
    const [fields] = (await once(answer, 'response')) as [Record<string, unknown>]
    expect(fields).toMatchObject({ vary: 'Accept, Origin', 'access-control-allow-origin': APP })
  })
})

describe('an origin', () => {
  const tricks = [
    'https://trusted.com.attacker.io',
    'https://trusted.com:8080',
    'http://trusted.com',
    'https://xtrusted.com',
    'https://evil.io/?https://trusted.com',
    'https://evil.io, https://trusted.com',
    'https://trusted.com/',
    'HTTPS://TRUSTED.COM',
    'null',
    'https://trusted.com@evil.io',
  ]

  it.each([
    ['in a list', ['https://trusted.com']],
    ['of a pattern without anchors', /https:\/\/trusted\.com/],
    ['of one of two patterns, with flags', /^https:\/\/a\.com|https:\/\/trusted\.com$/gm],
  ])('%s has to be the whole one (FS-04)', async (_name, origin) => {
    const { ask } = await testApi({ cors: { origin } })
    for (let time = 0; time < 2; time++) {
      const { headers } = await ask('/every/200', { origin: 'https://trusted.com' })
      expect(headers.get('access-control-allow-origin')).toBe('https://trusted.com')
    }
    for (const trick of tricks)
      expect(
        (await ask('/every/200', { origin: trick })).headers.has('access-control-allow-origin'),
        trick,
      ).toBe(false)
  })

  it('is tested by a function, which may wait; one that says * never opens credentials (FS-03)', async () => {
    const { ask } = await testApi({ cors: { origin: async (origin) => origin === APP } }, (things) => {
      things.get('/star', { cors: { origin: () => '*', credentials: true } }, () => 1)
      things.get('/fails', { cors: { origin: () => Promise.reject(new Error('lost')) } }, () => 1)
    })
    const of = async (path: string, origin: string) =>
      (await ask(path, { origin })).headers.get('access-control-allow-origin')
    expect([await of('/every/200', APP), await of('/every/200', EVIL)]).toEqual([APP, null])
    expect((await preflight({ ask }, '/every/200', 'GET')).status).toBe(204)
    expect(await of('/star', APP)).toBeNull()
    expect((await ask('/fails', { origin: APP })).status).toBe(500)
  })
})

describe('options of CORS', () => {
  it.each<[string, unknown, RegExp]>([
    ['every origin with credentials (FS-03)', { credentials: true }, /'\*' with credentials/],
    ['* in a list', { origin: ['*'] }, /has the origin '\*'; an origin is/],
    ['null', { origin: 'null' }, /has the origin 'null'/],
    ['a path', { origin: 'https://a.org/' }, /use 'https:\/\/a\.org'/],
    ['a default port', { origin: 'https://A.org:443' }, /use 'https:\/\/a\.org'/],
    ['a wildcard', { origin: 'https://*.a.org' }, /an origin is/],
    ['a number', { origin: 7 }, /has the origin 7/],
    ['an unknown key', { origins: '*' }, /unknown option 'origins'.*origin/],
    ['true', true, /takes an object of options, not true/],
    ['a field that is none', { exposedHeaders: ['*'] }, /'\*', which is no field name/],
    ['an endless time', { maxAgeSeconds: Number.POSITIVE_INFINITY }, /maxAgeSeconds: Infinity/],
  ])('cannot be %s: a TypeError at start-up', async (_name, options, message) => {
    await expect(testApi({ cors: options as CorsOptions })).rejects.toThrow(message)
    await expect(testApi({ cors: options as CorsOptions })).rejects.toThrow(TypeError)
  })

  it('name more fields to read, those to send, and a lifetime; the page fields have their own name (INV-58)', async () => {
    const options = { exposedHeaders: ['X-Own', 'etag'], allowedHeaders: ['X-Token'], maxAgeSeconds: 600 }
    const { ask } = await testApi({ cors: options }, (things) =>
      things.get('/pages', { paginate: { header: 'X-Pages' } }, () => []),
    )
    const exposed = (await ask('/every/200')).headers.get('access-control-expose-headers')?.split(', ')
    expect(exposed).toEqual(expect.arrayContaining(['X-Own', 'X-Pagination', 'RateLimit', 'Sunset']))
    expect(exposed?.filter((name) => name.toLowerCase() === 'etag')).toHaveLength(1)
    const pages = (await ask('/pages')).headers.get('access-control-expose-headers')
    expect(pages).toContain('X-Pages')
    expect(pages).not.toContain('X-Pagination')
    const { headers } = await preflight({ ask }, '/every/200', 'GET', {
      'access-control-request-headers': 'x',
    })
    expect(headers.get('access-control-allow-headers')).toBe('X-Token')
    expect(headers.get('access-control-max-age')).toBe('600')
  })

  it('are documented', async () => {
    const { api } = await testApi({ cors: {} })
    expect(JSON.stringify(api.document().paths)).toContain('Access-Control-Allow-Origin')
  })
})

describe('security headers beside CORS', () => {
  it('let other origins embed what all of them may read, unless something else is stated (FS-22)', async () => {
    const { ask } = await testApi({ securityHeaders: true, cors: {} }, (things) => {
      things.get('/listed', { cors: { origin: APP } }, () => 1)
      const own = { crossOriginResourcePolicy: { policy: 'same-site' } }
      things.get('/own', { securityHeaders: own }, () => 1)
    })
    const policy = async (path: string) => (await ask(path)).headers.get('cross-origin-resource-policy')
    expect([await policy('/every/200'), await policy('/nowhere')]).toEqual(['cross-origin', 'cross-origin'])
    expect([await policy('/listed'), await policy('/own')]).toEqual(['same-origin', 'same-site'])
  })
})

describe('CORS as middleware', () => {
  it.each(polkas)('answers preflights and sets the fields, without an Api, on $name', async ({ polka }) => {
    const app = polka().use(cors({ origin: [APP] }) as Middleware)
    new RestBlueprint('things').get('/things', () => [1]).register(app)
    const { ask } = await serve(app)
    const { headers } = await ask('/things', { origin: APP })
    expect([headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([APP, 'Origin'])
    expect((await ask('/things', { origin: EVIL })).headers.has('access-control-allow-origin')).toBe(false)
    const { status, headers: fields } = await preflight({ ask }, '/things', 'PUT')
    expect([status, fields.get('access-control-allow-methods')]).toEqual([204, 'PUT'])
    expect((await preflight({ ask }, '/things', 'PUT', { origin: EVIL })).status).toBe(403)
    expect((await ask('PUT /things', { origin: APP })).headers.get('access-control-allow-origin')).toBe(APP)
  })
})

describe('a page of another origin', () => {
  afterAll(closeBrowser)

  it('reads an ETag and a 404 problem, and sends a PUT after its preflight', async (context) => {
    const browser = await needsBrowser(context)
    const page = await serve(
      polka().get('/', (_request: unknown, response: { end(text: string): void }) => response.end('<p>')),
    )
    const { url } = await testApi({ cors: { origin: page.url, credentials: true } }, (things) => {
      things.put('/things', ({ headers }: { headers: Record<string, unknown> }) => ({
        own: headers['x-own'],
      }))
      things.get('/closed', { cors: false }, () => 1)
    })
    const { page: open } = await visit(browser, page.url)
    const found = await open.evaluate(async (api) => {
      const ask = (path: string, init = {}) => fetch(api + path, { credentials: 'include', ...init })
      const read = await ask('/every/200')
      const missing = await ask('/nowhere', { headers: { 'x-own': '1' } })
      const written = await ask('/things', { method: 'PUT', headers: { 'x-own': 'yes' } })
      const refused = await ask('/closed').catch((error) => error.name)
      return [
        read.headers.get('etag'),
        ((await missing.json()) as { status: number }).status,
        await written.json(),
        refused,
      ]
    }, url)
    expect(found).toEqual([expect.stringMatching(/^(W\/)?"/), 404, { own: 'yes' }, 'TypeError'])
  })

  it('reports a request once whose origin is known only after its deadline', async () => {
    const reports: string[] = []
    let resolve: (isAllowed: boolean) => void = () => undefined
    const allowed = new Promise<boolean>((settle) => {
      resolve = settle
    })
    const { ask } = await testApi({
      timeoutSeconds: 0.05,
      onError: (error) => void reports.push((error as Error).message),
      cors: { origin: () => allowed },
    })
    expect((await ask('/every/200', { origin: 'https://a.example' })).status).toBe(503)
    resolve(true)
    expect((await ask('/every/nothing', { origin: 'https://a.example' })).status).toBe(404)
    expect(reports).toEqual(['The request has taken too long'])
  })
})
