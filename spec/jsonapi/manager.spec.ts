/** The manager, its APIs, and the functions that look them up. */
import { expect, it } from 'vitest'
import { Api } from '../../lib/api.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { DefaultSerializer } from '../../lib/jsonapi/document/serializer.ts'
import { ApiManager } from '../../lib/jsonapi/manager/api-manager.ts'
import type { CreateApiOptions, ManagerOptions } from '../../lib/jsonapi/manager/manager-options.ts'
import {
  collectionName,
  modelFor,
  primaryKeyFor,
  serializerFor,
  urlFor,
} from '../../lib/jsonapi/manager/model-lookup.ts'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { trustedProxy } from '../../lib/security.ts'
import { jsonApi } from '../support/json-api.ts'
import { describeLibrary, ids } from '../support/library-api.ts'
import { quiet } from '../support/logger.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'

const hostOf = (app = polka(), options = {}) =>
  new Api(app, { title: 'Library', version: '1.0.0', logger: quiet(), ...options })

describeLibrary(
  'an ApiManager',
  (_, library) => {
    const model = (name: string) => library().models[name] as Model
    const managerOf = (
      app?: ConstructorParameters<typeof ApiManager>[0],
      options: Partial<ManagerOptions> = {},
    ) => new ApiManager(app, { db: library().db, ...options })

    it('needs a database (RES-001, RES-002)', () => {
      expect(() => new ApiManager(undefined, {} as ManagerOptions)).toThrow(TypeError)
      expect(() => new ApiManager(undefined, { db: {} } as unknown as ManagerOptions)).toThrow(/db/)
      expect(() => managerOf(undefined, { nope: 1 } as Partial<ManagerOptions>)).toThrow(/nope/)
    })

    it('with an app registers each API at once (RES-003, RES-005)', async () => {
      const app = polka()
      const manager = managerOf(app)
      manager.createApi(model('person'))
      const { get } = jsonApi(await serve(app))
      expect(ids(await get('/api/person'))).toEqual(['1', '2', '3'])
      expect((await get('/api/person/')).status).toBe(404)
    })

    it('without an app keeps its APIs for all apps of initApp (RES-004, RES-005, RES-010)', async () => {
      const manager = managerOf(undefined)
      expect(manager.createApi(model('person'))).toBeInstanceOf(RestBlueprint)
      const apps = [polka(), polka()]
      for (const app of apps) manager.initApp(app)
      for (const app of apps) {
        const { get } = jsonApi(await serve(app))
        expect((await get('/api/person/1')).status).toBe(200)
      }
    })

    it('serves APIs that are created while the app runs, and their relationships (RES-008)', async () => {
      for (const app of [polka(), hostOf()]) {
        const manager = managerOf(app)
        manager.createApi(model('article'))
        const { get } = jsonApi(await serve(app))
        const before = (await get('/api/article/1')).document.data
        expect(Object.keys(before.relationships ?? {})).toEqual([])
        expect(before.attributes).toMatchObject({ author_id: 1, editor_id: 2 })
        manager.createApi(model('person'))
        const { attributes, relationships } = (await get('/api/article/1')).document.data
        expect(Object.keys(relationships)).toEqual(['author', 'editor'])
        expect(attributes.author_id).toBeUndefined()
        expect((await get('/api/person/1')).status).toBe(200)
      }
    })

    it('shares an app with others, each with its own URLs (RES-006, RES-007)', async () => {
      const [app, other] = [polka(), polka()]
      managerOf(app).createApi(model('person'))
      managerOf(app, { prefix: '/more' }).createApi(model('tag'))
      managerOf(other).createApi(model('tag'))
      const [one, two] = [jsonApi(await serve(app)), jsonApi(await serve(other))]
      expect((await one.get('/api/person')).status).toBe(200)
      expect((await one.get('/more/tag')).status).toBe(200)
      expect((await two.get('/api/tag')).status).toBe(200)
      expect((await two.get('/api/person')).status).toBe(404)
      expect((await one.get('/api/tag')).status).toBe(404)
    })

    it('shares an Api with others at other prefixes', async () => {
      const app = polka()
      const api = hostOf(app)
      const managers = ['/v1', '/v2'].map((prefix) => managerOf(api, { prefix }))
      managers[0]?.createApi(model('person'))
      managers[1]?.createApi(model('person'), { exclude: ['email'] })
      expect(() => managers[1]?.initApp(api)).toThrow(/\/v2/)
      const served = await serve(app)
      const { get } = jsonApi(served)
      const emails = await Promise.all(
        ['/v1', '/v2'].map(async (path) => (await get(`${path}/person/1`)).document.data.attributes.email),
      )
      expect(emails).toEqual(['ada@example.org', undefined])
      const { paths, components } = (await served.ask('GET /openapi.json')).json
      const idsOf = (path: string) => paths[path].get.operationId
      expect(['/v1', '/v2', '/v1/person', '/v2/person'].map(idsOf)).toEqual([
        'jsonapi.schema',
        'jsonapi-2.schema',
        'person.list',
        'person-2.list',
      ])
      const { attributes } = components.schemas.person2.properties
      expect(Object.keys(attributes.properties)).not.toContain('email')
    })

    it('returns a blueprint that is registered by hand (RES-009)', async () => {
      const app = polka()
      const manager = managerOf(app)
      const blueprint = manager.createApiBlueprint('people', model('person'), { prefix: '/own' })
      blueprint.after((_, response) => {
        response.setHeader('x-own', 'yes')
      })
      expect(blueprint.name).toBe('people')
      blueprint.register(app, { prefix: '/own' })
      const { get } = jsonApi(await serve(app))
      const reply = await get('/own/person/1')
      expect([reply.status, reply.headers.get('x-own')]).toEqual([200, 'yes'])
      expect((await get('/api/person')).status).toBe(404)
    })

    it('serves one model several times; the last API decides about type, id and links (RES-011, RES-012)', async () => {
      const app = polka()
      const manager = managerOf(app)
      manager.createApi(model('article'))
      manager.createApi(model('person'))
      manager.createApi(model('person'), { prefix: '/v2', collectionName: 'human', exclude: ['email'] })
      const { get } = jsonApi(await serve(app))
      const { data } = (await get('/api/article/1?include=author')).document
      expect(data.relationships.author.data).toEqual({ type: 'human', id: '1' })
      const related = (await get('/api/article/1/author')).document.data
      expect(related.links.self).toBe('/v2/human/1')
      expect(related.attributes.email).toBeUndefined()
      expect((await get('/v2/human/1')).document.data.type).toBe('human')
      expect((await get('/api/person/1')).status).toBe(200)
    })

    it('has a prefix for all APIs, or each its own, or none (RES-013, RES-014, RES-021)', async () => {
      const app = polka()
      const manager = managerOf(app, { prefix: '' })
      manager.createApi(model('person'))
      manager.createApi(model('tag'), { prefix: '/own' })
      const { get } = jsonApi(await serve(app))
      const { data } = (await get('/person/1')).document
      expect(data.links.self).toBe('/person/1')
      expect((await get('/own/tag/1')).document.links.self).toBe('/own/tag/1')
      expect((await get('/')).document.meta.modelinfo).toEqual({
        person: { primarykey: 'id', url: '/person' },
        tag: { primarykey: 'id', url: '/own/tag' },
      })
    })

    it('lists its types, also those that come later (RES-057, RES-059)', async () => {
      const app = polka()
      const manager = managerOf(app)
      const { get } = jsonApi(await serve(app))
      const empty = { jsonapi: { version: '1.1' }, data: null, links: {}, included: [], meta: {} }
      expect((await get('/api')).document).toEqual(empty)
      manager.createApi(model('person'))
      expect((await get('/api')).document.meta).toEqual({
        modelinfo: { person: { primarykey: 'id', url: '/api/person' } },
      })
    })

    it('lists its types with their ids (RES-057, RES-058, RES-060)', async () => {
      const app = polka()
      const manager = managerOf(app)
      manager.createApi(model('tag'), { primaryKey: 'name', collectionName: 'label' })
      const { get, send } = jsonApi(await serve(app))
      expect((await get('/api')).document.meta.modelinfo).toEqual({
        label: { primarykey: 'name', url: '/api/label' },
      })
      expect((await send('GET /api', undefined, { accept: 'text/html' })).status).toBe(406)
    })
  },
  ['sqlite'],
)

