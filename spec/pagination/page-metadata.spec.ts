import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseParameters, targetWith } from '../../lib/http/parameters.ts'
import {
  cursorLinks,
  type Link,
  pageLinks,
  paginationMetadata,
  parseCount,
} from '../../lib/pagination/page-metadata.ts'
import { PageRequest } from '../../lib/pagination/page-request.ts'
import { resolvePagination } from '../../lib/pagination/pagination-options.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'

const shown = (links: Link[]) => links.map(({ rel, target }) => `${rel} ${target}`)

describe('parseCount', () => {
  it.each<[string, number | undefined]>([
    ['2', 2],
    ['+2', undefined],
    ['-2', -2],
    ['-0', 0],
    ['0', 0],
    [' 2\t', undefined],
    [' 1', undefined],
    ['007', 7],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', undefined],
    ['9'.repeat(400), undefined],
    ['', undefined],
    [' ', undefined],
    ['abc', undefined],
    ['1.5', undefined],
    ['2.0', undefined],
    ['1e1', undefined],
    ['0x1', undefined],
    ['1_000', undefined],
    ['+ 2', undefined],
    ['--2', undefined],
    ['٢', undefined],
    ['NaN', undefined],
  ])('reads %j as %s (SMO-115)', (text, count) => {
    expect(parseCount(text)).toBe(count)
  })

  it.each([' ', '1', '+', '1 ', ' 1'])('reads a text that repeats %j in linear time', async (piece) => {
    const growth = await growthOf((count) => parseCount(`${piece.repeat(count)}x`), 16_384)
    expect(growth).toBeLessThan(SUPERLINEAR)
  })
})

describe('paginationMetadata', () => {
  it.each<[page: number, size: number, count: number, text: string, why: string]>([
    [
      2,
      10,
      35,
      '{"total":35,"total_pages":4,"first_page":1,"last_page":4,"page":2,"previous_page":1,"next_page":3}',
      'in the middle (SMO-120)',
    ],
    [1, 10, 0, '{"total":0,"total_pages":0}', 'nothing there (SMO-121)'],
    [9, 10, 0, '{"total":0,"total_pages":0}', 'nothing there, far away (SMO-121)'],
    [5, 10, 35, '{"total":35,"total_pages":4,"first_page":1,"last_page":4}', 'beyond the last (SMO-122)'],
    [
      1,
      10,
      35,
      '{"total":35,"total_pages":4,"first_page":1,"last_page":4,"page":1,"next_page":2}',
      'the first (SMO-123)',
    ],
    [
      4,
      10,
      35,
      '{"total":35,"total_pages":4,"first_page":1,"last_page":4,"page":4,"previous_page":3}',
      'the last (SMO-123)',
    ],
    [
      1,
      10,
      10,
      '{"total":10,"total_pages":1,"first_page":1,"last_page":1,"page":1}',
      'the only one (SMO-123)',
    ],
  ])('of page %i by %i of %i: %s (%s)', (page, size, count, text) => {
    expect(JSON.stringify(paginationMetadata(page, size, count))).toBe(text)
  })
})

describe('pageLinks', () => {
  const linksFor = (target: string, page: number, count: number) =>
    shown(pageLinks(target, 'page', paginationMetadata(page, 10, count)))

  it('link the first, previous, next and last page, and keep the rest of the query (RFC 8288 §3; SMO-132)', () => {
    expect(linksFor('/a?sort=-x&page=2&city=Krak%C3%B3w+1&page_size=10', 2, 35)).toEqual([
      'first /a?sort=-x&page=1&city=Krak%C3%B3w+1&page_size=10',
      'prev /a?sort=-x&page=1&city=Krak%C3%B3w+1&page_size=10',
      'next /a?sort=-x&page=3&city=Krak%C3%B3w+1&page_size=10',
      'last /a?sort=-x&page=4&city=Krak%C3%B3w+1&page_size=10',
    ])
  })

  it('link only pages that exist', () => {
    expect(linksFor('/a', 1, 35)).toEqual(['first /a?page=1', 'next /a?page=2', 'last /a?page=4'])
    expect(linksFor('/a', 4, 35)).toEqual(['first /a?page=1', 'prev /a?page=3', 'last /a?page=4'])
    expect(linksFor('/a', 9, 35)).toEqual(['first /a?page=1', 'last /a?page=4'])
    expect(linksFor('/a', 1, 0)).toEqual([])
  })
})

