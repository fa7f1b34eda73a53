/** Public clients of JSON:APIs, each through a full pass: kitsu and devour-client. Orbit has a file of its own. */
import { createRequire } from 'node:module'
import Kitsu from 'kitsu'
import { expect, it } from 'vitest'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import { describeLibrary, errorsOf, type LibraryOptions } from '../support/library-api.ts'

// biome-ignore lint/suspicious/noExplicitAny: neither client has types of its responses
type Client = any

const Devour: new (options: object) => Client = createRequire(import.meta.url)('devour-client')

const ALL: LibraryOptions = {
  manager: {
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowToManyReplacement: true,
    allowDeleteFromToManyRelationships: true,
  },
}

describeLibrary('kitsu', (serve) => {
  const connect = async (options = ALL): Promise<Client> => {
    const { served } = await serve(options)
    const names = { pluralize: false, camelCaseTypes: false, resourceCase: 'none' }
    return new Kitsu({ baseURL: `${served.url}/api`, ...names })
  }
  const failureOf = async (request: Promise<unknown>) => {
    const error: Client = await request.then(Promise.reject.bind(Promise), (reason) => reason)
    return { status: error.response.status, errors: error.errors }
  }

  it('creates, reads, updates and deletes a resource', async () => {
    const api = await connect()
    const created = await api.create('article', {
      title: 'Cards',
      price: '1.50',
      author: { data: { type: 'person', id: '1' } },
      tags: { data: [{ type: 'tag', id: '1' }] },
    })
    const { id } = created.data
    expect(created).toMatchObject({ status: 201, data: { type: 'article', title: 'Cards', price: '1.50' } })
    expect(created.headers.location).toBe(created.data.links.self)
    expect(await api.update('article', { id, title: 'Punched cards', author: { data: null } })).toMatchObject(
      {
        status: 204,
      },
    )
    const { data } = await api.get(`article/${id}`)
    expect(data).toMatchObject({ title: 'Punched cards', price: '1.50', tags: { data: [{ id: '1' }] } })
    expect(data.author.data).toBeUndefined() // its way to show `data: null`
    expect(await api.delete('article', id)).toMatchObject({ status: 204 })
    expect(await failureOf(api.get(`article/${id}`))).toMatchObject({ status: 404 })
  })

  it('joins what it includes, with the fields it asks for', async () => {
    const api = await connect()
    const params = { include: 'author,comments.author', fields: { person: 'name', comment: 'body,author' } }
    const { data } = await api.get('article/1', { params })
    expect(data.author.data).toEqual({ type: 'person', id: '1', name: 'Ada', links: expect.anything() })
    expect(data.comments.data.map((one: Client) => [one.body, one.author.data.name])).toEqual([
      ['Good', 'Ben'],
      ['Better', 'Cleo'],
    ])
  })

  it('filters, sorts and walks the pages', async () => {
    const api = await connect()
    const objects = JSON.stringify([
      { name: 'author', op: 'has', val: { name: 'name', op: 'eq', val: 'Ada' } },
    ])
    const params = { sort: '-title', page: { size: 1 }, filter: { objects } }
    const first = await api.get('article', { params })
    expect([first.meta.total, first.data[0].title]).toEqual([2, 'Looms'])
    const next = await api.get('article', { params: { ...params, page: { size: 1, number: 2 } } })
    expect([next.data[0].title, next.links.next]).toEqual(['Engines', null])
    expect((await api.get('article', { params: { filter: { title: 'Notes' } } })).data).toMatchObject([
      { id: '3' },
    ])
  })

  it('reads related resources, and adds, replaces and removes members of a relationship', async () => {
    const api = await connect()
    const url = 'article/3/relationships/tags'
    const tags = async () => (await api.get('article/3/tags')).data.map(({ name }: Client) => name)
    const member = (id: string) => [{ type: 'tag', id }]
    const change = (method: string, body: unknown) => api.request({ method, url, type: 'tag', body })
    expect(await change('POST', [...member('1'), ...member('2')])).toMatchObject({ status: 204 })
    expect(await tags()).toEqual(['history', 'machines'])
    const remove = { method: 'DELETE', url, axiosOptions: { data: { data: member('1') } } }
    expect(await api.request(remove)).toMatchObject({ status: 204 })
    expect((await api.get(url)).data).toMatchObject(member('2'))
    expect(await change('PATCH', member('3'))).toMatchObject({ status: 204 })
    expect(await tags()).toEqual(['unused'])
    expect(await change('PATCH', [])).toMatchObject({ status: 204 })
    expect(await tags()).toEqual([])
  })

  it('shows errors with their sources', async () => {
    const api = await connect()
    expect(await failureOf(api.create('person', { name: 'Eve', email: 'ada@example.org' }))).toMatchObject({
      status: 409,
      errors: [{ status: '409', source: { pointer: '/data/attributes/email' } }],
    })
    expect(await failureOf(api.get('person', { params: { sort: 'nmae' } }))).toMatchObject({
      status: 400,
      errors: [{ source: { parameter: 'sort' } }],
    })
  })
})

