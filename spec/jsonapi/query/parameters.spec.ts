import { describe, expect, it } from 'vitest'
import { parseParameters } from '../../../lib/http/parameters.ts'
import { parseQuery, type QueryOptions, type RawQuery } from '../../../lib/jsonapi/query/parameters.ts'
import { errorOf } from '../../support/query-errors.ts'
import { resourceOf } from '../../support/query-world.ts'

const ARTICLES: QueryOptions = { resource: resourceOf('article'), isCollection: true }

function read(query: string, options: Partial<QueryOptions> = {}): RawQuery {
  return parseQuery(parseParameters(query), { ...ARTICLES, ...options })
}

describe('the parameters of a collection', () => {
  it('are read by their families', () => {
    const query = read(
      'include=author,comments.author&sort=-id,title&fields[article]=title&page[size]=5&page[number]=2&ignorecase=1',
    )
    expect(query).toMatchObject({
      include: ['author', 'comments.author'],
      sort: [
        ['-', 'id'],
        ['+', 'title'],
      ],
      page: { size: '5', number: '2' },
      ignoresCase: true,
      single: false,
      filters: [],
    })
    expect([...query.fields]).toEqual([['article', ['title']]])
  })

  it('are plain lists, which a processor can change (RES-272, RES-273)', () => {
    const { filters, sort } = read('')
    filters.push({ name: 'title', op: 'eq', val: 'Looms' })
    sort.push(['-', 'title'])
    expect(filters).toHaveLength(1)
    expect(sort).toEqual([['-', 'title']])
  })

  it('have brackets that are percent-encoded or not (FJ-58)', () => {
    expect(read('page%5Bsize%5D=5').page).toEqual({ size: '5' })
    expect(read('page[size]=5').page).toEqual({ size: '5' })
    expect(read('fields%5Barticle%5D=title%2Cauthor').fields.get('article')).toEqual(['title', 'author'])
  })

  it('name no relationship in an include that is empty (FJ-04, RES-129)', () => {
    expect(read('include=').include).toEqual([])
    expect(read('').include).toBeUndefined()
  })

  it('name no field in a field set that is empty (FJ-15, RES-132)', () => {
    expect(read('fields[article]=').fields.get('article')).toEqual([])
  })

  it.each([
    'foo=1',
    'filter=x',
    'page=1',
    'page[offset]=2',
    'fields=title',
    'aggregate[period]=day',
    'sort[]=id',
  ])('are refused by their name where it is unknown: %s (FJ-121, FJ-122, RES-192, JA-184)', (query) => {
    const [parameter] = query.split('=')
    expect(errorOf(() => read(query))).toEqual({
      status: 400,
      parameter,
      detail: `Unknown query parameter "${parameter}"`,
    })
  })

  it.each(['Include=author', 'FIELDS[article]=title', 'Page[size]=1', 'Sort=id', 'fooBar=1', 'page[SIZE]=1'])(
    'have names in the case of the specification: %s is unknown (FJ-123)',
    (query) => {
      expect(errorOf(() => read(query))).toMatchObject({ status: 400, parameter: query.split('=')[0] })
    },
  )

  it.each(['page[size]=1&page[size]=2', 'sort=id&sort=title', 'filter[title]=a&filter%5Btitle%5D=b'])(
    'are refused where they are repeated: %s (RES-192)',
    (query) => {
      expect(errorOf(() => read(query))).toMatchObject({
        status: 400,
        detail: 'The parameter must not be repeated',
      })
    },
  )

  it.each([
    '__proto__=1',
    'filter[constructor]=1',
    'page[__proto__]=1',
    'fields[__proto__]=a',
    'a]=1',
    '[a]=1',
    'sort[[a]]=1',
  ])('can have any name without harm: %s', (query) => {
    const outcome = ((): unknown => {
      try {
        return read(query)
      } catch (error) {
        return error
      }
    })()
    expect(outcome).toBeDefined()
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('that other parts of a server read are left to them', () => {
    expect(read('format=csv', { others: ['format'] }).filters).toEqual([])
  })
})

describe('filter[single]', () => {
  it.each([
    ['1', true],
    ['-2', true],
    ['0', false],
    ['00', false],
  ])('is an integer: %s is %s (RES-195)', (value, single) => {
    expect(read(`filter[single]=${value}`).single).toBe(single)
  })

  it.each(['', 'true', '1.5', '1e3', 'abc'])('is refused where it is %j (RES-195)', (value) => {
    expect(errorOf(() => read(`filter[single]=${value}`))).toEqual({
      status: 400,
      parameter: 'filter[single]',
      detail: 'Invalid format for filter[single] query parameter: it must be 0 or 1',
    })
  })
})

describe('ignorecase', () => {
  it('is an integer, and an error of its own where it is none (RES-143)', () => {
    expect(read('ignorecase=-2').ignoresCase).toBe(true)
    expect(read('ignorecase=0').ignoresCase).toBe(false)
    expect(errorOf(() => read('ignorecase=yes'))).toMatchObject({ status: 400, parameter: 'ignorecase' })
  })
})

describe('simple filters', () => {
  it('are appended to the list of filter objects (RES-187)', () => {
    const query = read('filter[objects]=[{"name":"id","op":"gt","val":1}]&filter[title]=Looms,Notes')
    expect(query.filters).toEqual([
      { name: 'id', op: 'gt', val: 1 },
      { name: 'title', op: 'in', val: ['Looms', 'Notes'] },
    ])
  })

  it('of a relationship compare the ids of related resources (RES-187, RES-188, RES-190)', () => {
    expect(read('filter[author]=1,2').filters).toEqual([
      { name: 'author', op: 'has', val: { name: 'id', op: 'in', val: ['1', '2'] } },
    ])
    expect(read('filter[tags]=3').filters).toEqual([
      { name: 'tags', op: 'any', val: { name: 'id', op: 'in', val: ['3'] } },
    ])
  })
})

describe('parameters of included relationships', () => {
  it('have the path in the first brackets', () => {
    const query = read(
      'include=comments.author&filter[comments][objects]=[{"name":"id","op":"gt","val":1}]&filter[comments][body]=Good' +
        '&sort[comments]=-id&page[comments][size]=5&page[comments][number]=2&sort[comments.author]=name',
    )
    expect(query.filters).toEqual([])
    expect(query.related.get('comments')).toMatchObject({
      filters: [
        { name: 'id', op: 'gt', val: 1 },
        { name: 'body', op: 'in', val: ['Good'] },
      ],
      sort: [['-', 'id']],
      page: { size: '5', number: '2' },
    })
    expect(query.related.get('comments.author')?.sort).toEqual([['+', 'name']])
  })

  it('are read for one resource too', () => {
    const options = { isCollection: false, includes: ['comments'] }
    expect(read('page[comments][size]=5', options).related.get('comments')?.page).toEqual({ size: '5' })
  })

  it('are refused where the relationship is not included', () => {
    expect(errorOf(() => read('sort[comments]=id&include=author'))).toEqual({
      status: 400,
      parameter: 'sort[comments]',
      detail: 'The relationship "comments" is not included',
    })
  })

  it.each([
    'sort[secret]=id',
    'page[author.nothing][size]=1',
    'page[comments][after]=x',
    'filter[comments][single]=1',
  ])('are unknown where there is no such relationship or member: %s', (query) => {
    expect(errorOf(() => read(`${query}&include=comments`))).toMatchObject({ parameter: query.split('=')[0] })
  })
})

describe('the parameters of one resource', () => {
  it.each(['sort=id', 'filter[title]=a', 'filter[objects]=[]', 'page[size]=1', 'filter[single]=1'])(
    'are those of documents alone: %s is refused',
    (query) => {
      const refusal = errorOf(() => read(query, { isCollection: false }))
      expect(refusal).toMatchObject({ status: 400, parameter: query.split('=')[0] })
      expect(read('include=author&fields[person]=name', { isCollection: false }).include).toEqual(['author'])
    },
  )
})
