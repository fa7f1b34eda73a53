/** Queries over HTTP: filters, orders and pages of collections, of related resources and of included relationships. */
import { beforeAll, expect, it } from 'vitest'
import { ApiManager } from '../../../lib/jsonapi/manager/api-manager.ts'
import type { CreateApiOptions } from '../../../lib/jsonapi/manager/manager-options.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { type JsonApi, type JsonApiReply, jsonApi } from '../../support/json-api.ts'
import { polka } from '../../support/polka.ts'
import { HIDDEN, MODELS, openWorld, type World } from '../../support/query-world.ts'
import { type Served, serve } from '../../support/server.ts'

const CURSORS =
  'application/vnd.api+json;profile="https://jsonapi.org/profiles/ethanresnick/cursor-pagination/"'

function ids({ status, document, text }: JsonApiReply): readonly string[] {
  if (status !== 200) throw new Error(`${status} ${text}`)
  return document.data.map(({ id }: { id: string }) => id)
}

function errorIn({ status, document }: JsonApiReply): Record<string, unknown> {
  const [error, second] = document.errors
  if (second) throw new Error('several errors')
  return { http: status, ...error, parameter: error.source?.parameter }
}

describeEachDatabase('queries', (database) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(database)
  })

  async function served(
    options: Readonly<Record<string, CreateApiOptions>> = {},
  ): Promise<JsonApi & Pick<Served, 'fetch'>> {
    const app = polka()
    const manager = new ApiManager(app, { db: world.db })
    for (const model of MODELS) manager.createApi(model, { ...HIDDEN[model.name], ...options[model.name] })
    const { fetch } = await serve(app)
    return { ...jsonApi({ fetch }), fetch }
  }

  const objects = (...filters: readonly unknown[]) =>
    `filter[objects]=${encodeURIComponent(JSON.stringify(filters))}`

  it('restrict a collection and its total (RES-157, RES-160, FJ-52, FJ-53)', async () => {
    const api = await served()
    const reply = await api.get(`/api/article?${objects({ name: 'author', op: 'is_null' })}&page[size]=1`)
    expect(ids(reply)).toEqual(['4'])
    expect(reply.document.meta.total).toBe(2)
    expect(ids(await api.get('/api/person?filter[age]=20,40'))).toEqual(['2', '4'])
    expect(
      ids(await api.get(`/api/person?filter[age]=30&${objects({ name: 'id', op: 'gt', val: 1 })}`)),
    ).toEqual(['5'])
  })

  it('restrict related resources by the names of their type (RES-189, FJ-11, FJ-28, FJ-54, FJ-55)', async () => {
    const api = await served({ article: { pageSize: 1 } })
    const good = { name: 'comments', op: 'any', val: { name: 'body', op: 'in', val: ['Good', 'Better'] } }
    const reply = await api.get(
      `/api/person/1/articles?${objects(good)}&sort=-title&include=author&fields[person]=name`,
    )
    expect(ids(reply)).toEqual(['1'])
    expect(reply.document.meta.total).toBe(1)
    expect(reply.document.included).toHaveLength(1)
    expect((await api.get('/api/person/1/articles?sort=-id')).document).toMatchObject({
      meta: { total: 2 },
      data: [{ id: '2' }],
    })
    expect(ids(await api.get('/api/article/1/comments?filter[author]=3'))).toEqual(['2'])
  })

  it('restrict the primary data alone: included resources have parameters of their own (FJ-44)', async () => {
    const api = await served()
    const reply = await api.get(`/api/article?include=comments&${objects({ name: 'id', op: 'eq', val: 1 })}`)
    expect(reply.document.included.map(({ id }: { id: string }) => id)).toEqual(['1', '2'])
    const restricted = await api.get(
      '/api/article?include=comments&filter[comments][body]=Good,Best&sort[comments]=-id',
    )
    expect(restricted.document.included.map(({ id }: { id: string }) => id).sort()).toEqual(['1', '3'])
    const paged = await api.get('/api/article?include=comments&page[comments][size]=1&sort[comments]=-id')
    expect(paged.document.included.map(({ id }: { id: string }) => id).sort()).toEqual(['2', '3'])
  })

  it('bound the members of an included relationship by the page sizes of their type (FJ-12)', async () => {
    const api = await served({ comment: { maxPageSize: 1 } })
    const { document } = await api.get('/api/article?include=comments&sort[comments]=-id')
    expect(document.included.map(({ id }: { id: string }) => id).sort()).toEqual(['2', '3'])
    expect(errorIn(await api.get('/api/article?include=comments&page[comments][size]=2'))).toMatchObject({
      http: 400,
      parameter: 'page[comments][size]',
    })
  })

  it('find one resource with filter[single] (RES-194, RES-196)', async () => {
    const api = await served()
    const one = await api.get('/api/person?filter[single]=1&filter[id]=2')
    expect(one.document.data).toMatchObject({ type: 'person', id: '2' })
    expect(one.headers.get('location')).toBe('/api/person/2')
    expect(errorIn(await api.get('/api/person?filter[single]=1&filter[id]=99'))).toMatchObject({
      http: 404,
      detail: 'No result found',
    })
    expect(errorIn(await api.get('/api/person?filter[single]=1'))).toMatchObject({
      http: 404,
      detail: 'Multiple results found',
    })
    const seat = await api.get(`/api/seat?filter[single]=1&filter[id]=A~2`)
    expect(seat.document.data).toMatchObject({ id: 'A~2' })
  })

  it('order a collection, its pages too (RES-137, RES-158, FJ-24)', async () => {
    const api = await served()
    expect(ids(await api.get('/api/person?sort=-age,name&page[size]=2'))).toEqual(['4', '1'])
    expect(ids(await api.get('/api/article?sort=-author.born,title&page[size]=2&page[number]=2'))).toEqual([
      '2',
      '4',
    ])
    expect(ids(await api.get('/api/person?sort=name&ignorecase=1'))).toEqual(['4', '1', '5', '2', '3'])
    expect(ids(await api.get('/api/person?page[number]=99'))).toEqual([])
  })

  it('have brackets, quotes and other characters percent-encoded in links, however they were sent (RES-151, RES-152, FJ-58)', async () => {
    const api = await served()
    const { document } = await api.get('/api/person?filter[name]=Zoë,"x"&page[size]=2&sort=name')
    expect(document.links.self).toBe(
      '/api/person?filter%5Bname%5D=Zo%C3%AB,%22x%22&page%5Bsize%5D=2&sort=name',
    )
    expect(document.links.first).toBe(`${document.links.self}&page%5Bnumber%5D=1`)
    expect((await api.get(document.links.first)).status).toBe(200)
  })

  it('have one default order for collections, related and included resources: by id (RES-145, FJ-26)', async () => {
    const api = await served()
    expect(ids(await api.get('/api/article'))).toEqual(['1', '2', '3', '4', '6'])
    expect(ids(await api.get('/api/person/1/articles'))).toEqual(['1', '2'])
    const { document } = await api.get('/api/person/1?include=articles')
    expect(document.data.relationships.articles.data.map(({ id }: { id: string }) => id)).toEqual(['1', '2'])
  })

  it('walk a collection by cursors (FJ-62, FJ-64, FJ-66, FJ-67)', async () => {
    const api = await served()
    const seen: string[] = []
    let url: string | null = '/api/person?sort=-age&page[size]=2'
    while (url !== null) {
      const reply: JsonApiReply = await api.get(url, { accept: CURSORS })
      seen.push(...ids(reply))
      url = reply.document.links.next
      if (seen.length > 10) throw new Error('without an end')
    }
    expect(seen).toEqual(['4', '1', '5', '2', '3'])
    const first = await api.get('/api/person?sort=-age&page[size]=2', { accept: CURSORS })
    expect(first.document.links).toMatchObject({
      prev: null,
      next: expect.stringContaining('page%5Bafter%5D'),
    })
    const [, { meta }] = first.document.data
    const before = await api.get(`/api/person?sort=-age&page[before]=${meta.page.cursor}`)
    expect(ids(before)).toEqual(['4'])
    expect(before.document.links.prev).toBeNull()
  })

  it('walk related resources by cursors', async () => {
    const api = await served()
    const first = await api.get('/api/person/1/articles?page[size]=1', { accept: CURSORS })
    expect(ids(first)).toEqual(['1'])
    expect(ids(await api.get(first.document.links.next))).toEqual(['2'])
  })

  it('read a range of cursors, truncated where it is too long (FJ-65)', async () => {
    const api = await served()
    const { document } = await api.get('/api/person', { accept: CURSORS })
    const [from, , , , to] = document.data.map(
      (one: { meta: { page: { cursor: string } } }) => one.meta.page.cursor,
    )
    const range = await api.get(`/api/person?page[after]=${from}&page[before]=${to}&page[size]=2`)
    expect(ids(range)).toEqual(['2', '3'])
    expect(range.document.meta.page.rangeTruncated).toBe(true)
    expect(ids(await api.get(range.document.links.next))).toEqual(['4', '5'])
    const whole = await api.get(`/api/person?page[after]=${from}&page[before]=${to}`)
    expect(ids(whole)).toEqual(['2', '3', '4'])
    expect(whole.document.meta.page?.rangeTruncated).toBeUndefined()
  })

  it.each([
    ['foo=1', 'foo'],
    ['aggregate[period]=day', 'aggregate[period]'],
    ['Include=author', 'Include'],
    ['group=name', 'group'],
    ['sort=shoe', 'sort'],
    ['sort=secret', 'sort'],
    ['sort=name;drop%20table%20person', 'sort'],
    ['include=secret', 'include'],
    ['fields[person]=secret', 'fields[person]'],
    ['filter[secret]=x', 'filter[secret]'],
    ['filter[objects]=[', 'filter[objects]'],
    ['filter[objects]=[{"name":"secret","op":"eq","val":"x"}]', 'filter[objects]'],
    ['filter[single]=x', 'filter[single]'],
    ['page[size]=101', 'page[size]'],
    ['page[number]=0', 'page[number]'],
    ['page[after]=x', 'page[after]'],
    ['ignorecase=x', 'ignorecase'],
    ['page[articles][size]=1', 'page[articles][size]'],
  ])(
    'are refused with the name of the parameter: ?%s (RES-154, RES-195, RES-313, FJ-45, FJ-46, FJ-121, FJ-122, FJ-123, FJ-157)',
    async (query, parameter) => {
      const api = await served()
      const error = errorIn(await api.get(`/api/person?${query}`))
      expect(error).toMatchObject({ http: 400, status: '400', parameter })
      expect(JSON.stringify(error)).not.toMatch(/select|syntax|"person"/i)
    },
  )

  it('are refused with the errors of the cursor profile (RES-153)', async () => {
    const api = await served()
    const error = errorIn(await api.get('/api/person?page[size]=101'))
    expect(error).toMatchObject({
      links: { type: 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination/max-size-exceeded' },
      meta: { page: { maxSize: 100 } },
    })
    const sort = errorIn(await api.get('/api/person?sort=twice', { accept: CURSORS }))
    expect(sort).toMatchObject({
      http: 400,
      parameter: 'sort',
      links: { type: 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination/unsupported-sort' },
    })
  })

  it('are refused on one resource where they need a list', async () => {
    const api = await served()
    for (const query of ['sort=id', 'filter[name]=Ann', 'page[size]=1'])
      expect(errorIn(await api.get(`/api/person/1?${query}`))).toMatchObject({ http: 400 })
    expect(errorIn(await api.get('/api/article/1/author?sort=name'))).toMatchObject({
      http: 400,
      parameter: 'sort',
    })
  })

  it('are limited in the depth of includes; 0 allows none (FJ-13)', async () => {
    const api = await served({ article: { maxIncludeDepth: 0 }, comment: { maxIncludeDepth: 2 } })
    expect(errorIn(await api.get('/api/article?include=author'))).toMatchObject({
      http: 400,
      parameter: 'include',
    })
    expect((await api.get('/api/comment?include=article.author')).status).toBe(200)
    expect(errorIn(await api.get('/api/comment?include=article.author.comments'))).toMatchObject({
      parameter: 'include',
    })
    expect((await api.get('/api/article?include=')).document.included).toEqual([])
  })

  it('restrict the rows that functions evaluate (RES-257, RES-258, RES-259, RES-260, RES-261)', async () => {
    const api = await served({ person: { allowFunctions: true } })
    const functions = `functions=${encodeURIComponent('[{"name":"sum","field":"age"},{"name":"max","field":"born"}]')}`
    const evaluate = async (query: string): Promise<unknown> =>
      (await api.fetch(`/api/eval/person?${query}`)).json()
    const young = objects({ name: 'age', op: 'lt', val: 35 })
    expect(await evaluate(functions)).toEqual({ data: [120, '2000-02-29'] })
    expect(await evaluate(`${functions}&${young}`)).toEqual({ data: [80, '2000-02-29'] })
    expect(await evaluate(`${functions}&filter[id]=4`)).toEqual({ data: [40, '1980-01-01'] })
    expect(await evaluate('functions=[]')).toEqual({ data: [] })
    for (const [query, parameter] of [
      ['', 'functions'],
      ['functions=[', 'functions'],
      [`${functions}&filter[secret]=x`, 'filter[secret]'],
      [`${functions}&filter[single]=x`, 'filter[single]'],
      [`functions=${encodeURIComponent('[{"name":"max","field":"secret"}]')}`, 'functions'],
    ])
      expect(errorIn(await api.get(`/api/eval/person?${query}`)), query).toMatchObject({
        http: 400,
        parameter,
      })
    expect((await api.get(`/api/eval/article?${functions}`)).status).toBe(404)
  })

  it('can be changed by a preprocessor (RES-272, RES-273)', async () => {
    const api = await served({
      person: {
        preprocessors: {
          GET_COLLECTION: [
            ({ filters, sort }) => {
              filters?.push({ name: 'age', op: 'is_not_null' })
              sort?.push(['-', 'id'])
            },
          ],
        },
      },
    })
    expect(ids(await api.get('/api/person'))).toEqual(['5', '4', '2', '1'])
    expect(ids(await api.get('/api/person?filter[age]=20,40'))).toEqual(['4', '2'])
  })
})
