/** The pages of lists over HTTP. */
import { expect, it } from 'vitest'
import { DefaultSerializer } from '../../lib/jsonapi/document/serializer.ts'
import { describeLibrary, errorsOf, ids } from '../support/library-api.ts'

const CURSOR = {
  accept: 'application/vnd.api+json; profile="https://jsonapi.org/profiles/ethanresnick/cursor-pagination/"',
}

describeLibrary('a page', (serve) => {
  it('has a number and a size, and links to the others (RES-148, RES-149, RES-157, RES-159, FJ-60, JA-94, JA-95, JA-96, JA-97, JA-98, JA-100)', async () => {
    const { get } = await serve()
    const reply = await get('/api/person?page[number]=1&page[size]=2')
    expect(ids(reply)).toEqual(['1', '2'])
    expect(reply.document.meta.total).toBe(3)
    const page = (number: number) => `/api/person?page%5Bsize%5D=2&page%5Bnumber%5D=${number}`
    expect(reply.document.links).toEqual({
      self: '/api/person?page%5Bnumber%5D=1&page%5Bsize%5D=2',
      first: '/api/person?page%5Bnumber%5D=1&page%5Bsize%5D=2',
      last: '/api/person?page%5Bnumber%5D=2&page%5Bsize%5D=2',
      prev: null,
      next: '/api/person?page%5Bnumber%5D=2&page%5Bsize%5D=2',
    })
    expect(reply.headers.get('link')).toBe(
      ['first', 'last', 'next'].map((rel) => `<${reply.document.links[rel]}>; rel="${rel}"`).join(', '),
    )
    const short = await get(page(2))
    expect(ids(short)).toEqual(['3'])
    expect(short.document.links).toMatchObject({ prev: page(1), next: null })
  })

  it('beyond the end is empty, with a way back (RES-148)', async () => {
    const { get } = await serve()
    const reply = await get('/api/person?page[number]=9&page[size]=2')
    expect([reply.status, ids(reply), reply.document.meta.total]).toEqual([200, [], 3])
    expect(reply.document.links.prev).toBe('/api/person?page%5Bnumber%5D=2&page%5Bsize%5D=2')
    expect(reply.document.links.next).toBeNull()
  })

  it('keeps every other parameter in its links (RES-089, RES-151, RES-152, RES-158, FJ-56, FJ-57)', async () => {
    const { get } = await serve()
    const query =
      'sort=-name&filter[name]=Ada,Ben,Cleo&include=author_articles,author_articles.tags&fields[tag]='
    const { document } = await get(`/api/person?${query}&page[size]=2`)
    const encoded = query.replaceAll('[', '%5B').replaceAll(']', '%5D')
    expect(document.links.next).toBe(`/api/person?${encoded}&page%5Bsize%5D=2&page%5Bnumber%5D=2`)
    expect(document.links.self).toBe(`/api/person?${encoded}&page%5Bsize%5D=2`)
    expect(ids(await get(document.links.next))).toEqual(['1'])
  })

  it('has the same links for encoded and unencoded brackets, and for others that URLs do not have (FJ-58)', async () => {
    const { get, served } = await serve()
    const encoded = (await get('/api/person?page%5Bsize%5D=2')).document.links
    expect((await get('/api/person?page[size]=2')).document.links).toEqual(encoded)
    const raw = await served.raw(
      'GET /api/person?filter[name]="| HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    )
    expect(raw).toContain('"self":"/api/person?filter%5Bname%5D=%22%7C"')
  })

  it('of a size of 0 has all rows, where there is no maximum (RES-155, RES-156)', async () => {
    const { get } = await serve({
      apis: { person: { pageSize: 1, maxPageSize: 0 }, tag: { pageSize: 0, maxPageSize: 0 } },
    })
    expect(ids(await get('/api/person'))).toEqual(['1'])
    for (const path of ['/api/person?page[size]=0&page[number]=7', '/api/tag']) {
      const reply = await get(path)
      expect(ids(reply)).toEqual(['1', '2', '3'])
      expect(Object.keys(reply.document.links)).toEqual(['self'])
      expect(reply.headers.has('link')).toBe(false)
      expect(reply.document.meta.total).toBe(3)
    }
  })
})

describeLibrary(
  'the parameters of a page',
  (serve) => {
    it.each([
      ['page[size]=3', "400 page[size] Page size must not exceed the server's maximum: 2"],
      ['page[size]=0', "400 page[size] Pages cannot be turned off: the server's maximum page size is 2"],
      ['page[size]=-1', '400 page[size] Page size must be a positive integer'],
      ['page[size]=x', '400 page[size] Page size must be a positive integer'],
      ['page[number]=0', '400 page[number] Page number must be a positive integer'],
      ['page[number]=-1', '400 page[number] Page number must be a positive integer'],
      ['page[number]=1.5', '400 page[number] Page number must be a positive integer'],
      ['page[offset]=1', '400 page[offset] Unknown query parameter "page[offset]"'],
      ['page=1', '400 page Unknown query parameter "page"'],
      ['page[size]=1&page[size]=2', '400 page[size] The parameter must not be repeated'],
    ])('%s is refused (RES-153, RES-154)', async (query, error) => {
      const { get } = await serve({ apis: { person: { pageSize: 50, maxPageSize: 2 } } })
      expect(errorsOf(await get(`/api/person?${query}`))).toEqual([error])
    })

    it('have defaults, cut to the maximum; a size that equals it is fine (RES-033, RES-153, RES-156)', async () => {
      const { get } = await serve({ apis: { person: { pageSize: 50, maxPageSize: 2 } } })
      expect(ids(await get('/api/person'))).toEqual(['1', '2'])
      expect(ids(await get('/api/person?page[size]=2'))).toEqual(['1', '2'])
    })

    it('that are unknown or of another case are refused (FJ-121, FJ-122, FJ-123, JA-49, JA-184)', async () => {
      const { get } = await serve()
      for (const name of ['foo', 'aggregate[period]', 'Include', 'FIELDS[person]', 'group', 'callback'])
        expect(errorsOf(await get(`/api/person?${name}=x`))).toEqual([
          `400 ${name} Unknown query parameter "${name}"`,
        ])
    })
  },
  ['sqlite'],
)

describeLibrary('a page between cursors', (serve) => {
  it('follows the cursor of another, to both ends (FJ-62, FJ-63, FJ-64, FJ-67, JA-99)', async () => {
    const { get } = await serve()
    for (const sort of ['id', '-born', 'born', 'is_admin,-born', '-email']) {
      const all = ids(await get(`/api/person?sort=${sort}`))
      const found: string[] = []
      let path: string | null = `/api/person?sort=${sort}&page[size]=1`
      let last = path
      while (path !== null) {
        const reply = await get(path, CURSOR)
        found.push(...ids(reply))
        expect(Object.keys(reply.document.links)).toEqual(['self', 'prev', 'next'])
        last = path
        path = reply.document.links.next
      }
      expect(found).toEqual(all)
      const back: string[] = []
      for (let at: string | null = last; at !== null; ) {
        const reply = await get(at, CURSOR)
        back.push(...ids(reply))
        at = reply.document.links.prev
        if (back.length > 5) throw new Error('endless')
      }
      expect(back).toEqual(all.toReversed())
    }
  })

  it('does not have the item of the cursor itself (FJ-66)', async () => {
    const { get } = await serve()
    const [, second] = (await get('/api/person', CURSOR)).document.data
    const { cursor } = second.meta.page
    expect(ids(await get(`/api/person?page[after]=${cursor}`, CURSOR))).toEqual(['3'])
    expect(ids(await get(`/api/person?page[before]=${cursor}`, CURSOR))).toEqual(['1'])
  })

  it('keeps the meta that a serializer gives its resources', async () => {
    const { get } = await serve({
      apis: {
        tag: {
          serializer: class extends DefaultSerializer {
            override resourceObject(...args: Parameters<DefaultSerializer['resourceObject']>) {
              return { ...super.resourceObject(...args), meta: { source: 'library' } }
            }
          },
        },
      },
    })
    const [{ meta }] = (await get('/api/tag', CURSOR)).document.data
    expect(meta).toEqual({ source: 'library', page: { cursor: expect.any(String) } })
  })

  it('of a range with more rows says that it is cut (FJ-65)', async () => {
    const { get } = await serve()
    const [first, , third] = (await get('/api/article', CURSOR)).document.data
    const [, , , fourth] = (await get('/api/article', CURSOR)).document.data
    const range = `page[after]=${first.meta.page.cursor}&page[before]=${fourth.meta.page.cursor}&page[size]=1`
    const reply = await get(`/api/article?${range}`, CURSOR)
    expect([ids(reply), reply.document.meta.page]).toEqual([['2'], { rangeTruncated: true }])
    expect(ids(await get(reply.document.links.next, CURSOR))).toEqual([third.id])
  })
})
