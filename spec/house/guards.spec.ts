/** Guards: middleware before a blueprint sees the path that is routed, and no form of a target gets past it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sirv from 'sirv'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Api } from '../../lib/api.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { quiet } from '../support/logger.ts'
import { type AnyPolka, polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'

// biome-ignore lint/suspicious/noExplicitAny: middleware is written for many versions of Polka
type Any = any

const SECRET = 'for administrators'

/** Forms of `/admin/users`, and targets that may be taken for one. */
const TARGETS = [
  '/admin/users',
  '/admin/users/',
  '/admin/users?x=1',
  '/admin/users#top',
  '/admin/users?x=1#top',
  '/admin/users#top?x=1',
  '/%61dmin/users',
  '/%61%64%6d%69%6E/users',
  '/admin%2Fusers',
  '/admin/%75sers',
  '/%2561dmin/users',
  '//admin/users',
  '/admin//users',
  '/./admin/users',
  '/x/../admin/users',
  '/%2e/admin/users',
  '/admin/./users',
  '/admin/../admin/users',
  '/ADMIN/users',
  '/Admin/Users',
  '/admin;x=1/users',
  '/admin%00/users',
  '/admin%20/users',
  '/admin\\users',
  '\\admin/users',
  '*admin/users',
  'admin/users',
  '*/admin/users',
  '*',
  '?/admin/users',
  '#/admin/users',
  'http://h/admin/users',
  'HTTP://H/admin/users',
  'https://h/%61dmin/users',
  'http://user@h/admin/users',
  'http://h:80/admin/users?x',
  'http://h//admin/users',
  'http://h/x/../admin/users',
  'http:///admin/users',
  'http://h?/admin/users',
  'http:/admin/users',
  'ftp://h/admin/users',
  'h:80',
]

const GUARDS: Readonly<Record<string, (app: Any) => void>> = {
  'by mount path': (app) => app.use('/admin', refuse),
  'by request.path': (app) =>
    app.use((request: Any, response: Any, next: Any) =>
      request.path.startsWith('/admin') ? refuse(request, response) : next(),
    ),
  'by request.url': (app) =>
    app.use((request: Any, response: Any, next: Any) =>
      request.url.startsWith('/admin') ? refuse(request, response) : next(),
    ),
}

function refuse(_request: unknown, response: Any): void {
  response.statusCode = 401
  response.end()
}

/** The same endpoint as a route of Polka itself, and in blueprints. */
const SERVERS: Readonly<Record<string, (app: Any) => void>> = {
  'a route of Polka': (app) =>
    app.get('/admin/users', (_request: unknown, response: Any) => response.end(SECRET)),
  'a blueprint without a prefix': (app) => {
    users('/admin/users').register(app)
  },
  'a blueprint below /admin': (app) => {
    users('/users').register(app, { prefix: '/admin' })
  },
  'a nested blueprint': (app) => {
    const outer = new RestBlueprint('outer', { prefix: '/admin', logger: quiet() })
    users('/users').register(outer)
    outer.register(app)
  },
}

function users(path: string) {
  return new RestBlueprint('users', { logger: quiet() }).get(path, { name: 'users' }, () => SECRET)
}

