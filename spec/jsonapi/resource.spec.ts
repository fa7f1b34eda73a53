/** GET of one resource. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Computed, Model } from '../../lib/jsonapi/model/model.ts'
import { describeLibrary, errorsOf, ids, included, objects } from '../support/library-api.ts'

describeLibrary('a resource', (serve, library) => {
  it('is found at its URL, which its links lead to (RES-048, RES-088, RES-092, RES-110, JA-33, JA-34)', async () => {
    const { get } = await serve()
    const reply = await get('/api/person/1')
    expect(reply.document.data.links).toEqual({ self: '/api/person/1' })
    expect(reply.document).toMatchObject({
      links: { self: '/api/person/1' },
      data: { type: 'person', id: '1', attributes: { name: 'Ada' } },
      included: [],
      meta: {},
    })
    expect((await get(reply.document.data.links.self)).document).toEqual(reply.document)
  })

  it('is not found by an id that does not exist, or that no row can have (RES-056, RES-110, FJ-68, FJ-70, JA-64, JA-66)', async () => {
    const { get } = await serve()
    for (const id of [
      '999',
      'x',
      '01',
      '1.0',
      '1e0',
      '%20',
      '99999999999999999999999',
      "1'or'1",
      '%00',
      '1~2',
    ]) {
      const reply = await get(`/api/person/${id}`)
      expect([id, reply.status]).toEqual([id, 404])
      expect(errorsOf(reply)[0]).toMatch(/^404 no resource of type person with ID /)
    }
  })

  it('has the id of another column by `primaryKey`, everywhere (RES-035, RES-078, RES-188, FJ-96)', async () => {
    const { get } = await serve({ apis: { tag: { primaryKey: 'name' } } })
    const { data } = (await get('/api/tag/history')).document
    expect(data).toMatchObject({
      id: 'history',
      attributes: { tag_id: 1, name: 'history' },
      links: { self: '/api/tag/history' },
      relationships: { articles: { links: { related: '/api/tag/history/articles' } } },
    })
    expect(ids(await get('/api/tag/history/articles'))).toEqual(['1'])
    const reply = await get('/api/article/1?include=tags')
    expect(reply.document.data.relationships.tags.data.map(({ id }: { id: string }) => id)).toEqual([
      'history',
      'machines',
    ])
    expect(included(reply)).toEqual(['tag/history', 'tag/machines'])
    expect(ids(await get('/api/article/2/relationships/tags'))).toEqual(['machines'])
    expect((await get('/api/article/1/tags/machines')).document.data.id).toBe('machines')
    expect(ids(await get('/api/article?filter[tags]=history'))).toEqual(['1'])
    expect((await get('/api/tag/1')).status).toBe(404)
  })

  it('has the id of a unique column where its relation has the key of another (FJ-96)', async () => {
    const person = defineModel(library().models.person as Model, {
      columns: { email: { kind: 'string', isNullable: false, isUnique: true } },
      id: 'email',
      baseQuery: () => undefined,
    })
    const { get } = await serve({ models: { person } })
    const { data } = (await get('/api/article/1')).document
    expect(data.relationships.author.data).toEqual({ type: 'person', id: 'ada@example.org' })
    expect(ids(await get('/api/person/ada%40example.org/author_articles'))).toEqual(['1', '2'])
    expect((await get('/api/article/1/author')).document.data.links.self).toBe(
      '/api/person/ada%40example.org',
    )
    expect(ids(await get('/api/article?filter[author]=ada@example.org'))).toEqual(['1', '2'])
  })
})

describeLibrary('an id of several columns', (serve, library) => {
  it('is one text in data, linkage, included, links and filters (RES-307, FJ-98)', async () => {
    await library().run(`
      create table shelf (room varchar(20) not null, place integer not null, label varchar(20), primary key (room, place));
      create table book (id {id}, title varchar(20), room varchar(20), place integer,
        foreign key (room, place) references shelf (room, place));
      insert into shelf values ('a~b/c', 1, 'first'), ('a', 2, 'second');
      insert into book values (1, 'One', 'a~b/c', 1), (2, 'Two', 'a', 2), (3, 'Three', null, 2);
    `)
    const models = await introspect(library().db)
    const { get } = await serve({ models })
    const reply = await get('/api/shelf?include=books')
    expect(ids(reply)).toEqual(['a~2', 'a%7Eb%2Fc~1'])
    const [, { links, relationships }] = reply.document.data
    expect(relationships.books.data).toEqual([{ type: 'book', id: '1' }])
    expect((await get(links.self)).document.data.attributes).toMatchObject({ label: 'first' })
    expect(ids(await get(relationships.books.links.related))).toEqual(['1'])
    const book = (await get('/api/book/1?include=shelf')).document
    expect(book.data.relationships).toMatchObject({ shelf: { data: { type: 'shelf', id: 'a%7Eb%2Fc~1' } } })
    expect(book.included[0].id).toBe('a%7Eb%2Fc~1')
    expect((await get('/api/book/3/shelf')).document.data).toBeNull()
    const filter = { name: 'shelf', op: 'has', val: { name: 'id', op: 'eq', val: 'a%7Eb%2Fc~1' } }
    expect(ids(await get(`/api/book?${objects(filter)}`))).toEqual(['1'])
    expect(errorsOf(await get('/api/shelf/a'))).toEqual(['404 no resource of type shelf with ID a'])
  })
})

describeLibrary(
  'the URLs of a resource',
  (serve, library) => {
    it('have no other methods than those of the API (RES-018, RES-052, RES-053, RES-055, JA-65, JA-67)', async () => {
      const { send } = await serve()
      const every = await serve({ manager: { methods: ['get', 'POST', 'Patch', 'DELETE'] } })
      const allowed = async (line: string) => {
        const { status, headers } = await every.send(
          line,
          line.startsWith('DELETE') ? undefined : { data: null },
        )
        return [status, headers.get('allow')]
      }
      expect((await send('DELETE /api/person/1')).status).toBe(405)
      expect(
        (await send('GET /api/person/1', undefined, { 'x-http-method-override': 'DELETE' })).status,
      ).toBe(200)
      const list = 'GET, HEAD, POST, OPTIONS'
      const one = 'GET, HEAD, DELETE, PATCH, OPTIONS'
      expect(await allowed('PATCH /api/person')).toEqual([405, list])
      expect(await allowed('DELETE /api/person')).toEqual([405, list])
      expect(await allowed('POST /api/person/1')).toEqual([405, one])
      for (const method of ['POST', 'PATCH', 'DELETE'])
        for (const path of ['/api/article/1/comments', '/api/article/1/author', '/api/article/1/comments/1'])
          expect(await allowed(`${method} ${path}`)).toEqual([405, 'GET, HEAD, OPTIONS'])
    })

    it('answer HEAD with the fields of GET (RES-020, JA-67)', async () => {
      const { send } = await serve()
      const [get, head] = [await send('GET /api/person/1'), await send('HEAD /api/person/1')]
      expect([head.status, head.text]).toEqual([200, ''])
      for (const name of ['content-type', 'etag', 'content-length'])
        expect(head.headers.get(name)).toBe(get.headers.get(name))
    })

    it('answer a parameter that only lists have with 400', async () => {
      const { get } = await serve()
      for (const name of ['sort', 'page[size]', 'filter[name]', 'filter[objects]', 'filter[single]'])
        expect(errorsOf(await get(`/api/person/1?${name}=1`))).toEqual([
          `400 ${name} Unknown query parameter "${name}"`,
        ])
    })

    it('are modified where a shown value has changed that is no part of the state (FJ-111)', async () => {
      const uses: Computed = {
        type: { kind: 'integer' },
        sql: ({ ref }) => sql`(select count(*) from article_tag where tag_id = ${ref('id')})`,
      }
      let price = 1
      const cost: Computed = { get: () => price }
      const tag = defineModel(library().models.tag as Model, { computed: { uses, cost } })
      const { send } = await serve({ models: { tag } })
      const changes = [
        () => library().run('insert into article_tag (article_id, tag_id) values (2, 1)'),
        () => {
          price += 1
        },
      ]
      for (const change of changes) {
        const { headers, document } = await send('GET /api/tag/1')
        const fields = { 'if-none-match': headers.get('etag') ?? '' }
        await change()
        const again = await send('GET /api/tag/1', undefined, fields)
        expect(again.status).toBe(200)
        expect(again.document.data.attributes).not.toEqual(document.data.attributes)
      }
    })

    it('are not modified for a client that has the representation (FJ-111, JA-65, JA-67)', async () => {
      const { send } = await serve()
      for (const path of ['/api/person/1', '/api/person/1?fields[person]=name', '/api/person']) {
        const { headers } = await send(`GET ${path}`)
        const again = await send(`GET ${path}`, undefined, { 'if-none-match': headers.get('etag') ?? '' })
        expect([again.status, again.text]).toEqual([304, ''])
      }
    })
  },
  ['sqlite'],
)
