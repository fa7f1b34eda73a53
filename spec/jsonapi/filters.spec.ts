/** Filters over HTTP: a selection of them; their grammar has specs of its own. */
import { expect, it } from 'vitest'
import { describeLibrary, errorsOf, ids, objects } from '../support/library-api.ts'

const has = (name: string, op: string, val: unknown) => ({ name, op, val })

describeLibrary('filter[objects]', (serve) => {
  it.each([
    ['no filter', [], ['1', '2', '3', '4']],
    ['several, all of them met', [has('id', 'gt', 1), has('id', '<', 4)], ['2', '3']],
    ['or, and, not', [{ or: [has('id', 'eq', 1), { and: [{ not: has('id', 'lt', 4) }] }] }], ['1', '4']],
    ['an empty or', [{ or: [] }], ['1', '2', '3', '4']],
    ['has', [has('author', 'has', has('name', 'eq', 'Ada'))], ['1', '2']],
    ['any', [has('tags', 'any', has('name', 'eq', 'machines'))], ['1', '2']],
    ['any within has', [has('author', 'has', has('comments', 'any', has('body', 'eq', 'Good')))], ['3']],
    ['has within any', [has('comments', 'any', has('author', 'has', has('name', 'eq', 'Cleo')))], ['1']],
    ['is_null of a field', [{ name: 'body', op: 'is_null' }], ['3']],
    ['is_null of a to-one', [{ name: 'author', op: 'is_null', val: 1 }], ['4']],
    ['is_null of a to-many', [{ name: 'comments', op: 'is_null' }], ['3', '4']],
    ['is_not_null of a to-many', [{ name: 'tags', op: 'is_not_null' }], ['1', '2']],
    ['in nothing', [has('id', 'in', [])], []],
    ['not in nothing', [has('body', 'not_in', [])], ['1', '2', '3', '4']],
    ['a text for a number', [has('id', 'eq', '2')], ['2']],
    ['a decimal by its value', [has('price', 'gt', '7')], ['1']],
    ['a date', [has('published', 'lt', '2020-02-01')], ['1']],
    ['neq without the rows that are null', [has('body', 'neq', 'On looms')], ['1', '4']],
    ['not eq without the rows that are null', [{ not: has('body', 'eq', 'On looms') }], ['1', '4']],
  ])(
    '%s (RES-160, RES-163, RES-165, RES-170, RES-171, RES-172, RES-173, RES-177, RES-180, FJ-33)',
    async (_, filters, expected) => {
      const { get } = await serve()
      const reply = await get(`/api/article?${objects(...filters)}`)
      expect(ids(reply)).toEqual(expected)
      expect(reply.document.meta.total).toBe(expected.length)
    },
  )

  it('through a to-many relationship gives each row once, on full pages (FJ-27, FJ-52, FJ-53)', async () => {
    const { get } = await serve()
    const filter = objects(has('tags', 'any', has('id', 'gt', 0)))
    const reply = await get(`/api/article?${filter}&page[size]=2`)
    expect([ids(reply), reply.document.meta.total, reply.document.links.next]).toEqual([['1', '2'], 2, null])
    const none = await get(`/api/article?${objects({ name: 'author', op: 'is_null' })}`)
    expect([ids(none), none.document.meta.total]).toEqual([['4'], 1])
  })

  it('has one EXISTS for each any (FJ-29)', async () => {
    const { get } = await serve()
    const both = ['history', 'machines'].map((name) => has('tags', 'any', has('name', 'eq', name)))
    expect(ids(await get(`/api/article?${objects({ and: both })}`))).toEqual(['1'])
  })

  it('concerns primary data alone; included relationships have their own (FJ-44)', async () => {
    const { get } = await serve()
    const filter = objects(has('id', 'eq', 2))
    const one = (await get(`/api/article?${filter}&include=author,tags`)).document
    expect(one.data[0].relationships.author.data.id).toBe('1')
    expect(one.included).toHaveLength(2)
    const own = `filter[comments][objects]=${encodeURIComponent(JSON.stringify([has('body', 'eq', 'Good')]))}`
    const { data } = (await get(`/api/article/1?include=comments&${own}`)).document
    expect(data.relationships.comments.data).toEqual([{ type: 'comment', id: '1' }])
  })
})

