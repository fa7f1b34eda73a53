/** The paginate option: parameters, X-Pagination, Link and envelopes. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { arrayPager, RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { ids, listApp, numbers, slicing } from '../support/numbers.ts'
import { polka, polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'

// biome-ignore lint/suspicious/noExplicitAny: specs try options that the compiler refuses
type Any = any

const registering =
  (paginate: Any, pagination = {}) =>
  () =>
    new RestBlueprint('api', { pagination })
      .get('/list', { name: 'list', paginate }, () => [])
      .register(polka())

describe.each(polkas)('paginate: true on $name', ({ polka: make }) => {
  it('passes page, pageSize, firstItem and lastItem to the handler (SMO-113, SMO-118)', async () => {
    const { get } = await listApp(
      { paginate: true },
      ({ pagination }) => {
        const { page, pageSize, firstItem, lastItem, itemCount, cursor } = pagination
        pagination.itemCount = 0
        return { page, pageSize, firstItem, lastItem, itemCount: itemCount === undefined, cursor }
      },
      { polka: make },
    )
    const first = { page: 1, pageSize: 10, firstItem: 0, lastItem: 9, itemCount: true }
    expect((await get()).json).toEqual(first)
    expect((await get('?page=3&page_size=5')).json).toEqual({
      ...first,
      ...{ page: 3, pageSize: 5, firstItem: 10, lastItem: 14 },
    })
  })

  it.each<[query: string, count: number, header: string, items: number[]]>([
    [
      '?page=2&page_size=2',
      5,
      '{"total":5,"total_pages":3,"first_page":1,"last_page":3,"page":2,"previous_page":1,"next_page":3}',
      [2, 3],
    ],
    [
      '?page_size=3',
      5,
      '{"total":5,"total_pages":2,"first_page":1,"last_page":2,"page":1,"next_page":2}',
      [0, 1, 2],
    ],
    [
      '?page=2&page_size=3',
      5,
      '{"total":5,"total_pages":2,"first_page":1,"last_page":2,"page":2,"previous_page":1}',
      [3, 4],
    ],
    ['', 0, '{"total":0,"total_pages":0}', []],
    ['?page=9', 5, '{"total":5,"total_pages":1,"first_page":1,"last_page":1}', []],
  ])(
    'responds to %s of %i items with X-Pagination: %s (SMO-120, SMO-121, SMO-122, SMO-123)',
    async (...row) => {
      const [query, count, header, items] = row
      const { get } = await listApp({ paginate: true }, slicing(count), { polka: make })
      const { status, page, json } = await get(query)
      expect([status, page, ids(json)]).toEqual([200, header, items])
    },
  )

  it('links the other pages by query alone, behind any prefix, and keeps the rest of the query (SMO-132)', async () => {
    const app = make()
    const parent = new RestBlueprint('parent', { prefix: '/parent' })
    const child = new RestBlueprint('child', { prefix: '/<int:id>' })
    child.get('/list', { paginate: true }, slicing(50)).register(parent)
    parent.register(app, { prefix: '/v1' })
    const outer = make()
    outer.use('/outer', app)
    const { fetch } = await serve(outer)
    const link = (query: string) => `<${query}>`
    const answer = await fetch('/outer/v1/7/list?q=a%20b&page=3&tag=x&tag=%C5%82')
    expect(answer.headers.get('link')).toBe(
      [
        `${link('?q=a%20b&page=1&tag=x&tag=%C5%82')}; rel="first"`,
        `${link('?q=a%20b&page=2&tag=x&tag=%C5%82')}; rel="prev"`,
        `${link('?q=a%20b&page=4&tag=x&tag=%C5%82')}; rel="next"`,
        `${link('?q=a%20b&page=5&tag=x&tag=%C5%82')}; rel="last"`,
      ].join(', '),
    )
  })

  it.each([
    [900, ['first', 'prev', 'next', 'last']],
    [1500, ['next']],
    [3900, ['next']],
    [5000, []],
  ])(
    'links only what clients and proxies take: to a query of %i characters %j',
    async (length, relations) => {
      const { get } = await listApp({ paginate: arrayPager }, () => numbers(50), { polka: make })
      const { status, page, link, headers } = await get(`?page=3&q=${'x'.repeat(length)}`)
      expect(status).toBe(200)
      expect(JSON.parse(page ?? '')).toMatchObject({ next_page: 4, last_page: 5 })
      expect([...(link ?? '').matchAll(/rel="(\w+)"/g)].map(([, rel]) => rel)).toEqual(relations)
      expect([...headers].join().length).toBeLessThan(4500)
    },
  )
})

describe('the page parameter', () => {
  it.each([
    ['?page=abc', ['page']],
    ['?page=1.5', ['page']],
    ['?page=', ['page']],
    ['?page=%201', ['page']],
    ['?page=%2B1', ['page']],
    ['?page_size=2%09', ['page_size']],
    ['?page=0', ['page']],
    ['?page=-1&page_size=1e1', ['page_size', 'page']],
    ['?page_size=0', ['page_size']],
    ['?page=2&page=3', ['page']],
    ['?page=2&page=2&page_size=1&page_size=2', ['page_size', 'page']],
    ['?page_size=101', ['page_size']],
    ['?page=9007199254740993', ['page']],
  ])('%s is a 422 that names %s (SMO-114, SMO-115, SMO-116, SMO-117)', async (query, parameters) => {
    const { get } = await listApp({ paginate: true }, slicing(5))
    const { status, json, page, link } = await get(query)
    expect([status, page, link]).toEqual([422, null, null])
    expect(json.errors.map((error: Any) => error.parameter)).toEqual(parameters)
    expect(json.errors.every((error: Any) => error.in === 'query' && error.detail)).toBe(true)
  })

  it('may have leading zeros (SMO-115)', async () => {
    const { get } = await listApp({ paginate: true }, slicing(50))
    for (const query of ['?page=2&unknown=x', '?page=002'])
      expect([query, ids((await get(query)).json)[0]]).toEqual([query, 10])
    expect(await get('?page=9007199254740991')).toMatchObject({ status: 200, text: '[]' })
  })

  it('has its issues in one 422 with all others, before the handler runs (SMO-115)', async () => {
    let handled = 0
    const query = z.object({ q: z.int() })
    const headers = z.object({ 'x-mine': z.string() })
    const { get } = await listApp({ paginate: true, query, headers }, () => void handled++)
    const { status, json } = await get('?page=0&page_size=1000&q=x')
    expect(status).toBe(422)
    expect(json.errors.map((error: Any) => error.parameter)).toEqual(['page_size', 'page', 'q', 'x-mine'])
    expect(handled).toBe(0)
  })

  it('is known beside a schema of the query, whatever its policy for unknown parameters is (SMO-114)', async () => {
    for (const unknown of [undefined, 'drop', 'keep', 'refuse'] as const) {
      const query = z.object({ q: z.string() })
      const options = { paginate: true, query, ...(unknown ? { unknown } : {}) }
      const { get } = await listApp(options, (request) => {
        expect(request.query.q).toBe('x')
        return slicing(50)(request)
      })
      const { status, json } = await get('?q=x&page=2')
      expect([unknown, status, ids(json)[0]]).toEqual([unknown, 200, 10])
      expect((await get('?q=x&other=1')).status).toBe(unknown === 'refuse' ? 422 : 200)
    }
  })

  it('is passed to a query schema that declares it', async () => {
    const query = z.object({ page: z.int().default(1) })
    const { get } = await listApp({ paginate: true, query, unknown: 'refuse' }, (request) => {
      request.pagination.itemCount = 50
      return [request.query.page, request.pagination.page]
    })
    expect((await get('?page=2&page_size=3')).json).toEqual([2, 2])
  })

  it('is not read from content (SMO-114)', async () => {
    const app = polka()
    const api = new RestBlueprint('api').query('/list', { paginate: true }, slicing(50))
    api.register(app)
    const { fetch } = await serve(app)
    const init = { method: 'QUERY', headers: { 'content-type': 'application/json' }, body: '{"page":2}' }
    const answer = await fetch('/list?page_size=3', init)
    expect(ids(await answer.json())).toEqual([0, 1, 2])
  })
})

describe('the options', () => {
  it('of an endpoint override those of its blueprint, member by member (SMO-113, SMO-218)', async () => {
    const pagination = { pageSize: 3, maxPageSize: 6, header: 'X-Pages', parameters: { page: 'p' } }
    const byBlueprint = await listApp({ paginate: true }, slicing(50), { pagination })
    const answer = await byBlueprint.get('?p=2')
    expect([ids(answer.json), answer.headers.has('x-pages'), answer.page]).toEqual([[3, 4, 5], true, null])
    expect((await byBlueprint.get('?page_size=7')).status).toBe(422)
    const paginate = { pageSize: 4, parameters: { pageSize: 'size' } }
    const byEndpoint = await listApp({ paginate }, slicing(50), { pagination })
    expect(ids((await byEndpoint.get('?p=2')).json)).toEqual([4, 5, 6, 7])
    expect(ids((await byEndpoint.get('?p=2&size=2')).json)).toEqual([2, 3])
  })

  it('lower a default page size that exceeds the maximum (SMO-116)', async () => {
    const { get } = await listApp({ paginate: { maxPageSize: 5 } }, slicing(50), {
      pagination: { pageSize: 20 },
    })
    expect((await get()).json).toHaveLength(5)
  })

  it('rename the header field, or omit it and the links (SMO-125)', async () => {
    const renamed = await listApp({ paginate: { header: 'X-Total' } }, slicing(5))
    expect((await renamed.get()).headers.get('x-total')).toContain('"total":5')
    const none = await listApp({ paginate: { header: false, links: false } }, slicing(5))
    expect(await none.get()).toMatchObject({ status: 200, page: null, link: null })
  })

  it.each<[Any, Any, RegExp]>([
    [{ pageSize: 0 }, {}, /of 'list' has a page size of 0/],
    [{ maxPageSize: 1.5 }, {}, /a page size of 1.5/],
    [{ pageSize: 20, maxPageSize: 10 }, {}, /a page size of 20, over its maximum of 10/],
    [{ style: 'pages' }, {}, /cannot have style: 'pages'; use 'page', 'offset', 'cursor'/],
    [{ style: 'cursor' }, {}, /of 'list' has the style 'cursor' without a 'secret'/],
    [{ pager: {} }, {}, /cannot have pager: .+; use a function/],
    [{ links: 1 }, {}, /cannot have links: 1; use true or false/],
    [{ parameters: { page: 1 } }, {}, /cannot have page: 1; use a text/],
    [{ header: 'X Pages' }, {}, /a header that is not a field name: X Pages/],
    [{ parameters: { page: 'page_size' } }, {}, /two parameters named page_size/],
    [true, { style: 'cursor' }, /'secret'/],
    ['yes', {}, /option 'paginate' of 'list' is true, options or a pager, not yes/],
  ])('%j, %j are a TypeError at registration', (paginate, pagination, message) => {
    expect(registering(paginate, pagination)).toThrow(TypeError)
    expect(registering(paginate, pagination)).toThrow(message)
  })
})

describe('itemCount', () => {
  it('may be a bigint or a numeric string; anything else is a 500', async () => {
    for (const [count, status] of [
      [25n, 200],
      ['25', 200],
      [-1, 500],
      [1.5, 500],
      ['many', 500],
    ] as const) {
      const { get } = await listApp({ paginate: true }, ({ pagination }) => {
        pagination.itemCount = count
        return []
      })
      const answer = await get()
      expect([count, answer.status, answer.page?.startsWith('{"total":25,"total_pages":3,')]).toEqual([
        ...[count, status],
        status === 200 ? true : undefined,
      ])
    }
  })

  it('that is not set is one warning, and no header field (SMO-124, SMO-125)', async () => {
    const warnings: Any[] = []
    const listen = (warning: Any) => void warnings.push(warning)
    process.on('warning', listen)
    onTestFinished(() => void process.off('warning', listen))
    const { get } = await listApp({ paginate: true }, () => [1])
    for (let time = 0; time < 3; time++)
      expect(await get()).toMatchObject({ status: 200, text: '[1]', page: null, link: null })
    const late = await listApp({ paginate: true }, async function* ({ pagination }: Any) {
      pagination.itemCount = 1
      yield 1
    })
    expect(await late.get()).toMatchObject({ status: 200, text: '[1]', page: null })
    const silent = await listApp({ paginate: { header: false } }, () => [1])
    expect((await silent.get()).status).toBe(200)
    const ours = warnings.filter(({ code }) => code === 'MAZURKA_ITEM_COUNT')
    expect(ours.map(({ message }) => message)).toEqual([
      "The endpoint 'list' did not set pagination.itemCount: X-Pagination and Link are not sent",
      expect.stringContaining('are not sent. The body of a generator runs while the response is sent'),
    ])
  })
})

describe('the response', () => {
  it('keeps the header fields and links of the handler, but not its X-Pagination (SMO-126)', async () => {
    const headers = { 'X-Pagination': 'mine', 'x-mine': '1', link: '</other>; rel="help"' }
    const own = await listApp({ paginate: arrayPager }, () => serializeResponse(numbers(2), { headers }))
    const { page, headers: sent, link } = await own.get()
    expect([page, sent.get('x-mine')]).toEqual([expect.stringContaining('"total":2'), '1'])
    expect(link).toBe('</other>; rel="help", <?page=1>; rel="first", <?page=1>; rel="last"')
    const app = polka()
    app.use((_request: Any, response: Any, next: Any) => {
      response.setHeader('Link', '</style.css>; rel="stylesheet"')
      next()
    })
    const set = await listApp({ paginate: arrayPager }, () => numbers(2), { polka: () => app })
    expect((await set.get()).link).toMatch(/^<\/style.css>; rel="stylesheet", <\?page=1>; rel="first"/)
  })

  it('to HEAD has the fields and no content (SMO-128)', async () => {
    const { get } = await listApp({ paginate: arrayPager }, () => numbers(25))
    const answer = await get('?page=2', {}, 'HEAD')
    expect([answer.status, answer.text, answer.page]).toEqual([200, '', (await get('?page=2')).page])
    expect(answer.link).toBe((await get('?page=2')).link)
  })

  it('has another ETag when only the count has changed (SMO-128)', async () => {
    let count = 15
    const { get } = await listApp({ paginate: true, etag: true }, (request) => slicing(count)(request))
    const etag = (await get()).headers.get('etag') ?? ''
    expect((await get('', { 'if-none-match': etag })).status).toBe(304)
    count = 16
    expect((await get('', { 'if-none-match': etag })).status).toBe(200)
  })

  it('is one page in the negotiated media type', async () => {
    const response = z.array(z.object({ id: z.int() }))
    for (const paginate of [arrayPager, { pager: arrayPager, envelope: true }]) {
      const { get } = await listApp({ paginate, response }, () => numbers(5))
      const table = await get('?page=2&page_size=2', { accept: 'text/csv' })
      expect([table.text, JSON.parse(table.page ?? '{}').page]).toEqual(['id\r\n2\r\n3\r\n', 2])
      const lines = await get('?page_size=2', { accept: 'application/x-ndjson' })
      expect(lines.text).toBe('{"id":0}\n{"id":1}\n')
    }
  })
})

describe('envelope', () => {
  const response = z.array(z.object({ id: z.int() }))

  it('has items and metadata in the content, added after the schema was applied (SMO-105, SMO-106, SMO-129)', async () => {
    async function* rows(request: Any) {
      yield* slicing(5)(request).map((row) => ({ ...row, password: 'x' }))
    }
    for (const handler of [slicing(5), rows]) {
      const { get } = await listApp({ paginate: { envelope: true, pageSize: 2 }, response }, handler)
      const { text, page } = await get()
      expect(text).toBe(`{"items":[{"id":0},{"id":1}],"pagination":${page}}`)
    }
  })

  it('may have any shape, and replace the header field (SMO-129)', async () => {
    const envelope = (data: unknown, metadata: Any) => ({ data, count: metadata.total })
    const { get } = await listApp(
      { paginate: { envelope, header: false, links: false }, response },
      slicing(2),
    )
    expect(await get()).toMatchObject({
      text: '{"data":[{"id":0},{"id":1}],"count":2}',
      page: null,
      link: null,
    })
    const head = await get('', {}, 'HEAD')
    expect([head.status, head.text]).toEqual([200, ''])
  })
})
