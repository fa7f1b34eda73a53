/** The Api: a set of blueprints on one app, on both Polkas. Its document and page on the wire: docs.spec.ts. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Api, type ApiOptions, type OpenApiOptions } from '../../lib/api.ts'
import { HttpException, RestBlueprint } from '../../lib/index.ts'
import { quiet } from '../support/logger.ts'
import { faultsOf } from '../support/open-api.ts'
import { polka as newPolka, polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'

const INFO = { title: 'Spec', version: '1' }
// biome-ignore lint/suspicious/noExplicitAny: a plain Polka handler, and invalid options
type Any = any

function pets(name = 'pets', options = {}): RestBlueprint {
  const blueprint = new RestBlueprint(name, { description: `About ${name}`, logger: quiet(), ...options })
  blueprint.get('/', { name: 'list', summary: 'All' }, () => [name])
  blueprint.get('/<int:id>', { name: 'show' }, ({ params }) => params)
  return blueprint
}

const schemaWithoutJsonSchema = {
  '~standard': { version: 1, vendor: 'mine', validate: (value: unknown) => ({ value }) },
} as Any

describe.each(polkas)('an Api on $name', ({ name, polka }) => {
  async function serveApi(
    setUp: (api: Api, app: Any) => void,
    options: Partial<ApiOptions> = {},
    app = polka(),
  ) {
    const api = new Api(app, { ...INFO, logger: quiet(), ...options })
    setUp(api, app)
    return { api, app, ...(await serve(app)) }
  }

  it('serves blueprints registered before and after init (SMO-001, SMO-013, SMO-014)', async () => {
    const api = new Api(undefined, INFO)
    api.registerBlueprint(pets('cats'), { prefix: '/cats' })
    const app = polka()
    api.init(app).registerBlueprint(pets('dogs'), { prefix: '/dogs' })
    const { fetch } = await serve(app)
    expect(await (await fetch('/cats')).json()).toEqual(['cats'])
    expect(await (await fetch('/dogs/7')).json()).toEqual({ id: 7 })
    const document = (await (await fetch('/openapi.json')).json()) as Any
    expect(Object.keys(document.paths)).toEqual(['/cats', '/cats/{id}', '/dogs', '/dogs/{id}'])
    expect(document.tags).toEqual([
      { name: 'cats', description: 'About cats' },
      { name: 'dogs', description: 'About dogs' },
    ])
    expect(await faultsOf(document)).toEqual([])
  })

  it('enters the app once, whatever the number of blueprints: as a route of Polka 0.5, else as middleware', async () => {
    const app = polka()
    let uses = 0
    const use = app.use
    app.use = (...handlers: Any[]) => {
      uses += handlers.length
      return use.apply(app, handlers)
    }
    await serveApi(
      (api) => {
        for (let index = 0; index < 50; index++)
          api.registerBlueprint(pets(`pets${index}`), { prefix: `/p${index}` })
      },
      {},
      app,
    )
    expect(uses).toBe(name === 'Polka 0.5.2' ? 0 : 1)
  })

  it('answers 404, 405 and OPTIONS for all its blueprints, in the media type of Accept', async () => {
    const { fetch } = await serveApi((api) => {
      api.registerBlueprint(pets(), { prefix: '/pets' })
      api.registerBlueprint(
        new RestBlueprint('more').post('/', { name: 'add' }, () => 1),
        { prefix: '/pets' },
      )
      api.root.exceptionRenderer.renders('text/csv', (error) => `status\r\n${(error as Any).status}\r\n`)
    })
    const request = async (path: string, accept: string, method = 'GET') => {
      const answer = await fetch(path, { method, headers: { accept } })
      return [answer.status, answer.headers.get('content-type'), (await answer.text()).length > 0]
    }
    expect(await request('/unknown', 'application/json')).toEqual([404, 'application/problem+json', true])
    expect(await request('/unknown', 'text/html')).toEqual([404, 'text/html; charset=utf-8', true])
    expect(await request('/unknown', 'text/plain')).toEqual([404, 'text/plain; charset=utf-8', true])
    expect(await request('/unknown', 'text/csv')).toEqual([404, 'text/csv; charset=utf-8', true])
    expect(await request('/pets', 'text/html', 'DELETE')).toEqual([405, 'text/html; charset=utf-8', true])
    const options = await fetch('/pets', { method: 'OPTIONS' })
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, POST, OPTIONS'])
    expect((await fetch('/pets', { method: 'PUT' })).headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS')
  })

  it('keeps the routes and the onNoMatch of the app', async () => {
    const own = polka({ onNoMatch: (_: Any, response: Any) => response.writeHead(404).end('mine') })
    const { fetch } = await serveApi(
      (api, app) => {
        api.registerBlueprint(pets(), { prefix: '/pets' })
        app.get('/plain', (_: Any, response: Any) => response.end('plain'))
      },
      { docs: { ui: 'plain', middleware: [(_: Any, response: Any) => response.writeHead(401).end()] } },
      own,
    )
    expect(await (await fetch('/plain')).text()).toBe('plain')
    expect(await (await fetch('/unknown')).text()).toBe('mine')
    expect((await fetch('/pets/unknown')).headers.get('content-type')).toBe('application/problem+json')
    expect((await fetch('/docs')).status).toBe(401)
  })

  it('shares an app with an Api of another prefix; each has its own document, errors and page (SMO-011)', async () => {
    const app = polka()
    const one = new Api(app, { ...INFO, title: 'One', prefix: '/one' })
    const two = new Api(app, { ...INFO, title: 'Two', prefix: '/two/', docs: false })
    one.registerBlueprint(pets(), { prefix: '/pets' })
    two.registerBlueprint(pets('shops'), { prefix: '/shops' })
    two.root.errorHandler(404, () => ({ none: true }))
    const { fetch } = await serve(app)
    const [first, second] = await Promise.all(
      ['/one/openapi.json', '/two/openapi.json'].map(async (path) => (await fetch(path)).json() as Any),
    )
    expect([first.info.title, Object.keys(first.paths)]).toEqual(['One', ['/one/pets', '/one/pets/{id}']])
    expect([second.info.title, Object.keys(second.paths)]).toEqual(['Two', ['/two/shops', '/two/shops/{id}']])
    expect((await fetch('/one/docs')).status).toBe(200)
    expect(await (await fetch('/two/docs')).json()).toEqual({ none: true })
    expect((await fetch('/one/unknown')).headers.get('content-type')).toBe('application/problem+json')
    expect(await (await fetch('/elsewhere')).text()).toBe('Not Found')
    expect(one.urlFor('pets.show', { id: 7 }, { q: [1, 2] })).toBe('/one/pets/7?q=1&q=2')
    expect(() => new Api(app, { ...INFO, prefix: '/two' })).toThrow(
      new TypeError("This app already has an Api with the prefix '/two'"),
    )
  })

  it('registers one blueprint twice, under two names (SMO-015)', async () => {
    const both = pets()
    const { api, fetch } = await serveApi((api) => {
      api.registerBlueprint(both, { name: 'cats', prefix: '/cats' })
      api.registerBlueprint(both, { name: 'dogs', prefix: '/dogs', parameters: [] })
    })
    expect(await (await fetch('/dogs/1')).json()).toEqual({ id: 1 })
    const { paths, tags } = api.document() as Any
    expect([paths['/cats'].get.operationId, paths['/dogs/{id}'].get.operationId]).toEqual([
      'cats.list',
      'dogs.show',
    ])
    expect(paths['/dogs'].get.tags).toEqual(['dogs'])
    expect(tags.map(({ name }: Any) => name)).toEqual(['cats', 'dogs'])
    expect([api.urlFor('cats.show', { id: 1 }), api.urlFor('dogs.show', { id: 1 })]).toEqual([
      '/cats/1',
      '/dogs/1',
    ])
    expect(() => api.urlFor('pets.show', { id: 1 })).toThrow(TypeError)
    expect(() => api.registerBlueprint(both, { name: 'dogs', prefix: '/more' })).toThrow(
      /'dogs' is already registered/,
    )
  })

  it('keeps names and tags of the last valid declarations, as the routes', async () => {
    const first = new RestBlueprint('first').get('/one', { name: 'show' }, () => 1)
    const { api, fetch } = await serveApi((api) => {
      api.registerBlueprint(first)
      api.registerBlueprint(new RestBlueprint('second').get('/two', { name: 'show' }, () => 2))
    })
    expect(api.urlFor('second.show')).toBe('/two')
    first.get('/wrong/<nosuch:x>', { name: 'wrong' }, () => 3)
    expect(await (await fetch('/two')).json()).toBe(2)
    expect([api.urlFor('first.show'), api.urlFor('second.show')]).toEqual(['/one', '/two'])
    expect(() => api.urlFor('first.wrong')).toThrow(TypeError)
    const { paths } = (await (await fetch('/openapi.json')).json()) as Any
    expect([paths['/one'].get.tags, paths['/two'].get.tags]).toEqual([['first'], ['second']])
  })

  it('applies the hooks, error handlers and converters of its root to all blueprints (SMO-016)', async () => {
    const { api, fetch } = await serveApi((api) => {
      api.root.use((_: Any, response: Any, next: Any) => {
        response.setHeader('x-api', '1')
        next()
      })
      api.root.converter('word', { parse: (text) => text.toUpperCase(), format: String })
      api.root.errorHandler(HttpException, ({ status }) => ({ oops: status }))
      api.registerBlueprint(
        new RestBlueprint('words').get('/<word:w>' as Any, { name: 'show' }, (r: Any) => r.params),
      )
    })
    const answer = await fetch('/a')
    expect([answer.headers.get('x-api'), await answer.json()]).toEqual(['1', { w: 'A' }])
    expect(await (await fetch('/a/b')).json()).toEqual({ oops: 404 })
    expect(Object.keys(api.document().paths)).toEqual(['/{w}'])
    expect(api.endpoints.map(({ name }) => name)).toContain('show')
  })

  it('generates its document again only after a route is added (SMO-204)', async () => {
    let calls = 0
    const blueprint = pets('pets', {
      jsonSchema: () => {
        calls++
        return { type: 'string' }
      },
    })
    blueprint.post('/', { name: 'add', body: schemaWithoutJsonSchema }, () => 1)
    const { api, fetch } = await serveApi((api) => void api.registerBlueprint(blueprint, { prefix: '/pets' }))
    const read = async () => (await (await fetch('/openapi.json')).json()) as Any
    expect(Object.keys((await read()).paths)).toEqual(['/pets', '/pets/{id}'])
    const [before, document] = [calls, api.document()]
    await read()
    expect([calls, api.document() === document]).toEqual([before, true])
    blueprint.delete('/<int:id>/tail', { name: 'cut' }, () => 1)
    expect(Object.keys((await read()).paths)).toEqual(['/pets', '/pets/{id}', '/pets/{id}/tail'])
  })
})

describe('the options of an Api', () => {
  it('of init override those of the constructor key by key, within openapi and docs too (SMO-002, SMO-008)', async () => {
    const openapi: OpenApiOptions = { version: '3.0.3', servers: [{ url: 'https://one.example' }] }
    const api = new Api(undefined, {
      title: 'First',
      version: '1',
      openapi,
      docs: { ui: 'plain', path: '/a' },
    })
    const app = newPolka()
    api.init(app, { title: 'Second', prefix: '/v2', openapi: { path: '/spec' }, docs: { path: '/b' } })
    const { fetch } = await serve(app)
    expect(await (await fetch('/v2/spec.json')).json()).toMatchObject({
      openapi: '3.0.3',
      info: { title: 'Second', version: '1' },
      servers: [{ url: 'https://one.example' }],
    })
    expect([(await fetch('/v2/b')).status, (await fetch('/v2/a')).status]).toEqual([200, 404])
  })

  it('become root members of the document; openapi.document is merged last (SMO-003, SMO-004)', () => {
    const api = new Api(undefined, {
      ...INFO,
      description: 'All of it',
      openapi: { document: { info: { contact: { name: 'Ada' } }, 'x-mine': 1 } },
    })
    expect(api.document()).toMatchObject({
      info: { title: 'Spec', version: '1', description: 'All of it', contact: { name: 'Ada' } },
      'x-mine': 1,
    })
  })

  it('need a title, a version, and a supported version of OpenAPI (SMO-005, SMO-006, SMO-007)', () => {
    expect(() => new Api(newPolka(), { version: '1' })).toThrow(new TypeError('An Api needs a title'))
    expect(() => new Api(newPolka(), { title: 'T' })).toThrow(new TypeError('An Api needs a version'))
    expect(() => new Api(newPolka(), { ...INFO, openapi: { version: '2.0' as Any } })).toThrow(
      /^Not a valid OpenAPI version number: 2\.0/,
    )
    expect(() => new Api(newPolka(), INFO).init(newPolka())).toThrow(/already registered on an app/)
    expect(() => new Api(newPolka(), { ...INFO, prefix: 'v1' })).toThrow(/does not start with '\/'/)
  })

  it('are checked by the constructor and by init alike', () => {
    const wrong = (options: Any, message: string) => {
      const error = new TypeError(message)
      expect(() => new Api(undefined, options)).toThrow(error)
      expect(() => new Api().init(newPolka(), { ...INFO, ...options })).toThrow(error)
    }
    wrong({ title: 1 }, 'The Api cannot have title: 1; use a text')
    wrong({ strict: 'yes' }, "The Api cannot have strict: 'yes'; use true or false")
    wrong({ onError: 3 }, 'The Api cannot have onError: 3; use a function')
    wrong({ logger: {} }, "The Api has a logger without the method 'error'")
  })

  it('openapi: false serves neither document nor page; docs: false serves no page', async () => {
    const statuses = async (options: Partial<ApiOptions>) => {
      const app = newPolka()
      const api = new Api(app, { ...INFO, ...options })
      api.registerBlueprint(
        new RestBlueprint('x').post('/x', { body: schemaWithoutJsonSchema }, () => 1),
        { prefix: '' },
      )
      const { fetch } = await serve(app)
      return Promise.all(
        ['/openapi.json', '/openapi', '/docs', '/unknown'].map(async (p) => (await fetch(p)).status),
      )
    }
    expect(await statuses({ openapi: false })).toEqual([404, 404, 404, 404])
    const app = newPolka()
    new Api(app, { ...INFO, docs: false })
    const { fetch } = await serve(app)
    expect([(await fetch('/openapi')).status, (await fetch('/docs')).status]).toEqual([200, 404])
  })

  it('strict: true distinguishes paths with and without a trailing slash', async () => {
    const app = newPolka()
    new Api(app, { ...INFO, strict: true }).registerBlueprint(pets(), { prefix: '/pets' })
    const { fetch } = await serve(app)
    expect([(await fetch('/pets')).status, (await fetch('/pets/')).status]).toEqual([200, 404])
  })
})

describe('an invalid blueprint', () => {
  const invalid = () => pets('bad').post('/', { name: 'add', body: schemaWithoutJsonSchema }, () => 1)
  const message = /^The schema of mine in .*body.* of 'bad\.add' has no JSON Schema/

  it('is a TypeError of registerBlueprint when the Api is on an app, and leaves the Api unchanged', async () => {
    const app = newPolka()
    const api = new Api(app, INFO).registerBlueprint(pets(), { prefix: '/pets' })
    expect(() => api.registerBlueprint(invalid())).toThrow(message)
    const twice = new RestBlueprint('twice').get('/<int:number>', { name: 'x' }, () => 1)
    expect(() => api.registerBlueprint(twice, { prefix: '/pets' })).toThrow(/^GET \/pets.* cannot be routed/)
    const unknownConverter = new RestBlueprint('lost').get('/<wrod:w>' as Any, { name: 'x' }, () => 1)
    expect(() => api.registerBlueprint(unknownConverter)).toThrow(/converter 'wrod'/)
    expect(() => api.registerBlueprint({} as Any)).toThrow(TypeError)
    const { fetch } = await serve(app)
    expect([(await fetch('/pets')).status, (await fetch('/openapi.json')).status]).toEqual([200, 200])
  })

  it('is compared with routes that were declared after init, too', async () => {
    const app = newPolka()
    const api = new Api(app, INFO)
    api.root.get('/y', () => 'of the root')
    const late = new RestBlueprint('late').get('/y', { name: 'late' }, () => 1)
    expect(() => api.registerBlueprint(late)).toThrow(/^GET \/y.* cannot be routed/)
    const { fetch } = await serve(app)
    expect(await (await fetch('/y')).json()).toBe('of the root')
  })

  it('is a TypeError of init when it was registered before', () => {
    const api = new Api(undefined, INFO).registerBlueprint(invalid())
    expect(() => api.init(newPolka())).toThrow(message)
    const named = (name: string, type: z.ZodType) =>
      new RestBlueprint(name).get(
        `/${name}`,
        { name, response: z.object({ type }).meta({ id: 'Same' }) },
        (() => {}) as Any,
      )
    const clashing = new Api(undefined, INFO)
      .registerBlueprint(named('a', z.string()))
      .registerBlueprint(named('b', z.int()))
    expect(() => clashing.init(newPolka())).toThrow(/^'Same' names two different schemas/)
  })
})
