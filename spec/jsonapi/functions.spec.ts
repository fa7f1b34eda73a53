/** Functions of all rows of a collection. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { describeLibrary, errorsOf, objects } from '../support/library-api.ts'

const functions = (...list: unknown[]) => `functions=${encodeURIComponent(JSON.stringify(list))}`
const apis = { article: { allowFunctions: true }, person: { allowFunctions: true, exclude: ['email'] } }

describeLibrary('the evaluation of functions', (serve) => {
  const evaluate = async (path: string, ...list: unknown[]) => {
    const { served } = await serve({ apis })
    const reply = await served.ask(`/api/eval/${path}${path.includes('?') ? '&' : '?'}${functions(...list)}`)
    return reply.json.data ?? reply.json.errors
  }

  it('has a value for each, in their order (RES-023, RES-257)', async () => {
    const of = (name: string, field: string) => ({ name, field })
    expect(
      await evaluate(
        'article',
        of('count', 'id'),
        of('max', 'title'),
        of('min', 'id'),
        of('sum', 'id'),
        of('count', 'body'),
      ),
    ).toEqual([4, 'Notes', 1, 10, 3])
    expect(await evaluate('article', of('sum', 'price'))).toEqual(['19.60'])
    expect(await evaluate('person', of('min', 'born'))).toEqual(['1815-12-10'])
  })

  it('is of the rows that the filters match (RES-260)', async () => {
    const filter = objects({ name: 'author', op: 'has', val: { name: 'name', op: 'eq', val: 'Ada' } })
    expect(await evaluate(`article?${filter}&filter[title]=Looms`, { name: 'count', field: 'id' })).toEqual([
      1,
    ])
  })

  it('of no rows is null, and the count 0 (RES-264)', async () => {
    const query = 'article?filter[title]=none'
    expect(await evaluate(query, { name: 'sum', field: 'id' }, { name: 'count', field: 'id' })).toEqual([
      null,
      0,
    ])
  })
})

describeLibrary(
  'functions',
  (serve) => {
    it.each([
      ['', 'Must provide `functions` query parameter'],
      ['functions=', 'Unable to decode JSON in `functions` query parameter'],
      ['functions=x', 'Unable to decode JSON in `functions` query parameter'],
      [functions({ field: 'id' }), 'Missing `name` key in function object'],
      [functions({ name: 'count' }), 'Missing `field` key in function object'],
      [functions({ name: 'count', field: 'nope' }), 'unknown field "nope"'],
      [functions({ name: 'count', field: 'email' }), 'unknown field "email"'],
      [functions({ name: 'random()); drop table person; --', field: 'id' }), 'unknown function'],
      [functions({ name: 'load_extension', field: 'name' }), 'unknown function "load_extension"'],
      [`${functions()}&filter[objects]=x`, 'Unable to decode filter objects as JSON list'],
    ])('%s are refused (RES-258, RES-259, RES-260, RES-263, FJ-46)', async (query, detail) => {
      const { get } = await serve({ apis })
      const [error, ...others] = errorsOf(await get(`/api/eval/person?${query}`))
      expect(others).toEqual([])
      expect(error).toContain(detail)
      expect(error).toMatch(/^400 /)
    })

    it.each([
      ['application/json', 'application/json'],
      ['*/*', 'application/json'],
      ['application/vnd.api+json', 'application/vnd.api+json'],
      ['application/vnd.api+json, */*;q=0.1', 'application/vnd.api+json'],
    ])('for Accept: %s have the same values, as %s (RES-257, RES-262)', async (accept, type) => {
      const { served } = await serve({ apis })
      const query = functions({ name: 'count', field: 'id' }, { name: 'max', field: 'name' })
      const response = await served.fetch(`/api/eval/person?${query}`, { headers: { accept } })
      expect([response.status, response.headers.get('content-type'), response.headers.get('vary')]).toEqual([
        200,
        type,
        'Accept',
      ])
      expect(await response.json()).toEqual({ data: [3, 'Cleo'] })
      const refused = await served.fetch('/api/eval/person?functions=x', { headers: { accept } })
      expect([refused.status, refused.headers.get('content-type')]).toEqual([400, 'application/vnd.api+json'])
    })

    it('are no table (RES-262)', async () => {
      const { get } = await serve({ apis })
      expect((await get(`/api/eval/person?${functions()}`, { accept: 'text/csv' })).status).toBe(406)
    })

    it('may be none (RES-258)', async () => {
      const { served } = await serve({ apis })
      for (const query of ['functions=[]', 'functions=null'])
        expect((await served.ask(`/api/eval/person?${query}`)).json).toEqual({ data: [] })
    })

    it('need the option of the API, and GET (RES-023, RES-261)', async () => {
      const { get, send } = await serve({ apis })
      expect((await get(`/api/eval/tag?${functions()}`)).status).toBe(404)
      expect((await send('POST /api/eval/person', { data: null })).status).toBe(405)
    })

    it('may be those of the application (RES-263)', async () => {
      const own = {
        allowFunctions: true,
        functions: { spread: (operand: unknown) => sql`max(${operand}) - min(${operand})` },
      }
      const { served } = await serve({ apis: { article: own } })
      const query = functions({ name: 'spread', field: 'id' })
      expect((await served.ask(`/api/eval/article?${query}`)).json).toEqual({ data: [3] })
    })
  },
  ['sqlite'],
)