describeLibrary(
  'the links of a document',
  (_, library) => {
    const linksOf = (document: unknown): string[] => {
      const found: string[] = []
      const visit = (value: unknown, isLink = false): void => {
        if (isLink && typeof value === 'string') found.push(value)
        else if (typeof value === 'object' && value !== null)
          for (const [key, one] of Object.entries(value)) visit(one, isLink || key === 'links')
      }
      visit(document)
      return found
    }
    const create = (
      app: ConstructorParameters<typeof ApiManager>[0],
      options: Partial<ManagerOptions> = {},
    ) => {
      const manager = new ApiManager(app, { db: library().db, ...options })
      for (const one of Object.values(library().models)) manager.createApi(one)
    }

    it('have one form: paths (RES-086, FJ-59, RES-315)', async () => {
      const app = polka()
      create(app)
      const { get } = jsonApi(await serve(app))
      const links = linksOf((await get('/api/article?include=author&page[size]=2')).document)
      expect(links.length).toBeGreaterThan(20)
      for (const link of links) expect(link).toMatch(/^\/api\//)
    })

    it('begin with the prefix of an Api, or the path of a mounted app (FJ-59)', async () => {
      const [prefixed, sub, outer] = [polka(), polka(), polka()]
      create(hostOf(prefixed, { prefix: '/v1' }))
      create(sub)
      outer.use('/v1', sub)
      for (const app of [prefixed, outer]) {
        const { get } = jsonApi(await serve(app))
        const { document } = await get('/v1/api/article?include=author&page[size]=2')
        for (const link of linksOf(document)) expect(link).toMatch(/^\/v1\/api\//)
        expect((await get(document.links.next)).status).toBe(200)
        expect((await get('/v1/api')).document.meta.modelinfo.tag.url).toBe('/v1/api/tag')
      }
    })

    it('begin with the prefix that a trusted proxy has removed (FJ-59, RES-315)', async () => {
      const app = polka()
      app.use(trustedProxy(['127.0.0.1']))
      create(app)
      const { get } = jsonApi(await serve(app))
      const { document } = await get('/api/article?page[size]=1', { 'x-forwarded-prefix': '/shop' })
      for (const link of linksOf(document)) expect(link).toMatch(/^\/shop\/api\//)
    })

    it('ignore a prefix of anyone else (RES-315)', async () => {
      const app = polka()
      create(app)
      const { get } = jsonApi(await serve(app))
      const { document } = await get('/api/article', { 'x-forwarded-prefix': '/evil' })
      for (const link of linksOf(document)) expect(link).toMatch(/^\/api\//)
    })

    it('begin with `baseUrl`, those of the request as well (FJ-59)', async () => {
      const app = polka()
      create(app, { baseUrl: 'https://api.example.org' })
      const { get } = jsonApi(await serve(app))
      const { document } = await get('/api/article?page[size]=1&include=tags')
      for (const link of linksOf(document)) expect(link).toMatch(/^https:\/\/api\.example\.org\/api\//)
      expect((await get('/api')).document.meta.modelinfo.tag.url).toBe('https://api.example.org/api/tag')
    })

    it('are those that there are: none to resources without GET (RES-047, RES-084, RES-222)', async () => {
      const app = polka()
      const manager = new ApiManager(app, { db: library().db })
      manager.createApi(library().models.article as Model)
      manager.createApi(library().models.tag as Model, { methods: ['PATCH'] })
      manager.createApi(library().models.person as Model, { methods: [] })
      const { get } = jsonApi(await serve(app))
      const { data, included } = (await get('/api/article/1?include=tags,author')).document
      expect(data.relationships.tags.links).toEqual({ self: '/api/article/1/relationships/tags' })
      const [person, tag] = ['person', 'tag'].map((type) =>
        included.find((one: { type: string }) => one.type === type),
      )
      expect([person.type, person.links, person.relationships.author_articles.links]).toEqual([
        'person',
        undefined,
        undefined,
      ])
      expect([tag.type, tag.links, tag.relationships.articles.links]).toEqual([
        'tag',
        undefined,
        { self: '/api/tag/1/relationships/articles' },
      ])
      expect((await get('/api/person')).status).toBe(404)
    })
  },
  ['sqlite'],
)

describeLibrary(
  'an API',
  (serveAll, library) => {
    const model = (name: string) => library().models[name] as Model

    it('shows the fields of `only`, or those that `exclude` does not name (RES-024, RES-025, RES-313)', async () => {
      const { get } = await serveAll({
        apis: {
          person: { only: ['name', 'comments', 'nope'] },
          article: { exclude: ['body', 'tags', 'nope'] },
          tag: { only: [] },
        },
      })
      const person = (await get('/api/person/1')).document.data
      expect(Object.keys(person.attributes)).toEqual(['name'])
      expect(Object.keys(person.relationships)).toEqual(['comments'])
      const article = (await get('/api/article/1')).document.data
      expect(Object.keys(article.attributes)).toEqual(['title', 'published', 'price'])
      expect(Object.keys(article.relationships)).toEqual(['author', 'editor', 'comments'])
      expect((await get('/api/tag/1')).document.data).toEqual({
        type: 'tag',
        id: '1',
        links: { self: '/api/tag/1' },
      })
      for (const path of [
        '/api/article/1/tags',
        '/api/article/1/relationships/tags',
        '/api/article/1/tags/1',
      ])
        expect((await get(path)).status).toBe(404)
    })

    it('has additional attributes: values and functions of the row, of this API alone (RES-027, RES-029, RES-030, RES-083)', async () => {
      const additionalAttributes = { planet: 'Earth', shout: ({ name }: { name?: unknown }) => `${name}!` }
      const { get } = await serveAll({ apis: { person: { additionalAttributes } } })
      const { document } = await get('/api/person/1?include=comments,editor_articles')
      expect(document.data.attributes).toMatchObject({ planet: 'Earth', shout: 'Ada!' })
      for (const { attributes } of document.included) expect(attributes.planet).toBeUndefined()
      expect((await get('/api/person/1?fields[person]=shout')).document.data.attributes).toEqual({
        shout: 'Ada!',
      })
      expect((await get('/api/person?sort=planet')).status).toBe(400)
    })

    it('does not serve relations to models without an API: their key is an attribute (RES-085)', async () => {
      const { get } = await serveAll({ apis: { person: null } })
      const { attributes, relationships } = (await get('/api/article/1')).document.data
      expect(Object.keys(relationships)).toEqual(['comments', 'tags'])
      expect(attributes).toMatchObject({ author_id: 1, editor_id: 2 })
      expect(ids(await get('/api/article?filter[author_id]=2'))).toEqual(['3'])
      expect((await get('/api/article/1/author')).status).toBe(404)
      expect((await get('/api/article?include=author')).status).toBe(400)
    })

    it('never shows a key under two meanings (RES-079, RES-080, FJ-141)', async () => {
      const { get } = await serveAll()
      for (const query of ['filter[author_id]=1', 'sort=author_id', 'fields[article]=author_id'])
        expect((await get(`/api/article?${query}`)).status).toBe(400)
    })

    it('names columns and relations as the model does, in errors too (FJ-86, FJ-127, RES-082)', async () => {
      const article = defineModel(model('article'), {
        attributes: { title: 'headline' },
        relations: { author: { name: 'writer' } },
      })
      const { get } = await serveAll({ models: { article } })
      const { data } = (await get('/api/article/1?include=writer')).document
      expect(data.attributes.headline).toBe('Engines')
      expect(data.relationships.writer.links.related).toBe('/api/article/1/writer')
      expect((await get('/api/article/1/writer')).document.data.id).toBe('1')
      expect(ids(await get('/api/article?filter[headline]=Looms&sort=writer.name'))).toEqual(['2'])
      for (const query of ['filter[title]=x', 'sort=title', 'include=author'])
        expect((await get(`/api/article?${query}`)).status).toBe(400)
    })

    it.each<[string, CreateApiOptions, RegExp]>([
      ['RES-022', { collectionName: '' }, /collectionName/],
      ['RES-026', { only: ['name'], exclude: ['email'] }, /'only' and 'exclude'/],
      ['RES-028', { additionalAttributes: { x: 1 }, exclude: ['x'] }, /'x'/],
      ['FJ-141', { additionalAttributes: { comments: 1 } }, /'comments'/],
      ['FJ-141', { additionalAttributes: { name: 1 } }, /'name'/],
      ['FJ-86', { additionalAttributes: { type: 1 } }, /'type'/],
      ['FJ-97', { primaryKey: 'born' }, /primaryKey 'born'/],
      ['RES-035', { primaryKey: 'nope' }, /primaryKey 'nope'/],
      ['RES-017', { methods: ['PUT'] }, /'PUT'/],
      ['RES-036', { includes: ['nope.x'] }, /'nope.x'/],
      ['RES-036', { includes: ['comments'], maxIncludeDepth: 0 }, /maxIncludeDepth/],
      ['FJ-26', { defaultSort: ['-nmae'] }, /'-nmae'.*name/],
      ['RES-283', { preprocessors: { GET_SINGLE: [] } } as unknown as CreateApiOptions, /GET_SINGLE/],
      ['RES-266', { preprocessors: { GET_RESOURCE: ['x'] } } as unknown as CreateApiOptions, /GET_RESOURCE/],
      ['RES-033', { pageSize: -1 }, /pageSize/],
      ['', { unknown: true } as unknown as CreateApiOptions, /unknown/],
    ])('refuses options that cannot be meant (%s) %j', (_, options, message) => {
      const manager = new ApiManager(undefined, { db: library().db })
      expect(() => manager.createApi(model('person'), options)).toThrow(TypeError)
      expect(() => manager.createApi(model('person'), options)).toThrow(message)
      expect(() => collectionName(model('person'), manager)).toThrow(TypeError)
    })

    it('has an id of a unique column that is not nullable (FJ-97)', () => {
      const manager = new ApiManager(undefined, { db: library().db })
      expect(() => manager.createApi(model('tag'), { primaryKey: 'name' })).not.toThrow()
      expect(() => manager.createApi(model('person'), { primaryKey: 'email' })).toThrow(TypeError)
    })

    it('without methods has no URL (RES-017, RES-018)', async () => {
      const { get, served } = await serveAll({ apis: { person: { methods: [], allowFunctions: true } } })
      expect((await get('/api/person')).status).toBe(404)
      const functions = encodeURIComponent('[{"name":"max","field":"email"}]')
      expect((await served.ask(`/api/eval/person?functions=${functions}`)).status).toBe(404)
    })
  },
  ['sqlite'],
)

describeLibrary(
  'the functions that look up APIs',
  (_, library) => {
    const model = (name: string) => library().models[name] as Model

    it('know the type, the model, the id and the serializer (RES-041, RES-042, RES-043, RES-044, RES-046)', () => {
      class Own extends DefaultSerializer {}
      const manager = new ApiManager(undefined, { db: library().db })
      manager.createApi(model('person'), { collectionName: 'human', serializer: Own })
      manager.createApi(model('tag'), { primaryKey: 'name' })
      expect(collectionName(model('person'), manager)).toBe('human')
      expect(collectionName(model('tag'))).toBe('tag')
      expect(modelFor('human', manager)).toBe(model('person'))
      expect(serializerFor(model('person'), manager)).toBeInstanceOf(Own)
      expect(primaryKeyFor(model('tag'), manager)).toBe('name')
      expect(primaryKeyFor(model('person'), manager)).toBe('id')
    })

    it('know the URLs (RES-045)', () => {
      const manager = new ApiManager(undefined, { db: library().db, prefix: '/v1' })
      manager.createApi(model('person'))
      const url = (options?: Parameters<typeof urlFor>[1]) => urlFor(model('person'), options, manager)
      expect(url()).toBe('/v1/person')
      expect(url({ resourceId: 1 })).toBe('/v1/person/1')
      expect(url({ resourceId: 'a/b' })).toBe('/v1/person/a%2Fb')
      expect(url({ resourceId: 1, relationName: 'comments' })).toBe('/v1/person/1/comments')
      expect(url({ resourceId: 1, relationName: 'comments', relatedResourceId: 2 })).toBe(
        '/v1/person/1/comments/2',
      )
      expect(url({ resourceId: 1, relationName: 'comments', relationship: true })).toBe(
        '/v1/person/1/relationships/comments',
      )
      for (const id of ['', '.', '..', '\ud800']) {
        expect(() => url({ resourceId: id })).toThrow(`The id '${id}' has no URL`)
        const related = { resourceId: 1, relationName: 'comments', relatedResourceId: id }
        expect(() => url(related)).toThrow(`The id '${id}' has no URL`)
      }
    })

    it('refuse what no manager, or the manager asked, does not have (RES-041, RES-042, RES-043, RES-044, RES-045, RES-046)', () => {
      const manager = new ApiManager(undefined, { db: library().db })
      const other = new ApiManager(undefined, { db: library().db })
      other.createApi(model('comment'))
      for (const look of [collectionName, serializerFor, primaryKeyFor])
        expect(() => look(model('comment'), manager)).toThrow("The model 'comment' has no API")
      expect(() => urlFor(model('comment'), {}, manager)).toThrow(TypeError)
      expect(() => modelFor('comment', manager)).toThrow("No API serves the type 'comment'")
      expect(() => modelFor('nowhere')).toThrow(TypeError)
      expect(modelFor('comment').name).toBe('comment')
      expect(urlFor(model('comment'))).toBe('/api/comment')
    })
  },
  ['sqlite'],
)
