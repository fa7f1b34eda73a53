/** Registrations: a blueprint that changes while it is served, and blueprints that share a prefix. */
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { abort, Blueprint, type Endpoint, HttpException, NotFound, RestBlueprint } from '../../lib/index.ts'
import { quiet } from '../support/logger.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { testApp } from '../support/test-app.ts'

/** A blueprint that responds to every error with its own name. */
function named(name: string, prefix = ''): RestBlueprint {
  const api = new RestBlueprint(name, { logger: quiet(), ...(prefix ? { prefix } : {}) })
  return api.errorHandler(HttpException, ({ status }) => ({ [name]: status }))
}

describe.each(polkas)('a registration on $name', ({ polka }) => {
  it('serves the last valid routes after an invalid change, and compiles once per change', async () => {
    let prepared = 0
    class Counting extends RestBlueprint {
      protected override prepare(endpoint: Endpoint): void {
        super.prepare(endpoint)
        prepared++
      }
    }
    const logger = quiet()
    const api = new Counting('api', { logger })
    api.get('/x', () => 'x')
    const { get, status } = await testApp(api, { polka })
    expect(await get('/x')).toEqual({ status: 200, value: 'x' })

    api.get('/x', { name: 'again' }, () => 'again') // the route is taken
    expect((await get('/x')).value).toBe('x')
    const afterChange = prepared
    for (let request = 0; request < 5; request++) {
      expect((await get('/x')).value).toBe('x')
      expect(await status('/none')).toBe(404)
    }
    expect(prepared).toBe(afterChange)
    expect(logger.lines).toHaveLength(1)
    expect(logger.text()).toMatch(/The blueprint 'api'.*cannot be routed/s)

    api.get('/y', () => 'y') // the invalid route is still there
    expect(await status('/y')).toBe(404)
    expect(prepared).toBeGreaterThan(afterChange)
    expect(logger.lines).toHaveLength(2)
  })

  describe('of several blueprints with one prefix', () => {
    it('lets the outer blueprint respond with 404 where a nested one adds no prefix', async () => {
      const [outer, inner, innermost] = [named('outer', '/api'), named('inner'), named('innermost')]
      inner.get('/x', () => 'x')
      innermost.get('/y', () => 'y')
      innermost.register(inner)
      inner.register(outer)
      const { get, ask } = await testApp(outer, { polka })
      expect([(await get('/api/x')).value, (await get('/api/y')).value]).toEqual(['x', 'y'])
      expect((await ask('/api/none')).json).toEqual({ outer: 404 })
      expect((await ask('DELETE /api/x')).json).toEqual({ inner: 405 })
      expect((await ask('DELETE /api/y')).json).toEqual({ innermost: 405 })
    })

    it('lets the blueprint that was nested last respond with 404 where two siblings share a prefix', async () => {
      const outer = named('outer', '/api')
      named('first')
        .get('/x', () => 'x')
        .register(outer, { prefix: '/pets' })
      named('second')
        .get('/y', () => 'y')
        .register(outer, { prefix: '/pets' })
      const { ask } = await testApp(outer, { polka })
      expect((await ask('/api/pets/none')).json).toEqual({ second: 404 })
      expect((await ask('DELETE /api/pets/x')).json).toEqual({ first: 405 })
      expect((await ask('/api/none')).json).toEqual({ outer: 404 })
    })

    it('lets the blueprint that was registered first respond with 404 where two share a prefix of the app', async () => {
      const { ask } = await testApp(
        (_api, app) => {
          named('first', '/pets')
            .get('/x', () => 'x')
            .register(app)
          named('second', '/pets')
            .get('/y', () => 'y')
            .register(app)
        },
        { polka, prefix: '/other' },
      )
      expect((await ask('/pets/none')).json).toEqual({ first: 404 })
      expect((await ask('DELETE /pets/y')).json).toEqual({ second: 405 })
    })
  })

  it('matches longer prefixes first, in whatever order blueprints were nested', async () => {
    const outer = new Blueprint('outer', { prefix: '/api', logger: quiet() })
    for (const name of ['a', 'a/b/c', 'a/b']) named(name).register(outer, { prefix: `/${name}` })
    const { ask } = await testApp(outer, { polka })
    for (const name of ['a', 'a/b', 'a/b/c'])
      expect((await ask(`/api/${name}/none`)).json).toEqual({ [name]: 404 })
  })

  it('registers one blueprint on several apps and several times', async () => {
    const api = new RestBlueprint('api').get('/x', () => 1)
    const [app, second] = [polka(), polka()]
    api.register(app, { prefix: '/a' })
    api.register(app, { prefix: '/b' })
    api.register(second)
    const [one, two] = [await serve(app), await serve(second)]
    expect(
      await Promise.all(['/a/x', '/b/x', '/x'].map(async (path) => (await one.fetch(path)).status)),
    ).toEqual([200, 200, 404])
    expect((await two.fetch('/x')).status).toBe(200)
  })

  it('nests blueprints: their prefixes, hooks and error handlers are combined', async () => {
    const order: string[] = []
    const parent = new RestBlueprint('parent', { prefix: '/parent', logger: quiet() })
    const child = new RestBlueprint('child', { logger: quiet() })
    parent.before(() => void order.push('before parent')).after(() => void order.push('after parent'))
    child.before(() => void order.push('before child')).after(() => void order.push('after child'))
    parent.errorHandler(HttpException, (error) => ({ parent: error.status }))
    child.errorHandler(NotFound, () => ({ child: 404 }))
    child.get('/<int:id>', function show() {
      order.push('handler')
      return 1
    })
    child.get('/lost', () => abort(404)).get('/gone', () => abort(410))
    child.register(parent, { prefix: '/child' })
    const app = polka()
    parent.register(app)
    const { fetch } = await serve(app)
    expect((await fetch('/parent/child/7')).status).toBe(200)
    expect(order).toEqual(['before parent', 'before child', 'handler', 'after child', 'after parent'])
    expect(await (await fetch('/parent/child/lost')).json()).toEqual({ child: 404 })
    expect(await (await fetch('/parent/child/gone')).json()).toEqual({ parent: 410 })
    expect(await (await fetch('/parent/child/none')).json()).toEqual({ child: 404 })
    expect(await (await fetch('/parent/none')).json()).toEqual({ parent: 404 })
    expect(parent.urlFor('child.show', { id: 7 })).toBe('/parent/child/7')
    expect(() => parent.register(child)).toThrow(/cannot be nested in itself/)
    child.register(app, { prefix: '/direct' })
    expect([child.urlFor('show', { id: 7 }), child.endpoints[0]?.path]).toEqual([
      '/direct/7',
      '/direct/<int:id>',
    ])
  })
})

