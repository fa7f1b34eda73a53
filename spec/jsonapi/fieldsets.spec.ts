/** Sparse fieldsets. */
import { expect, it } from 'vitest'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { describeLibrary, errorsOf, included } from '../support/library-api.ts'

describeLibrary('fields', (serve) => {
  it('are attributes and relationships; type, id and links are always there (RES-077, RES-132, FJ-15, FJ-19, FJ-21, JA-82, JA-83, JA-84)', async () => {
    const { get } = await serve()
    const data = async (fields: string) => (await get(`/api/person/2?fields[person]=${fields}`)).document.data
    const bare = { type: 'person', id: '2', links: { self: '/api/person/2' } }
    expect(await data('')).toEqual(bare)
    expect(await data('id,type')).toEqual(bare)
    expect(await data('name')).toEqual({ ...bare, attributes: { name: 'Ben' } })
    expect(await data('born,comments')).toEqual({
      ...bare,
      attributes: { born: null },
      relationships: {
        comments: {
          links: { self: '/api/person/2/relationships/comments', related: '/api/person/2/comments' },
          data: [{ type: 'comment', id: '1' }],
        },
      },
    })
  })

  it('of one type change resource objects of that type alone, also included ones (RES-130, FJ-18, FJ-20, JA-82, JA-84)', async () => {
    const { get } = await serve()
    const { document } = await get('/api/article/1?include=author,tags&fields[person]=name&fields[comment]=')
    expect(document.included.map(({ attributes }: { attributes: unknown }) => attributes)).toEqual([
      { name: 'Ada' },
      { name: 'history' },
      { name: 'machines' },
    ])
    expect(Object.keys(document.data.relationships)).toEqual(['author', 'editor', 'comments', 'tags'])
    expect(document.included[0].relationships).toBeUndefined()
  })

  it('without the relationship still include its resources, from the same keys (FJ-16, FJ-17)', async () => {
    const { get } = await serve()
    const reply = await get('/api/article?include=author,comments&fields[article]=title')
    expect(included(reply)).toEqual(['comment/1', 'comment/2', 'comment/3', 'person/1', 'person/2'])
    expect(reply.document.data[0].relationships).toBeUndefined()
    const shown = await get('/api/article/1?include=author&fields[article]=title,author')
    expect(shown.document.data.relationships.author.data).toEqual({ type: 'person', id: '1' })
  })

  it('apply to related URLs (FJ-11)', async () => {
    const { get } = await serve()
    const { document } = await get('/api/person/1/author_articles?fields[article]=title')
    expect(document.data[0].attributes).toEqual({ title: 'Engines' })
  })
})

describeLibrary(
  'a fieldset',
  (serve, library) => {
    it('is cut to the fields that the API shows (RES-133, RES-135, RES-136, JA-49)', async () => {
      const { get } = await serve({ apis: { article: { exclude: ['body'] } } })
      for (const name of ['body', 'author_id', 'nope', 'Title'])
        expect(errorsOf(await get(`/api/article?fields[article]=title,${name}`))).toEqual([
          `400 fields[article] no such field "${name}"`,
        ])
      expect(errorsOf(await get('/api/article?only=title'))).toEqual([
        '400 only Unknown query parameter "only"',
      ])
    })

    it('names a type that there is (RES-132)', async () => {
      const { get } = await serve()
      expect(errorsOf(await get('/api/article?fields[nope]=title'))).toEqual([
        '400 fields[nope] no such type "nope"',
      ])
      expect((await get('/api/article?fields=title')).status).toBe(400)
    })

    it('leaves out an attribute whose `get` throws, also where it is a part of the state', async () => {
      const price = {
        get: ({ id }: { id?: unknown }) => {
          if (id === 1) throw new Error('no price')
          return 2
        },
        set: () => ({}),
      }
      const tag = defineModel(library().models.tag as Model, { computed: { price } })
      const { get, patch } = await serve({ models: { tag }, manager: { methods: ['GET', 'PATCH'] } })
      expect((await get('/api/tag/1')).status).toBe(500)
      const reply = await get('/api/tag/1?fields[tag]=name')
      expect([reply.status, reply.document.data.attributes]).toEqual([200, { name: 'history' }])
      const document = { data: { type: 'tag', id: '1', attributes: { name: 'past' } } }
      const fields = { 'if-match': reply.headers.get('etag') as string }
      expect((await patch('/api/tag/1?fields[tag]=name', document, fields)).status).toBe(200)
      expect((await patch('/api/tag/1?fields[tag]=name', document, fields)).status).toBe(412)
    })

    it('applies to the answers of POST and PATCH (RES-134)', async () => {
      const { post, patch } = await serve({ manager: { methods: ['GET', 'POST', 'PATCH', 'DELETE'] } })
      const created = await post('/api/tag?fields[tag]=', {
        data: { type: 'tag', attributes: { name: 'new' } },
      })
      expect(Object.keys(created.document.data)).toEqual(['type', 'id', 'links'])
      const { id } = created.document.data
      const changed = await patch(`/api/tag/${id}?fields[tag]=name&include=articles`, {
        data: { type: 'tag', id, attributes: { name: 'newer' } },
      })
      expect(changed.document.data.attributes).toEqual({ name: 'newer' })
      expect(changed.document.data.relationships).toBeUndefined()
    })

    it('has attributes of any JSON, as it is stored (FJ-153)', async () => {
      const value = { id: '1', type: 'x', links: { self: 'y' }, data: null, attributes: [] }
      const { get } = await serve({
        apis: { tag: { additionalAttributes: { anything: () => value, always: value } } },
      })
      expect((await get('/api/tag/1')).document.data.attributes).toMatchObject({
        anything: value,
        always: value,
      })
    })
  },
  ['sqlite'],
)
