import { describe, expect, it } from 'vitest'
import { resolveFieldsets } from '../../../lib/jsonapi/query/fieldsets.ts'
import { errorOf } from '../../support/query-errors.ts'
import { resources } from '../../support/query-world.ts'

const all = resources()
const fieldsets = (fields: Readonly<Record<string, readonly string[]>>) =>
  resolveFieldsets(new Map(Object.entries(fields)), (type) => all.get(type))

describe('fields', () => {
  it('are sets of attributes and relationships by type (RES-132, FJ-18, FJ-19)', () => {
    expect(fieldsets({ article: ['title', 'author', 'title'], tag: ['name'] })).toEqual(
      new Map([
        ['article', new Set(['title', 'author'])],
        ['tag', new Set(['name'])],
      ]),
    )
  })

  it('may be none, and may name type and id, which are always shown (RES-132, FJ-15)', () => {
    expect(fieldsets({ article: [] }).get('article')?.size).toBe(0)
    expect(fieldsets({ article: ['id', 'type'] }).has('article')).toBe(true)
  })

  it.each(['shoe', 'secret', 'tenant', '', 'toString'])(
    'refuse the unknown field %j, and a hidden one as unknown (FJ-46)',
    (name) => {
      expect(errorOf(() => fieldsets({ person: [name] }))).toEqual({
        status: 400,
        parameter: 'fields[person]',
        detail: `no such field "${name}"`,
      })
    },
  )

  it('refuse the column of a foreign key (RES-135)', () => {
    expect(errorOf(() => fieldsets({ article: ['author_id'] })).detail).toBe('no such field "author_id"')
  })

  it('refuse an unknown type', () => {
    expect(errorOf(() => fieldsets({ robot: [] }))).toEqual({
      status: 400,
      parameter: 'fields[robot]',
      detail: 'no such type "robot"',
    })
  })
})