describe('the handler of a blueprint without an app', () => {
  const misdeclare = (api: RestBlueprint) => api.get('/bad', { outgoing: ['text/nope'] }, () => 1)

  it('throws at start-up for an endpoint that is declared wrongly', () => {
    const api = new RestBlueprint('api').get('/x', () => 1)
    misdeclare(api)
    expect(() => createServer(api.handler)).toThrow(/text\/nope/)
    expect(() => createServer(api.handler)).toThrow(TypeError)
  })

  it('is the same function at every read', () => {
    const api = new RestBlueprint('api')
    expect(api.handler).toBe(api.handler)
  })

  it('serves endpoints declared after it was read, and as before after an invalid one', async () => {
    const logger = quiet()
    const api = new RestBlueprint('api', { logger })
    const { get } = await serve(createServer(api.handler))
    api.get('/x', () => 'x')
    expect(await get('/x')).toEqual({ status: 200, value: 'x' })
    misdeclare(api)
    expect(await get('/x')).toEqual({ status: 200, value: 'x' })
    expect(await get('/bad')).toMatchObject({ status: 404 })
    expect(logger.text()).toMatch(/text\/nope/)
    expect(logger.lines).toHaveLength(1)
  })

  it('responds with a 500 problem where nothing valid was ever compiled, and compiles once per change', async () => {
    let prepared = 0
    class Counting extends RestBlueprint {
      protected override prepare(endpoint: Endpoint): void {
        super.prepare(endpoint)
        prepared++
      }
    }
    const logger = quiet()
    const api = new Counting('api', { logger })
    const { ask } = await serve(createServer(api.handler))
    const parent = new RestBlueprint('parent')
    misdeclare(api)
    api.register(parent, { prefix: '/nested' }) // a registration of its own, not compiled before
    prepared = 0
    for (let request = 0; request < 3; request++) {
      const { status, headers, json } = await ask('/nested/x')
      expect([status, headers.get('content-type'), json]).toEqual([
        500,
        'application/problem+json',
        { type: 'about:blank', title: 'Internal Server Error', status: 500 },
      ])
    }
    const afterRequests = prepared
    await ask('/nested/x')
    expect(prepared).toBe(afterRequests)
    expect(logger.text()).toMatch(/The blueprint 'api' cannot be compiled.*text\/nope/s)
    expect(() => api.handler).toThrow(TypeError)
  })

  it('survives a logger that throws', async () => {
    const failing = () => {
      throw new Error('disk full')
    }
    const api = new RestBlueprint('api', { logger: { error: failing } }).get('/x', () => 'x')
    const { get } = await serve(createServer(api.handler))
    misdeclare(api)
    expect(await get('/x')).toEqual({ status: 200, value: 'x' })
  })
})