describeLibrary(
  'filter[objects], if it cannot be understood,',
  (serve) => {
    it.each([
      ['nonsense', 'Unable to decode filter objects as JSON list'],
      ['', 'Unable to decode filter objects as JSON list'],
      ['{}', 'Unable to construct query'],
      ['null', 'Unable to construct query'],
      ['[1]', 'invalid filter object'],
      ['[{"name":"x","op":"eq","val":1}]', 'no such field'],
      ['[{"op":"eq","val":1}]', 'missing field name'],
      ['[{"name":"title"}]', 'missing operator'],
      ['[{"name":"title","op":"eq"}]', 'expected an argument'],
      ['[{"name":"title","op":"eq","val":null}]', 'use the unary is_null/is_not_null operators'],
      ['[{"name":"title","op":"bogus","val":1}]', 'unknown operator'],
      ['[{"name":"title","op":"has","val":{}}]', 'invalid filter object'],
      ['[{"name":"id","op":"eq","val":"x"}]', 'invalid filter object'],
    ])(
      'is a 400 with its parameter: %s (RES-160, RES-161, RES-162, RES-168, RES-169, RES-174, RES-176)',
      async (text, detail) => {
        const { get } = await serve()
        for (const path of [
          '/api/article',
          '/api/person/1/author_articles',
          '/api/person/1/relationships/author_articles',
        ]) {
          const [error, ...others] = errorsOf(
            await get(`${path}?filter[objects]=${encodeURIComponent(text)}`),
          )
          expect(others).toEqual([])
          expect(error).toMatch(/^400 filter\[objects\] /)
          expect(error).toContain(detail)
        }
      },
    )
  },
  ['sqlite'],
)

describeLibrary('a simple filter', (serve) => {
  it.each([
    ['filter[title]=Engines,Notes', ['1', '3']],
    ['filter[author]=1', ['1', '2']],
    ['filter[tags]=1', ['1']],
    ['filter[id]=1,4', ['1', '4']],
    ['filter[published]=2021-06-01T00:00:00', ['4']],
    ['filter[title]=', []],
    [`filter[author]=1&${objects(has('editor', 'has', has('id', 'eq', 1)))}`, ['2']],
  ])('%s (RES-187, RES-190, RES-191, JA-101)', async (query, expected) => {
    const { get } = await serve()
    expect(ids(await get(`/api/article?${query}`))).toEqual(expected)
  })

  it('names fields of the related resource at its URL (RES-189, FJ-28, FJ-54)', async () => {
    const { get } = await serve()
    const reply = await get('/api/person/1/author_articles?filter[tags]=1')
    expect([ids(reply), reply.document.meta.total]).toEqual([['1'], 1])
  })
})

describeLibrary(
  'filter[single]',
  (serve) => {
    it('is one resource, and the URL of it (RES-194, RES-195)', async () => {
      const { get } = await serve()
      const reply = await get('/api/person?filter[single]=2&filter[name]=Ben')
      expect(reply.status).toBe(200)
      expect(reply.document).toMatchObject({ data: { type: 'person', id: '2' }, meta: { total: 1 } })
      expect(reply.headers.get('location')).toBe('/api/person/2')
      const related = await get('/api/person/2/author_articles?filter[single]=1')
      expect(related.document.data.id).toBe('3')
      const identifier = await get('/api/person/2/relationships/author_articles?filter[single]=1')
      expect(identifier.document.data).toEqual({ type: 'article', id: '3' })
      expect(ids(await get('/api/person?filter[single]=0&filter[name]=Ben'))).toEqual(['2'])
    })

    it('is not found for no resource and for several (RES-118, RES-194)', async () => {
      const { get } = await serve()
      for (const path of [
        '/api/person',
        '/api/article/1/comments',
        '/api/article/1/relationships/comments',
      ]) {
        expect(errorsOf(await get(`${path}?filter[single]=1`))).toEqual(['404 Multiple results found'])
        expect(errorsOf(await get(`${path}?filter[single]=1&filter[id]=77`))).toEqual(['404 No result found'])
      }
    })

    it('must be a number (RES-195)', async () => {
      const { get } = await serve()
      expect(errorsOf(await get('/api/person?filter[single]=x'))).toEqual([
        '400 filter[single] Invalid format for filter[single] query parameter: it must be 0 or 1',
      ])
    })

    it('works with an id of another name (RES-196)', async () => {
      const { get } = await serve({ apis: { tag: { primaryKey: 'name' } } })
      const reply = await get('/api/tag?filter[single]=1&filter[id]=history')
      expect([reply.document.data.id, reply.headers.get('location')]).toEqual(['history', '/api/tag/history'])
    })
  },
  ['sqlite'],
)
