import { describe, expect, it } from 'vitest'
import type { Dialect } from '../../../lib/jsonapi/model/dialect.ts'
import type { FilterObject } from '../../../lib/jsonapi/query/filter-object.ts'
import { simpleFilter } from '../../../lib/jsonapi/query/filter-object.ts'
import { resolveFilters } from '../../../lib/jsonapi/query/resolve-filter.ts'
import { errorOf } from '../../support/query-errors.ts'
import { resourceOf } from '../../support/query-world.ts'

const parameter = 'filter[objects]'

function resolve(type: string, filters: readonly unknown[], dialect: Dialect = 'postgres') {
  const context = { dialect, parameter }
  return resolveFilters(filters as readonly FilterObject[], resourceOf(type), context)
}

function detailOf(type: string, filter: unknown, dialect?: Dialect): string | undefined {
  const error = errorOf(() => resolve(type, [filter], dialect))
  expect(error).toMatchObject({ status: 400, parameter })
  return error.detail
}

const age = (op: unknown, val?: unknown) => ({ name: 'age', op, ...(val === undefined ? {} : { val }) })

describe('a filter object is refused', () => {
  it.each([
    [{ op: 'eq', val: 1 }, 'missing field name'],
    [{ name: 1, op: 'eq', val: 1 }, 'missing field name'],
    [{ name: 'age', val: 1 }, 'missing operator'],
    [age('eq'), 'expected an argument for this operator but none was given'],
    [age('nearby', 1), 'unknown operator "nearby"'],
    [age('constructor', 1), 'unknown operator "constructor"'],
    [{ name: 'shoe', op: 'eq', val: 1 }, 'no such field "shoe"'],
    [{ name: 'age', op: 'eq', field: 'shoe' }, 'no such field "shoe"'],
    [{ name: 'age', op: 'eq', field: ['age'] }, 'no such field "age"'],
    [{ name: 'age', op: 'eq', value: 1 }, 'unknown member "value"'],
  ])('%j: %s (RES-162, RES-168)', (filter, detail) => {
    expect(detailOf('person', filter)).toBe(`invalid filter object: ${detail}`)
  })

  it.each([
    'metadata',
    '__tablename__',
    'toString',
    '__proto__',
    'EXTRACT(MONTH from birth_date)',
    'age;drop',
    'age"',
    '',
  ])('for a name that is no field: %j (RES-184, FJ-45)', (name) => {
    expect(detailOf('person', { name, op: 'eq', val: 1 })).toBe(
      `invalid filter object: no such field ${JSON.stringify(name)}`,
    )
  })

  it('for a hidden field with the text of an unknown one, at every step (RES-185, RES-313, FJ-46, FJ-47)', () => {
    const text = (name: string) => `invalid filter object: no such field "${name}"`
    expect(detailOf('person', { name: 'secret', op: 'eq', val: 'x' })).toBe(text('secret'))
    expect(detailOf('person', { name: 'age', op: 'eq', field: 'tenant' })).toBe(text('tenant'))
    const has = { name: 'author', op: 'has', val: { name: 'secret', op: 'is_null' } }
    expect(detailOf('article', has)).toBe(text('secret'))
    expect(detailOf('article', { not: { or: [has] } })).toBe(text('secret'))
    expect(detailOf('article', simpleFilter(resourceOf('article'), 'author_id', '1'))).toBe(text('author_id'))
  })

  it('for null, in a list too, and for an empty date (RES-169, RES-181, FJ-31, FJ-32)', () => {
    const text = 'To compare a value to NULL, use the unary is_null/is_not_null operators.'
    expect(detailOf('person', { name: 'age', op: 'eq', val: null })).toBe(`invalid filter object: ${text}`)
    expect(detailOf('person', { name: 'name', op: 'like', val: null })).toContain(text)
    expect(detailOf('person', { name: 'age', op: 'in', val: [1, null] })).toContain(text)
    expect(detailOf('person', { name: 'born', op: 'eq', val: '' })).toContain('invalid filter object')
  })

  it.each([
    [age('eq', [1])],
    [age('eq', { a: 1 })],
    [age('in', 'abc')],
    [age('in', 1)],
    [age('in', [[1]])],
    [age('in', { 0: 1 })],
    [{ name: 'name', op: 'like', val: 1 }],
    [{ name: 'name', op: 'like', val: ['a'] }],
  ])('for a value of another form: %j (RES-172, RES-174)', (filter) => {
    expect(detailOf('person', filter)).toMatch(/this operator expects|a list contains/)
  })

  it.each([
    [age('eq', 'abc')],
    [age('eq', 1.5)],
    [age('eq', true)],
    [age('gt', '1; drop table person')],
    [age('eq', 99_999_999_999)],
    [{ name: 'born', op: 'le', val: 'really-bad-date' }],
    [{ name: 'born', op: 'in', val: ['1990-05-01', '1990-02-30'] }],
    [{ name: 'seen', op: 'ge', val: 'yesterday-ish' }],
    [{ name: 'is_admin', op: 'eq', val: 'maybe' }],
    [{ name: 'token', op: 'eq', val: 'x' }],
    [{ name: 'balance', op: 'eq', val: '1,5' }],
    [{ name: 'name', op: 'eq', val: 'a\0b' }],
  ])('for a value of another kind: %j (RES-180, FJ-37)', (filter) => {
    for (const dialect of ['sqlite', 'postgres'] as const) {
      if (dialect === 'sqlite' && filter.val === 99_999_999_999) continue // its integers have 64 bits
      expect(detailOf('person', filter, dialect)).toMatch(/^invalid filter object: /)
    }
  })

  it('for a wrong value however deep it is (FJ-38)', () => {
    const bad = { name: 'born', op: 'lt', val: '2000-13-01' }
    expect(detailOf('person', { and: [{ or: [age('gt', 1), { not: bad }] }] })).toContain('"born"')
    expect(detailOf('article', { name: 'author', op: 'has', val: { and: [bad] } })).toContain('"born"')
  })

  it('for several of or, and, not, or one beside a comparison (RES-164)', () => {
    expect(detailOf('person', { or: [age('gt', 1)], and: [] })).toBe(
      'invalid filter object: "or" cannot have other members beside it',
    )
    expect(detailOf('person', { not: age('gt', 1), name: 'age', op: 'eq', val: 1 })).toContain('"not"')
  })

  it.each([[1], [null], ['a'], [[]], [true]])('where it is no object: %j (RES-161)', (filter) => {
    expect(detailOf('person', filter)).toContain('Unable to construct query')
    expect(detailOf('person', { or: [filter] })).toContain('Unable to construct query')
    expect(detailOf('person', { not: filter })).toContain('Unable to construct query')
  })

  it('where or and and are no lists', () => {
    expect(detailOf('person', { or: age('gt', 1) })).toContain('"or" must be a list')
    expect(detailOf('person', { and: null })).toContain('"and" must be a list')
  })

  it('for has and any on another kind of field, and without a filter (RES-176)', () => {
    const inner = { name: 'id', op: 'eq', val: 1 }
    for (const filter of [
      { name: 'author', op: 'any', val: inner },
      { name: 'tags', op: 'has', val: inner },
      { name: 'title', op: 'any', val: inner },
      { name: 'title', op: 'has', val: inner },
      { name: 'author', op: 'eq', val: 1 },
      { name: 'author', op: 'has' },
      { name: 'tags', op: 'any', val: null },
      { name: 'tags', op: 'any', val: 'history' },
    ]) {
      expect(detailOf('article', filter), JSON.stringify(filter)).toContain('Unable to construct query')
    }
    expect(detailOf('article', { name: 'author', op: 'near', val: inner })).toContain(
      'unknown operator "near"',
    )
  })

  it('for a computed attribute without SQL (RES-179)', () => {
    expect(detailOf('person', { name: 'initial', op: 'eq', val: 'A' })).toContain('this one is computed')
  })

  it('for JSON, which databases compare in different ways', () => {
    expect(detailOf('person', { name: 'settings', op: 'eq', val: '{}' })).toContain(
      'an attribute other than JSON',
    )
    expect(resolve('person', [{ name: 'settings', op: 'is_null' }])).toBeDefined()
  })

  it('for two fields that cannot be compared', () => {
    expect(detailOf('person', { name: 'age', op: 'eq', field: 'name' })).toContain('cannot be compared')
    expect(detailOf('person', { name: 'name', op: 'like', field: 'upper' })).toContain('cannot be compared')
    expect(detailOf('person', { name: 'name', op: 'eq', field: 'articleTitles' })).toContain(
      'cannot be compared',
    )
  })

  it('with the name of its parameter where it is a simple one (RES-192, RES-193)', () => {
    const filter = simpleFilter(resourceOf('person'), 'shoe', '1')
    const context = {
      dialect: 'sqlite',
      parameter,
      sources: new Map([[filter, 'filter[shoe]']]),
    } as const
    expect(errorOf(() => resolveFilters([filter], resourceOf('person'), context))).toEqual({
      status: 400,
      parameter: 'filter[shoe]',
      detail: 'invalid filter object: no such field "shoe"',
    })
  })
})