/** The statuses of all targets, or `served` where the secret was sent. */
async function outcomes(polka: AnyPolka, build: (app: Any) => void): Promise<Record<string, string>> {
  const app = polka()
  build(app)
  const { rawUntilClose } = await serve(app)
  const found: Record<string, string> = {}
  for (const target of TARGETS) {
    const answer = await rawUntilClose(`GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)
    found[target] = answer.includes(SECRET) ? 'served' : (/^HTTP\/1.1 (\d+)/.exec(answer)?.[1] ?? 'closed')
  }
  return found
}

describe.each(polkas)('a guard on $name', ({ polka, name }) => {
  const [native, ...blueprints] = Object.entries(SERVERS) as [[string, Any], ...[string, Any][]]

  describe.each(Object.entries(GUARDS))('%s', (_kind, guard) => {
    it.each(blueprints)('before %s is passed by no form of a target', async (_server, register) => {
      const found = await outcomes(polka, (app) => {
        guard(app)
        register(app)
      })
      expect(Object.entries(found).filter(([, outcome]) => outcome === 'served')).toEqual([])
      for (const target of ['/admin/users', '/%61dmin/users', 'http://h/admin/users'])
        expect([target, found[target]]).toEqual([target, '401'])
    })

    it.each(blueprints)(
      'after %s guards it wherever it guards a route of Polka',
      async (_server, register) => {
        const ofPolka = await outcomes(polka, (app) => {
          native[1](app)
          guard(app)
        })
        const found = await outcomes(polka, (app) => {
          register(app)
          guard(app)
        })
        expect(ofPolka['/admin/users']).toBe(name === 'Polka 0.5.2' ? '401' : 'served')
        if (name === 'Polka 0.5.2')
          expect(Object.entries(found).filter(([, outcome]) => outcome === 'served')).toEqual([])
        else expect(found['/admin/users']).toBe('served')
      },
    )
  })

  it.each(blueprints)('that is not there leaves %s to all forms of its path', async (_server, register) => {
    const found = await outcomes(polka, register)
    const served = Object.keys(found).filter((target) => found[target] === 'served')
    expect(served).toEqual([
      '/admin/users',
      '/admin/users/',
      '/admin/users?x=1',
      '/admin/users#top',
      '/admin/users?x=1#top',
      '/admin/users#top?x=1',
      '/%61dmin/users',
      '/%61%64%6d%69%6E/users',
      '/admin/%75sers',
      'http://h/admin/users',
      'HTTP://H/admin/users',
      'https://h/%61dmin/users',
      'http://user@h/admin/users',
      'http://h:80/admin/users?x',
    ])
    const refused = [
      '*',
      '*admin/users',
      'admin/users',
      '?/admin/users',
      'http:///admin/users',
      'ftp://h/admin/users',
    ]
    for (const target of refused) expect([target, found[target]]).toEqual([target, '400'])
  })

  it('runs once per request, also when the blueprint passes the request on', async () => {
    const order: string[] = []
    const note = (label: string) => (request: Any, _response: unknown, next: Any) => {
      order.push(`${label} ${request.url}`)
      next()
    }
    const app = polka() as Any
    const passing = new RestBlueprint('passing').get(
      '/admin/x',
      { name: 'x' },
      (_request, _response, next) => {
        order.push('blueprint')
        next()
      },
    )
    app.use(note('before'))
    app.use('/admin', note('guard'))
    passing.register(app)
    app.use(note('after'))
    app.get('/admin/x', (request: Any, response: Any) => {
      order.push(`route ${request.url} ${JSON.stringify(request.params)}`)
      response.end('route')
    })
    const { fetch } = await serve(app)
    expect(await (await fetch('/admin/x?a=1')).text()).toBe('route')
    expect(order).toEqual(
      name === 'Polka 0.5.2'
        ? ['before /admin/x?a=1', 'after /admin/x?a=1', 'guard /x?a=1', 'blueprint', 'route /x?a=1 {}']
        : ['before /admin/x?a=1', 'guard /x?a=1', 'blueprint', 'after /admin/x?a=1', 'route /admin/x?a=1 {}'],
    )
  })

  it('leaves sub-apps, unknown paths and other routes of Polka alone', async () => {
    const app = polka() as Any
    const sub = polka() as Any
    sub.get('/hello', (request: Any, response: Any) => response.end(`sub ${request.url}`))
    app.use('/sub', sub)
    app.get('/own/:id', (request: Any, response: Any) => response.end(`own ${request.params.id}`))
    const api = new RestBlueprint('api').get('/sub/:name', { name: 'x' }, ({ params }, _response, next) => {
      if (params.name !== 'mine') next()
      else return 'mine'
    })
    if (name === 'Polka 0.5.2') api.register(app)
    const { fetch } = await serve(app)
    const text = async (path: string) => (await fetch(path)).text()
    expect(await text('/own/7')).toBe('own 7')
    expect(await text('/sub/hello?a=1')).toBe('sub /hello?a=1')
    if (name === 'Polka 0.5.2') expect(await text('/sub/mine')).toBe('"mine"')
    expect((await fetch('/nothing')).status).toBe(404)
  })

  it('answers OPTIONS * with 204 (RFC 9110 §9.3.7)', async () => {
    const app = polka()
    users('/admin/users').register(app)
    const { rawUntilClose } = await serve(app)
    expect(await rawUntilClose('OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 204 /,
    )
    for (const target of ['*?x', '*/', '*a'])
      expect(
        await rawUntilClose(`OPTIONS ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`),
      ).toMatch(/^HTTP\/1.1 400 /)
  })
})

/** The prefix that the sub-app is mounted at, put into each target. */
const BELOW = TARGETS.map((target) => target.replace(/^(?:https?:\/\/[^/?#]*)?/i, '$&/x'))

const SUB_APP_GUARDS: Readonly<Record<string, (app: Any, sub: Any) => void>> = {
  'in the sub-app, by mount path': (_app, sub) => sub.use('/admin', refuse),
  'in the sub-app, by request.path': (_app, sub) =>
    sub.use((request: Any, response: Any, next: Any) =>
      request.path.startsWith('/admin') ? refuse(request, response) : next(),
    ),
  'in the app, by request.path': (app) =>
    app.use((request: Any, response: Any, next: Any) =>
      // Polka 0.5 cuts the prefix off before the middleware of the app
      /^(?:\/x)?\/admin/.test(request.path) ? refuse(request, response) : next(),
    ),
  'in the app, by request.originalUrl': (app) =>
    app.use((request: Any, response: Any, next: Any) =>
      request.originalUrl.startsWith('/x/admin') ? refuse(request, response) : next(),
    ),
}

const SUB_APP_SERVERS: Readonly<Record<string, (sub: Any, app: Any) => void>> = {
  'a blueprint': (sub) => users('/admin/users').register(sub),
  'a blueprint below /admin': (sub) => users('/users').register(sub, { prefix: '/admin' }),
  'an Api': (sub) =>
    new Api(sub, { title: 'x', version: '1', logger: quiet() }).registerBlueprint(users('/admin/users')),
  'a blueprint beside one of the app': (sub, app) => {
    users('/admin/users').register(sub)
    new RestBlueprint('other').get('/other', () => 1).register(app)
  },
}

describe.each(polkas)('a sub-app on $name', ({ polka }) => {
  describe.each(Object.entries(SUB_APP_GUARDS))('with a guard %s', (_kind, guard) => {
    it.each(Object.entries(SUB_APP_SERVERS))(
      'serves %s to no form of a target that the guard does not see',
      async (_server, register) => {
        const app = polka()
        const sub = polka()
        guard(app, sub)
        register(sub, app)
        app.use('/x', sub)
        const { rawUntilClose } = await serve(app)
        const found: string[] = []
        for (const target of BELOW) {
          const request = `GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`
          const answer = await rawUntilClose(request)
          found.push(`${target} ${answer.includes(SECRET) ? 'served' : answer.slice(9, 12)}`)
        }
        expect(found.filter((outcome) => !/ 40[0-4]$/.test(outcome))).toEqual([])
        expect(found).toContain('/x/admin/users 401')
        expect(found.join()).toMatch('/x/%61dmin/users 40')
      },
    )
  })

  it('serves paths in normal form, also with encoded characters that no path contains as they are', async () => {
    const app = polka()
    const sub = polka()
    new RestBlueprint('cities').get('/cities/:name', ({ params }) => params.name).register(sub)
    app.use('/x', sub)
    const { fetch } = await serve(app)
    expect(await (await fetch('/x/cities/%C5%81%C3%B3d%C5%BA%20a')).json()).toBe('Łódź a')
    expect((await fetch('/x/%63ities/a')).status).toBe(404)
    expect((await fetch('/x/cities/%61')).status).toBe(404)
  })
})

describe.each(polkas)('middleware with a base path that parses the request, on $name', ({ polka }) => {
  const refuse = (_request: Any, response: Any) => response.writeHead(401).end()

  it.each(['before', 'after'])('leads to no other path, registered %s the blueprint', async (place) => {
    const files = mkdtempSync(join(tmpdir(), 'files-'))
    onTestFinished(() => rmSync(files, { recursive: true }))
    const api = new RestBlueprint('api')
      .get('/admin/users', () => SECRET)
      .get('/assets/known', ({ url }) => url)
    const app = polka()
    const register = () => new Api(app, { title: 'Users', version: '1.0.0' }).registerBlueprint(api)
    if (place === 'after') register()
    app.use('/assets', sirv(files)).use('/admin', refuse)
    if (place === 'before') register()
    const { ask, get, status } = await serve(app)
    expect((await ask('/assets/known?a=1')).json).toBe('/assets/known?a=1')
    for (const path of ['/assets/admin/users', '/assets/%61dmin/users', '/assets/nothing'])
      expect(await get(path)).toEqual({ status: 404, detail: `No resource at ${path.replace('%61', 'a')}` })
    if (place === 'before') expect(await status('/admin/users')).toBe(401)
  })
})

describe('a guard on the bare handler', () => {
  it('that a blueprint uses reads the path that is routed, and is passed by no form of a target', async () => {
    const api = users('/admin/users')
    api.use((request, response, next) =>
      request.path.startsWith('/admin') ? refuse(request, response) : next(),
    )
    const { rawUntilClose } = await serve(createServer(api.handler))
    for (const target of TARGETS) {
      const answer = await rawUntilClose(`GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)
      expect(answer, target).not.toContain(SECRET)
    }
    const absolute = 'GET http://h/%61dmin/users HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'
    expect(await rawUntilClose(absolute)).toMatch(/^HTTP\/1.1 401 /)
  })
})
