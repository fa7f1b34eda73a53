/** Pagers, and the styles of pagination: pages, offsets and cursors. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { abort, arrayPager, type Pager, RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { ids, listApp, numbers } from '../support/numbers.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'

// biome-ignore lint/suspicious/noExplicitAny: specs try options that the compiler refuses
type Any = any

describe('parameters that are no texts, as Express 4 parses them', () => {
  it('are a 422', async () => {
    for (const style of ['page', 'offset', 'cursor'] as const) {
      const name = { page: 'page', offset: 'offset', cursor: 'cursor' }[style]
      const app = polka().use((request: Any, _response: unknown, next: () => void) => {
        request.query = { [name]: { a: '1' } }
        next()
      })
      new RestBlueprint('api')
        .get('/list', { paginate: { style, secret: 'x'.repeat(32) } }, () => [])
        .register(app)
      const { ask } = await serve(app)
      const { status, json } = await ask('/list')
      expect([status, json.errors]).toEqual([
        422,
        [{ detail: 'A single value', in: 'query', parameter: name }],
      ])
    }
  })
})

describe('a pager', () => {
  async function* rows() {
    yield* numbers(25)
  }

  it.each<[string, () => unknown]>([
    ['an array', () => numbers(25)],
    ['an iterable', () => new Set(numbers(25))],
    ['a generator', () => numbers(25).values()],
    ['an async iterable', rows],
    ['a web stream', () => ReadableStream.from(numbers(25))],
    ['a Representation', () => serializeResponse(numbers(25), { status: 203 })],
    ['a promise', async () => numbers(25)],
  ])('cuts %s: arrayPager (SMO-119, SMO-126)', async (_what, handler) => {
    for (const paginate of [arrayPager, { pager: arrayPager }]) {
      const { get } = await listApp({ paginate }, handler)
      const { json, page } = await get('?page=3')
      expect([ids(json), JSON.parse(page ?? '{}').total]).toEqual([[20, 21, 22, 23, 24], 25])
    }
  })

  it('may be an option of the blueprint, and may query a database (SMO-119, SMO-129)', async () => {
    const queries: string[] = []
    const table = {
      count: async () => '25', // as PostgreSQL returns it
      slice: async (offset: number, limit: number) => {
        queries.push(`OFFSET ${offset} LIMIT ${limit}`)
        return numbers(25).slice(offset, offset + limit)
      },
    }
    const sql: Pager = async (query: typeof table, pagination) => {
      pagination.itemCount = Number(await query.count())
      return query.slice(pagination.firstItem, pagination.pageSize)
    }
    const response = z.array(z.object({ id: z.int() }))
    const { get } = await listApp({ paginate: true, response }, () => table, { pagination: { pager: sql } })
    const { json, page } = await get('?page=2&page_size=4')
    expect([ids(json), JSON.parse(page ?? '{}').total, queries]).toEqual([
      [4, 5, 6, 7],
      25,
      ['OFFSET 4 LIMIT 4'],
    ])
  })

  it('runs before the response schema, which checks only the page', async () => {
    const response = z.array(z.object({ id: z.int().max(9) }))
    const { get } = await listApp({ paginate: arrayPager, response }, () =>
      numbers(20).map((row) => ({ ...row, password: 'x' })),
    )
    expect((await get('?page_size=2')).text).toBe('[{"id":0},{"id":1}]')
    expect((await get('?page=2')).status).toBe(500)
  })

  it('is skipped for undefined, errors and web Responses (SMO-126, SMO-127)', async () => {
    const answers = [
      () => undefined,
      () => serializeResponse({ id: 1 }, { status: 409 }),
      () => new Response('mine'),
      () => abort(404),
    ]
    const statuses = []
    for (const handler of answers) {
      const { get } = await listApp({ paginate: arrayPager }, handler)
      const { status, page, link } = await get()
      expect([page, link]).toEqual([null, null])
      statuses.push(status)
    }
    expect(statuses).toEqual([204, 409, 200, 404])
    const { get, logger } = await listApp({ paginate: arrayPager }, () => 7)
    expect([(await get()).status, String(logger.lines.flat()[1])]).toEqual([
      500,
      'TypeError: arrayPager cuts lists and iterables, not number',
    ])
  })
})

describe('the style (SMO-132)', () => {
  it('offset counts items', async () => {
    const { get } = await listApp({ paginate: { style: 'offset', pager: arrayPager } }, () => numbers(25))
    const { json, page, link } = await get('?offset=5&limit=10')
    expect([ids(json)[0], json.length, JSON.parse(page ?? '{}').total]).toEqual([5, 10, 25])
    expect(link).toContain('<?offset=15&limit=10>; rel="next"')
    expect(link).toContain('<?offset=0&limit=10>; rel="prev"') // repeats the items 5 to 9
    const beyond = await get('?offset=28&limit=10') // of three pages, 28 would be on the third
    expect([beyond.json, beyond.page]).toEqual([
      [],
      '{"total":25,"total_pages":3,"first_page":1,"last_page":3}',
    ])
    expect(beyond.link).not.toContain('prev')
    expect((await get('?offset=-1&limit=101')).json.errors.map((error: Any) => error.parameter)).toEqual([
      'limit',
      'offset',
    ])
  })

  const cursors: Pager = (rows: { id: number }[], pagination) => {
    const { after } = (pagination.cursor ?? { after: -1 }) as { after: number }
    const rest = rows.filter(({ id }) => id > after)
    const page = rest.slice(0, pagination.pageSize)
    pagination.next = rest.length > page.length ? { after: page.at(-1)?.id } : null
    return page
  }
  const paginate = { style: 'cursor', secret: 'a secret', pager: cursors } as const

  it('cursor continues after the last item of the client, without a count', async () => {
    const { get } = await listApp({ paginate }, () => numbers(25))
    const seen: number[] = []
    let query: string | undefined = '?q=x&limit=10'
    while (query !== undefined) {
      const answer = await get(query)
      seen.push(...ids(answer.json))
      query = /<(\?[^<>]*)>; rel="next"/.exec(answer.link ?? '')?.[1]
      const next_cursor = query && new URLSearchParams(query).get('cursor')
      expect(JSON.parse(answer.page ?? '')).toEqual(next_cursor ? { next_cursor } : {})
      if (query) expect(query).toMatch(/^\?q=x&limit=10&cursor=[\w-]+$/)
    }
    expect(seen).toEqual(ids(numbers(25)))
  })

  it('cursor leads back where the handler sets previous, and its cursors are in the envelope', async () => {
    const all = numbers(25)
    const twoWays: Pager = (rows: { id: number }[], pagination) => {
      const { after = -1, before } = (pagination.cursor ?? {}) as { after?: number; before?: number }
      const start = before === undefined ? after + 1 : Math.max(before - pagination.pageSize, 0)
      const page = rows.slice(start, start + pagination.pageSize)
      const last = page.at(-1)
      if (start > 0) pagination.previous = { before: start }
      if (last && last.id + 1 < rows.length) pagination.next = { after: last.id }
      return page
    }
    const { get } = await listApp({ paginate: { ...paginate, pager: twoWays, envelope: true } }, () => all)
    const linkOf = (link: string | null, rel: string) =>
      new RegExp(`<(\\?[^<>]*)>; rel="${rel}"`).exec(link ?? '')?.[1]
    const seen: number[][] = []
    const walk = async (query: string | undefined, rel: 'prev' | 'next'): Promise<string | undefined> => {
      if (query === undefined) return undefined
      const { json, link, page } = await get(query)
      seen.push(ids(json.items))
      expect(json.pagination).toEqual(JSON.parse(page ?? ''))
      const { previous_cursor, next_cursor } = json.pagination
      const cursorOf = (target: string | undefined) =>
        target === undefined ? undefined : new URLSearchParams(target).get('cursor')
      expect([previous_cursor, next_cursor]).toEqual([
        cursorOf(linkOf(link, 'prev')),
        cursorOf(linkOf(link, 'next')),
      ])
      return (await walk(linkOf(link, rel), rel)) ?? query
    }
    const last = await walk('?limit=10', 'next')
    const forth = [...seen]
    expect(forth.flat()).toEqual(ids(all))
    seen.length = 0
    await walk(last, 'prev')
    expect(seen.reverse()).toEqual(forth)
  })

  it('cursor has no page numbers, also when the pager sets a count', async () => {
    const counting: Pager = (rows: { id: number }[], pagination) => {
      pagination.itemCount = rows.length
      return cursors(rows, pagination)
    }
    const { get } = await listApp({ paginate: { ...paginate, pager: counting } }, () => numbers(25))
    const metadata = JSON.parse((await get()).page ?? '')
    expect(metadata).toEqual({ total: 25, total_pages: 3, next_cursor: expect.any(String) })
  })

  it('cursor responds with 400 to a cursor that was changed or sealed with another secret', async () => {
    const { get } = await listApp({ paginate }, () => numbers(25))
    const other = await listApp({ paginate: { ...paginate, secret: 'another' } }, () => numbers(25))
    const cursor = /cursor=([\w-]+)/.exec((await other.get()).link ?? '')?.[1]
    for (const bad of [cursor, '', 'x', `${cursor}x`, 'A'.repeat(5000)]) {
      const { status, json } = await get(`?cursor=${bad}`)
      expect([status, json.detail]).toEqual([400, 'The cursor is not valid'])
    }
  })
})