describe('the size of filters', () => {
  function nest(depth: number, wrap: (inner: unknown) => unknown): unknown {
    let filter: unknown = age('gt', 1)
    for (let level = 0; level < depth; level++) filter = wrap(filter)
    return filter
  }

  it.each([1000, 100_000])('is limited: %i levels are a 400', (depth) => {
    expect(
      detailOf(
        'person',
        nest(depth, (not) => ({ not })),
      ),
    ).toContain('levels deep')
    expect(
      detailOf(
        'person',
        nest(depth, (inner) => ({ or: [inner] })),
      ),
    ).toContain('levels deep')
  })

  it('is limited: a text of 100,000 levels is a 400', () => {
    const text = `[${'{"not":'.repeat(100_000)}${JSON.stringify(age('gt', 1))}${'}'.repeat(100_000)}]`
    expect(errorOf(() => resolve('person', JSON.parse(text)))).toMatchObject({ status: 400 })
  })

  it('is limited: 10,000 alternatives are a 400', () => {
    expect(detailOf('person', { or: Array.from({ length: 10_000 }, () => age('eq', 1)) })).toContain(
      'more than 500',
    )
  })

  it('is limited: a list of 40,000 values is a 400, in parts too (FJ-43)', () => {
    const ids = (length: number) => Array.from({ length }, (_, index) => index)
    expect(detailOf('person', { name: 'id', op: 'in', val: ids(40_000) })).toContain('more than 10000 values')
    const half = { name: 'id', op: 'in', val: ids(5001) }
    expect(detailOf('person', { or: [half, half] })).toContain('more than 10000 values')
  })
})

describe('a comparison of ids', () => {
  it('takes ids as they are in documents, in one spelling (FJ-81)', () => {
    expect(resolve('person', [{ name: 'id', op: 'eq', val: '1' }])).toMatchObject({ value: 1 })
    for (const val of ['01', '1.0', '1e0', ' 1', 'x']) detailOf('person', { name: 'id', op: 'eq', val })
  })

  it('of several columns is refused for texts that are no ids, and for orders (FJ-98)', () => {
    expect(detailOf('seat', { name: 'id', op: 'eq', val: 'A' })).toContain('"id" must be an id of this type')
    expect(detailOf('seat', { name: 'id', op: 'gt', val: 'A~1' })).toContain('Unable to construct query')
    expect(detailOf('seat', { name: 'id', op: 'like', val: 'A' })).toContain('Unable to construct query')
  })
})