describeLibrary('devour-client', (serve) => {
  const connect = async (): Promise<Client> => {
    const { served } = await serve(ALL)
    const errorBuilder = (error: unknown) => error
    const api = new Devour({ apiUrl: `${served.url}/api`, pluralize: false, logger: false, errorBuilder })
    const to = (type: string, isMany = false) => ({ jsonApi: isMany ? 'hasMany' : 'hasOne', type })
    api.define('article', { title: '', body: '', price: '', author: to('person'), tags: to('tag', true) })
    api.define('person', { name: '', email: '', author_articles: to('article', true) })
    api.define('tag', { name: '' })
    return api
  }

  it('creates, reads, updates and deletes a resource', async () => {
    const api = await connect()
    const article = { title: 'Cards', author: { id: '1' }, tags: [{ id: '1' }, { id: '2' }] }
    const { data } = await api.create('article', article)
    expect(data).toMatchObject({ ...article, body: null })
    await api.update('article', { id: data.id, title: 'Punched cards', author: null, tags: [{ id: '3' }] })
    const { data: read } = await api.find('article', data.id, { include: 'tags' })
    expect(read).toMatchObject({ title: 'Punched cards', tags: [{ id: '3', name: 'unused' }] })
    expect(read.author).toBeNull()
    await api.destroy('article', data.id)
    await expect(api.find('article', data.id)).rejects.toMatchObject({ 0: { status: '404' } })
  })

  it('joins what it includes, with the fields it asks for', async () => {
    const api = await connect()
    const { data } = await api.find('person', 1, {
      include: 'author_articles.tags',
      fields: { article: 'title,tags', tag: '' },
    })
    expect(data.author_articles).toMatchObject([
      { title: 'Engines', tags: [{ id: '1' }, { id: '2' }] },
      { title: 'Looms', tags: [{ id: '2' }] },
    ])
    expect([data.author_articles[0].body, data.author_articles[0].tags[0].name]).toEqual([
      undefined,
      undefined,
    ])
  })

  it('filters, sorts and walks the pages', async () => {
    const api = await connect()
    const query = { sort: '-title', filter: { author: '1' } }
    const { data, meta } = await api.findAll('article', { ...query, page: { size: 1, number: 2 } })
    expect([meta.total, data.map(({ title }: Client) => title)]).toEqual([2, ['Engines']])
  })

  it('reads related resources, and adds, replaces and removes members of a relationship', async () => {
    const api = await connect()
    const members = () => api.one('article', 3).relationships('tags')
    const ids = async () => (await members().get()).data.map(({ id }: Client) => id)
    await members().post([{ id: '1' }, { id: '2' }])
    expect(await ids()).toEqual(['1', '2'])
    await members().destroy([{ type: 'tag', id: '1' }])
    expect(await ids()).toEqual(['2'])
    await members().patch([{ id: '3' }])
    expect(await ids()).toEqual(['3'])
  })

  it('shows errors by their pointers', async () => {
    const api = await connect()
    const person = { name: 'Eve', email: 'ada@example.org' }
    await expect(api.create('person', person)).rejects.toMatchObject({ email: { status: '409' } })
  })
})