describe('pages by offset', () => {
  const style = resolvePagination({ style: 'offset' }, {}, 'list')

  /** The metadata, and the offsets of the links. */
  function pageAt(offset: number, limit: number, itemCount: number) {
    const query = { offset: String(offset), limit: String(limit) }
    const page = PageRequest.read(style, query, new AbortController()) as PageRequest
    page.itemCount = itemCount
    const links = [...(page.linksFor(`/?limit=${limit}`) ?? '').matchAll(/offset=(\d+)>; rel="(\w+)"/g)]
    return {
      metadata: page.metadata ?? {},
      offsets: Object.fromEntries(links.map(([, target, rel]) => [rel, Number(target)])),
    }
  }

  it.each<[offset: number, limit: number, count: number, links: string]>([
    [0, 10, 0, '{}'],
    [5, 10, 0, '{}'],
    [0, 10, 10, '{"first":0,"last":0}'],
    [0, 10, 35, '{"first":0,"next":10,"last":30}'],
    [10, 10, 35, '{"first":0,"prev":0,"next":20,"last":30}'],
    [30, 10, 35, '{"first":0,"prev":20,"last":30}'],
    [5, 10, 20, '{"first":0,"prev":0,"next":15,"last":15}'],
    [5, 10, 3, '{"first":0,"last":0}'],
    [90, 10, 35, '{"first":0,"last":30}'],
    [28, 10, 25, '{"first":0,"last":18}'],
  ])('at %i by %i of %i link %s', (offset, limit, count, links) => {
    expect(JSON.stringify(pageAt(offset, limit, count).offsets)).toBe(links)
  })

  it.each<[offset: number, limit: number, count: number, text: string]>([
    [
      1,
      3,
      5,
      '{"total":5,"total_pages":3,"first_page":1,"last_page":3,"page":2,"previous_page":1,"next_page":3}',
    ],
    [5, 10, 15, '{"total":15,"total_pages":2,"first_page":1,"last_page":2,"page":2,"previous_page":1}'],
    [5, 10, 3, '{"total":3,"total_pages":1,"first_page":1,"last_page":1}'],
    [5, 10, 0, '{"total":0,"total_pages":0}'],
  ])('at %i by %i of %i are aligned to the offset: %s', (offset, limit, count, text) => {
    expect(JSON.stringify(pageAt(offset, limit, count).metadata)).toBe(text)
  })

  it('have links where the metadata names a page, and lead through all items', () => {
    const small = fc.integer({ min: 1, max: 50 })
    fc.assert(
      fc.property(fc.nat(200), small, small, (offset, limit, itemCount) => {
        const { metadata, offsets } = pageAt(offset, limit, itemCount)
        expect([metadata.previous_page, metadata.next_page].map(Boolean)).toEqual([
          'prev' in offsets,
          'next' in offsets,
        ])
        const { prev = Math.max(offset - limit, 0), next = offset + limit, last = -1 } = offsets
        expect([prev, next]).toEqual([Math.max(offset - limit, 0), offset + limit])
        expect(last < itemCount && last + limit >= itemCount).toBe(true)
        if (offset < itemCount) expect('next' in offsets).toBe(offset < last)
      }),
    )
  })
})

describe('cursorLinks', () => {
  it('link the first page, the previous and the next', () => {
    expect(
      shown(cursorLinks('/a?x=1&cursor=abc', 'cursor', { next_cursor: 'd-_', previous_cursor: 'e' })),
    ).toEqual(['first /a?x=1', 'prev /a?x=1&cursor=e', 'next /a?x=1&cursor=d-_'])
    expect(shown(cursorLinks('/a', 'cursor', {}))).toEqual(['first /a'])
  })
})

describe('targetWith', () => {
  it.each<[target: string, value: string | undefined, changed: string]>([
    ['/a', '3', '/a?page=3'],
    ['/a?', '3', '/a?page=3'],
    ['/a?page=1&x=2', '3', '/a?page=3&x=2'],
    ['/a?x=2&&page=1&', '3', '/a?x=2&page=3'],
    ['/a?page=1&x=2&page=2', '3', '/a?page=3&x=2'],
    ['/a?p%61ge=1&x=2', '3', '/a?page=3&x=2'],
    ['/a?page', '3', '/a?page=3'],
    ['/a?pages=1', '3', '/a?pages=1&page=3'],
    ['/a?q=a?b&%E0%A4%A=%', '3', '/a?q=a?b&%E0%A4%A=%&page=3'],
    ['/a?page=1', undefined, '/a'],
    ['/a?x=1', 'a b&c', '/a?x=1&page=a%20b%26c'],
    ['//evil.example/a?page=1', '2', '/.//evil.example/a?page=2'],
  ])('sets page in %s to %j: %s', (target, value, changed) => {
    expect(targetWith(target, 'page')(value)).toBe(changed)
  })

  it('writes a value that parseParameters reads', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), fc.webQueryParameters(), (name, value, query) => {
        const [, changed = ''] = /\?(.*)$/s.exec(targetWith(`/?${query}`, name)(value)) ?? []
        expect(parseParameters(changed)[name]).toBe(value)
      }),
    )
  })

  it.each(['&', 'page=1&', '?', '%&', '+'])('reads a query that repeats %j in linear time', async (piece) => {
    const growth = await growthOf((count) => targetWith(`/?${piece.repeat(count)}`, 'page')('1'), 8192)
    expect(growth).toBeLessThan(SUPERLINEAR)
  })
})
