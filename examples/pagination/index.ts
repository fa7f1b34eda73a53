/** Lists in pages: by page, offset or cursor, cut by a pager of one's own, with the metadata in the body. */
import { arrayPager, type Pager, RestBlueprint } from 'mazurka'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'

const songs = Array.from({ length: 7 }, (_, index) => ({ id: index + 1, title: `Mazurka no. ${index + 1}` }))

const api = new RestBlueprint('songs', { pagination: { pageSize: 2, maxPageSize: 5 } })

// the handler fetches the page by itself, and says how many items there are
api.get('/songs', { paginate: true }, function songsByPage({ pagination }) {
  pagination.itemCount = songs.length
  return songs.slice(pagination.firstItem, pagination.lastItem + 1)
})

// the handler returns all of it, the pager cuts
api.get('/offset', { paginate: { style: 'offset', pager: arrayPager } }, () => songs)

// the next page starts from what the last one ended with: nothing is skipped when songs come and go
api.get('/cursor', { paginate: { style: 'cursor', secret: 'not in the source' } }, ({ pagination }) => {
  const { after } = (pagination.cursor ?? { after: 0 }) as { after: number }
  const rest = songs.filter(({ id }) => id > after)
  const page = rest.slice(0, pagination.pageSize)
  if (page.length < rest.length) pagination.next = { after: page.at(-1)?.id }
  return page
})

interface Query {
  count(): Promise<number>
  rows(limit: number, offset: number): Promise<unknown[]>
}

/** Knows how queries are paged, so that handlers need not. */
const queryPager: Pager = async (query: Query, pagination) => {
  pagination.itemCount = await query.count()
  return query.rows(pagination.pageSize, pagination.firstItem)
}

api.get(
  '/lazy',
  { paginate: queryPager },
  (): Query => ({
    count: async () => songs.length,
    rows: async (limit, offset) => songs.slice(offset, offset + limit),
  }),
)

// in the body, for clients that cannot read fields
api.get('/envelope', { paginate: { pager: arrayPager, envelope: true, header: false } }, () => songs)

export const app = polka().use(startPage('pagination'))
api.register(app)

if (process.argv[1] === import.meta.filename) serve('pagination', app)