describeLibrary('what clients need of an API', (serve, library) => {
  it('is that every JSON value of an attribute comes back as it was sent (FJ-153)', async () => {
    await library().run('create table note (id {id}, content {json})')
    const { note } = await introspect(library().db)
    const { served, post, get, patch } = await serve({ ...ALL, models: note ? { note } : {} })
    const api: Client = new Kitsu({ baseURL: `${served.url}/api`, pluralize: false, resourceCase: 'none' })
    const values = [
      { id: '1', type: 'person', data: { id: '2' }, links: { self: 1 }, meta: null, attributes: [] },
      { relationships: { author: { data: null } }, 'atomic:operations': [], lid: 'a', '@x': 1 },
      [{ id: 1 }, [], null, 1.5, 'text', true],
      'text',
      [],
      {},
      7,
      false,
    ]
    for (const content of values) {
      const { document } = await post('/api/note', { data: { type: 'note', attributes: { content } } })
      const { id, links } = document.data
      expect(document.data.attributes).toEqual({ content })
      expect((await get(links.self)).document.data.attributes).toEqual({ content })
      await patch(links.self, { data: { type: 'note', id, attributes: { content: [content] } } })
      expect((await get(links.self)).document.data.attributes).toEqual({ content: [content] })
      expect((await api.get(`note/${id}`)).data.content).toEqual([content])
    }
  })

  it('is an error for a relationship without data, never a removal (FJ-154)', async () => {
    const { send, get } = await serve(ALL)
    const relationships = { author: {} }
    const patched = await send('PATCH /api/article/1', { data: { type: 'article', id: '1', relationships } })
    expect(errorsOf(patched)).toEqual([expect.stringMatching(/^400 \/data\/relationships\/author /)])
    const data = {
      type: 'article',
      attributes: { title: 'x' },
      relationships: { author: {}, tags: { meta: {} } },
    }
    expect(errorsOf(await send('POST /api/article', { data }))).toEqual([
      expect.stringMatching(/^400 \/data\/relationships\/author /),
      expect.stringMatching(/^400 \/data\/relationships\/tags /),
    ])
    expect((await get('/api/article/1')).document.data.relationships.author.data).toEqual({
      type: 'person',
      id: '1',
    })
  })

  it('is a relationship without data where its linkage is not loaded (FJ-155)', async () => {
    const { get } = await serve({ apis: { person: { linkage: false }, article: { linkage: ['author'] } } })
    const { document } = await get('/api/person/3?include=author_articles')
    for (const relationship of Object.values<Client>(document.data.relationships))
      expect(Object.keys(relationship)).toEqual(expect.arrayContaining(['links']))
    expect(document.data.relationships.comments).not.toHaveProperty('data')
    expect(document.data.relationships.author_articles.data).toEqual([])
    const { author, tags } = (await get('/api/article/3')).document.data.relationships
    expect(author.data).toEqual({ type: 'person', id: '2' })
    expect(tags).not.toHaveProperty('data')
  })

  it('is the linkage back in the resources of a related URL (FJ-156)', async () => {
    const { get } = await serve()
    const { document } = await get('/api/person/1/author_articles')
    expect(document.data.map(({ relationships }: Client) => relationships.author.data)).toEqual([
      { type: 'person', id: '1' },
      { type: 'person', id: '1' },
    ])
  })

  it('is a response for Accept */*, and a 406 for a media type that is not offered (FJ-118)', async () => {
    const { send } = await serve(ALL)
    const tag = (name: string) => ({ data: { type: 'tag', attributes: { name } } })
    for (const [index, accept] of ['*/*', 'application/*', 'text/html, */*;q=0.1'].entries()) {
      const { status, headers } = await send('POST /api/tag', tag(`tag ${index}`), { accept })
      expect([accept, status]).toEqual([accept, 201])
      expect(headers.get('content-type')).toBe('application/vnd.api+json')
    }
    const refused = await send('POST /api/tag', tag('refused'), { accept: 'application/json' })
    expect(errorsOf(refused)).toEqual([expect.stringMatching(/^406 Accept /)])
  })
})
