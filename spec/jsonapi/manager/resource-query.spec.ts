/** Queries over HTTP where there are base queries and hidden fields. */
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

  it('bound the members of an included relationship by the page sizes of their type (FJ-12)', async () => {
    const api = await served({ comment: { maxPageSize: 1 } })
    const { document } = await api.get('/api/article?include=comments&sort[comments]=-id')
    expect(document.included.map(({ id }: { id: string }) => id).sort()).toEqual(['2', '3'])
    expect(errorIn(await api.get('/api/article?include=comments&page[comments][size]=2'))).toMatchObject({
      http: 400,
      parameter: 'page[comments][size]',
    })
  })

  it('walk related resources by cursors', async () => {
    const api = await served()
    const first = await api.get('/api/person/1/articles?page[size]=1', { accept: CURSORS })
    expect(ids(first)).toEqual(['1'])
    expect(ids(await api.get(first.document.links.next))).toEqual(['2'])
  })

  it.each([
    ['group=name', 'group'],
    ['sort=secret', 'sort'],
    ['sort=name;drop%20table%20person', 'sort'],
    ['include=secret', 'include'],
    ['fields[person]=secret', 'fields[person]'],
    ['filter[secret]=x', 'filter[secret]'],
    ['filter[objects]=[{"name":"secret","op":"eq","val":"x"}]', 'filter[objects]'],
    ['page[after]=x', 'page[after]'],
    ['ignorecase=x', 'ignorecase'],
    ['page[articles][size]=1', 'page[articles][size]'],
  ])(
    'are refused with the name of the parameter: ?%s (RES-313, FJ-45, FJ-46, FJ-157)',
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
