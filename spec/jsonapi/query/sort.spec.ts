import { describe, expect, it } from 'vitest'
import { parseSort, resolveSort } from '../../../lib/jsonapi/query/sort.ts'
import { errorOf } from '../../support/query-errors.ts'
import { resourceOf } from '../../support/query-world.ts'

const detailOf = (type: string, keys: string): string | undefined => {
  const error = errorOf(() => resolveSort(parseSort(keys), resourceOf(type)))
  expect(error).toMatchObject({ status: 400, parameter: 'sort' })
  return error.detail
}

const names = (type: string, keys: string, ignoresCase = false) =>
  resolveSort(parseSort(keys), resourceOf(type), { ignoresCase }).map(({ path, attribute, isDescending }) => {
    const name = [...path, attribute].map((one) => one.name).join('.')
    return `${isDescending ? '-' : ''}${name}`
  })

describe('sort', () => {
  it('is a list of names, each with its direction (RES-137, RES-273)', () => {
    expect(parseSort('-age,author.name')).toEqual([
      ['-', 'age'],
      ['+', 'author.name'],
    ])
    expect(parseSort('')).toEqual([])
  })

  it('ends with the id in the direction of the key before it, unless the order is unique without it (RES-145)', () => {
    expect(names('person', '')).toEqual(['id'])
    expect(names('person', '-age')).toEqual(['-age', '-id'])
    expect(names('person', '-id,age')).toEqual(['-id', 'age'])
    expect(names('article', 'author.id')).toEqual(['author.id', 'id'])
    expect(names('seat', 'number').length).toBe(2)
  })

  it.each([
    'shoe',
    'secret',
    'tenant',
    'author.name',
    '+age',
    ' age',
    '--age',
    'age,',
    'age.name',
    '.',
    'toString',
  ])('refuses the unknown key %j, and a hidden one as unknown (RES-140, RES-313, FJ-46)', (keys) => {
    expect(detailOf('person', keys)).toMatch(/^Unable to construct query: no such field "/)
  })

  it('refuses a hidden attribute of a related resource (FJ-47)', () => {
    expect(detailOf('article', 'author.secret')).toBe(
      'Unable to construct query: no such field "author.secret"',
    )
    expect(detailOf('comment', 'article.author.tenant')).toContain('no such field')
  })

  it.each([
    'name;drop table person',
    'email,password',
    'id desc',
    'age asc,(case when 1=1 then id end)',
    "settings->>'a\"b'",
    'name collate "C"',
  ])('refuses SQL: %s (FJ-157, FJ-158)', (keys) => {
    expect(detailOf('person', keys)).toMatch(/no such field/)
  })

  it('refuses a relationship itself (RES-140)', () => {
    expect(detailOf('article', 'author')).toBe('Unable to construct query: "author" is a relationship')
  })

  it('refuses a path through a to-many relationship (RES-141)', () => {
    expect(detailOf('article', 'comments.body')).toBe(
      'Unable to construct query: "comments.body" has several values: "comments" is a to-many relationship',
    )
    expect(detailOf('comment', 'article.tags.name')).toContain('"tags" is a to-many relationship')
  })

  it('refuses lists, JSON, and attributes that are computed in JavaScript (RES-144)', () => {
    for (const name of ['articleTitles', 'settings', 'initial'])
      expect(detailOf('person', name)).toBe(`Unable to construct query: a list cannot be sorted by "${name}"`)
  })

  it('refuses paths and lists without an end', () => {
    expect(detailOf('comment', `${'article.'.repeat(6)}title`)).toContain('more than 5 relationships')
    expect(detailOf('person', Array(11).fill('age').join(','))).toContain('at most 10 fields')
  })

  it('names the parameter of an included relationship', () => {
    const options = { parameter: 'sort[comments]' }
    expect(errorOf(() => resolveSort(parseSort('x'), resourceOf('comment'), options))).toMatchObject({
      parameter: 'sort[comments]',
    })
  })
})
