import { sql } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import { conditionSql } from '../../../lib/jsonapi/query/condition-sql.ts'
import { type FilterObject, simpleFilter } from '../../../lib/jsonapi/query/filter-object.ts'
import { resolveFilters } from '../../../lib/jsonapi/query/resolve-filter.ts'
import { rowCondition } from '../../../lib/jsonapi/query/row-sql.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { openWorld, resourceOf, uuid, type World } from '../../support/query-world.ts'

describeEachDatabase('filters', (database) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(database)
  })

  const persons = (...filters: readonly unknown[]) => world.find('person', filters)
  const articles = (...filters: readonly unknown[]) => world.find('article', filters)
  const simple = (type: string, name: string, text: string) =>
    world.find(type, [simpleFilter(resourceOf(type), name, text)])

  it('are all to be met; without any there are all rows (RES-160, RES-187)', async () => {
    expect(await persons()).toEqual([1, 2, 3, 4, 5])
    expect(await persons({ name: 'age', op: 'ge', val: 30 }, { name: 'age', op: 'lt', val: 40 })).toEqual([
      1, 5,
    ])
  })

  it.each([
    [
      ['==', 'eq', 'equals', 'equal_to', 'equals_to'],
      [1, 5],
    ],
    [
      ['!=', 'ne', 'neq', 'not_equal_to', 'does_not_equal'],
      [2, 4],
    ],
    [['>', 'gt'], [4]],
    [['<', 'lt'], [2]],
    [
      ['>=', 'ge', 'gte', 'geq'],
      [1, 4, 5],
    ],
    [
      ['<=', 'le', 'lte', 'leq'],
      [1, 2, 5],
    ],
  ])('have the operators %j (RES-166, RES-167)', async (operators, found) => {
    for (const op of operators) expect(await persons({ name: 'age', op, val: 30 }), op).toEqual(found)
  })

  it('never match NULL with neq, nor with the negation of eq (RES-171, FJ-33)', async () => {
    expect(await persons({ name: 'age', op: 'neq', val: 30 })).toEqual([2, 4])
    expect(await persons({ not: { name: 'age', op: 'eq', val: 30 } })).toEqual([2, 4])
    const orNull = {
      or: [
        { name: 'age', op: 'neq', val: 30 },
        { name: 'age', op: 'is_null' },
      ],
    }
    expect(await persons(orNull)).toEqual([2, 3, 4])
  })

  it('find NULL with is_null, whatever val is (RES-170)', async () => {
    expect(await persons({ name: 'age', op: 'is_null' })).toEqual([3])
    expect(await persons({ name: 'age', op: 'is_null', val: 7 })).toEqual([3])
    expect(await persons({ name: 'born', op: 'is_not_null' })).toEqual([1, 2, 4, 5])
  })

  it('find relationships without a member with is_null (RES-170, FJ-31)', async () => {
    expect(await articles({ name: 'author', op: 'is_null' })).toEqual([4, 6])
    expect(await articles({ name: 'author', op: 'is_not_null' })).toEqual([1, 2, 3])
    expect(await articles({ name: 'tags', op: 'is_null' })).toEqual([3, 4, 6])
    expect(await articles({ name: 'comments', op: 'is_not_null' })).toEqual([1, 2])
  })

  it('find no row in an empty list, and every row, also with NULL, outside of it (RES-172, FJ-42)', async () => {
    expect(await persons({ name: 'age', op: 'in', val: [] })).toEqual([])
    expect(await persons({ name: 'age', op: 'not_in', val: [] })).toEqual([1, 2, 3, 4, 5])
    expect(await persons({ not: { name: 'age', op: 'in', val: [] } })).toEqual([1, 2, 3, 4, 5])
    expect(await persons({ name: 'age', op: 'in', val: [20, 40] })).toEqual([2, 4])
    expect(await persons({ name: 'age', op: 'not_in', val: [20, 40] })).toEqual([1, 5])
  })

  it('take 10,000 values, and 500 alternatives (FJ-43)', async () => {
    const val = Array.from({ length: 10_000 }, (_, index) => index + 3)
    expect(await persons({ name: 'id', op: 'in', val })).toEqual([3, 4, 5])
    const or = Array.from({ length: 499 }, (_, index) => ({ name: 'id', op: 'eq', val: index + 5 }))
    expect(await persons({ or })).toEqual([5])
  })

  it('combine freely; empty combinations are no condition (RES-163, RES-165)', async () => {
    const old = { name: 'age', op: 'gt', val: 30 }
    const young = { name: 'age', op: 'lt', val: 30 }
    expect(await persons({ or: [old, young] })).toEqual([2, 4])
    expect(await persons({ and: [{ not: old }, { not: young }] })).toEqual([1, 5])
    expect(await persons({ not: { not: old } })).toEqual([4])
    expect(await persons({ or: [] })).toEqual([1, 2, 3, 4, 5])
    expect(await persons({ and: [] })).toEqual([1, 2, 3, 4, 5])
    expect(await persons({ and: [{ or: [] }, old] })).toEqual([4])
  })

  it('compare two fields of a row; field wins over val (RES-163)', async () => {
    expect(await persons({ name: 'upper', op: 'eq', field: 'name' })).toContain(4)
    expect(await persons({ name: 'age', op: 'gt', field: 'id', val: 99 })).toEqual([1, 2, 4, 5])
    expect(await persons({ name: 'balance', op: 'gt', field: 'height' })).toEqual([2, 4])
  })

  it('compare values of every kind (RES-173, RES-180, RES-182, RES-191, FJ-38, FJ-144, FJ-147)', async () => {
    expect(await persons({ name: 'age', op: 'eq', val: '30' })).toEqual([1, 5])
    expect(await persons({ name: 'balance', op: 'gt', val: '9.5' })).toEqual([2])
    expect(await persons({ name: 'balance', op: 'in', val: ['0.1', 10] })).toEqual([1, 2])
    expect(await persons({ name: 'height', op: 'eq', val: 0.1 })).toEqual([2])
    expect(await persons({ name: 'is_admin', op: 'eq', val: true })).toEqual([1, 5])
    expect(await persons({ name: 'is_admin', op: 'eq', val: 'false' })).toEqual([2, 4])
    expect(await persons({ name: 'token', op: 'eq', val: uuid(2) })).toEqual([2])
    expect(await persons({ name: 'born', op: 'eq', val: '1990-05-01' })).toEqual([1])
    expect(await persons({ or: [{ and: [{ name: 'born', op: 'in', val: ['2000-02-29'] }] }] })).toEqual([2])
    expect(await persons({ name: 'seen', op: 'gt', val: '2018-03-18T06:00:00' })).toEqual([2, 4, 5])
  })

  it('take a date for midnight where a time is compared (FJ-39)', async () => {
    expect(await persons({ name: 'seen', op: 'le', val: '2018-03-19' })).toEqual([1, 2, 5])
    expect(await persons({ name: 'seen', op: 'lt', val: '2018-03-19' })).toEqual([1, 2])
  })

  it('read the plus sign of a time zone that was not encoded (FJ-36)', async () => {
    expect(await persons({ name: 'seen', op: 'eq', val: '2018-03-18T06:00:00+00:00' })).toEqual([1])
    expect(await persons({ name: 'seen', op: 'eq', val: '2018-03-18T06:00:00 00:00' })).toEqual([1])
  })

  it('compare computed attributes that have SQL (RES-179)', async () => {
    expect(await persons({ name: 'upper', op: 'eq', val: 'ANN' })).toEqual([1, 5])
    expect(await persons({ name: 'upper', op: 'like', val: 'A%' })).toEqual([1, 5])
    expect(await persons({ name: 'twice', op: 'ge', val: 60 })).toEqual([1, 4, 5])
    expect(await persons({ name: 'twice', op: 'is_null' })).toEqual([3])
  })

  it('go through relationships: has in any, any in has (RES-163, RES-176, RES-177)', async () => {
    const good = { name: 'body', op: 'eq', val: 'Good' }
    const byBob = { name: 'author', op: 'has', val: { name: 'name', op: 'eq', val: 'bob' } }
    expect(await articles({ name: 'comments', op: 'any', val: good })).toEqual([1])
    expect(await articles({ name: 'comments', op: 'any', val: byBob })).toEqual([1])
    expect(await articles({ name: 'author', op: 'has', val: { name: 'age', op: 'gt', val: 25 } })).toEqual([
      1, 2,
    ])
    const commented = { name: 'articles', op: 'any', val: { name: 'comments', op: 'any', val: byBob } }
    expect(await persons(commented)).toEqual([1])
    expect(await articles({ name: 'author', op: 'has', val: commented })).toEqual([1, 2])
    const ofAnn = {
      name: 'article',
      op: 'has',
      val: { name: 'author', op: 'has', val: { name: 'id', op: 'eq', val: 1 } },
    }
    expect(await world.find('comment', [ofAnn])).toEqual([1, 2, 3])
    const either = { or: [good, { not: byBob }] }
    expect(await articles({ name: 'comments', op: 'any', val: either })).toEqual([1, 2])
  })

  it('find a row once, however many members match (FJ-27)', async () => {
    const anyTag = { name: 'tags', op: 'any', val: { name: 'id', op: 'gt', val: 0 } }
    expect(await articles(anyTag)).toEqual([1, 2])
    const counted = await count('article', [anyTag])
    expect(counted).toBe(2)
  })

  it('ask of each any on its own: tagged a and tagged b (FJ-29)', async () => {
    const tagged = (name: string) => ({ name: 'tags', op: 'any', val: { name: 'name', op: 'eq', val: name } })
    expect(await articles({ and: [tagged('history'), tagged('machines')] })).toEqual([1])
    expect(await articles(tagged('history'), tagged('machines'))).toEqual([1])
    expect(await articles(tagged('machines'), { not: tagged('history') })).toEqual([2])
  })

  it('see only the rows of base queries, within relationships too (FJ-48, FJ-49, FJ-50)', async () => {
    expect(await persons({ name: 'name', op: 'eq', val: 'Deleted' })).toEqual([])
    expect(
      await articles({ name: 'author', op: 'has', val: { name: 'name', op: 'eq', val: 'Deleted' } }),
    ).toEqual([])
    expect(
      await persons({ name: 'articles', op: 'any', val: { name: 'title', op: 'eq', val: 'Removed' } }),
    ).toEqual([])
    expect(await persons({ name: 'articles', op: 'is_null' })).toEqual([3, 4, 5])
    expect(await world.find('comment', [{ name: 'article', op: 'is_null' }])).toEqual([4])
    expect(await persons({ name: 'articleTitles', op: 'eq', val: 'Removed' })).toEqual([])
  })

  it('compare lists of related values by membership (RES-178)', async () => {
    expect(await articles({ name: 'tagNames', op: 'eq', val: 'machines' })).toEqual([1, 2])
    expect(await articles({ name: 'tagNames', op: 'any', val: 'history' })).toEqual([1])
    expect(await articles({ name: 'tagNames', op: 'in', val: ['history', 'unused'] })).toEqual([1])
    expect(await articles({ name: 'tagNames', op: 'is_null' })).toEqual([3, 4, 6])
    expect(await articles({ name: 'tagNames', op: 'is_not_null' })).toEqual([1, 2])
    expect(await simple('article', 'tagNames', 'history')).toEqual([1])
  })

  it('of simple parameters compare values between commas (RES-187, RES-191, FJ-34, FJ-35)', async () => {
    expect(await simple('person', 'age', '20,40')).toEqual([2, 4])
    expect(await simple('person', 'name', 'Ann,Cleo')).toEqual(
      database.dialect === 'mysql' ? [1, 3, 5] : [1, 3],
    )
    expect(await simple('person', 'name', '100%_\\')).toEqual([4])
    expect(await simple('person', 'name', '"')).toEqual([])
    expect(await simple('person', 'name', '')).toEqual([])
    expect(await simple('person', 'born', '1990-05-01,2000-02-29')).toEqual([1, 2])
    expect(await simple('person', 'is_admin', 'true')).toEqual([1, 5])
  })

  it('of simple parameters compare the ids of related resources (RES-187, RES-188, RES-190)', async () => {
    expect(await simple('article', 'author', '1')).toEqual([1, 2])
    expect(await simple('article', 'author', '2,6')).toEqual([3])
    expect(await simple('article', 'tags', '1,3')).toEqual([1])
    expect(await simple('person', 'id', '3,4')).toEqual([3, 4])
  })

  it('of the id of a to-one relationship read the index of the foreign key', async () => {
    const byId = (op: string, val: unknown) => ({ name: 'author', op: 'has', val: { name: 'id', op, val } })
    const all = await articles()
    for (const [op, val, found] of [
      ['eq', 1, [1, 2]],
      ['==', 2, [3]],
      ['in', [2, 1, 9], [1, 2, 3]],
      ['eq', 9, []],
      ['in', [], []],
      ['in', Array.from({ length: 101 }, (_, index) => index + 1), [1, 2, 3]],
    ] as const) {
      expect(await articles(byId(op, val)), op).toEqual(found)
      const others = all.filter((id) => !(found as readonly unknown[]).includes(id))
      expect(await articles({ not: byId(op, val) }), `not ${op}`).toEqual(others)
      expect(await articles({ or: [byId(op, val), { name: 'id', op: 'lt', val: 0 }] })).toEqual(found)
    }
    if (database.dialect !== 'sqlite') return
    await sql`create index if not exists article_author on article (author_id)`.execute(world.db)
    const where = conditionSql(resolve('article', byId('eq', 1)), 't', world.scope())
    const plan = sql<{ detail: string }>`explain query plan select t.id from article as t where ${where}`
    const { rows } = await plan.execute(world.db)
    expect(rows[0]?.detail).toMatch(/^SEARCH t USING (COVERING )?INDEX article_author/)
  })

  it('compare ids of several columns (FJ-98)', async () => {
    const seats = (op: string, val?: unknown) => world.find('seat', [{ name: 'id', op, val }])
    expect(await seats('eq', 'A~2')).toEqual(['A~2'])
    expect(await seats('neq', 'A~2')).toEqual(['A~1', 'B%7E1~1'])
    expect(await seats('in', ['A~1', 'B%7E1~1', 'A~9'])).toEqual(['A~1', 'B%7E1~1'])
    expect(await seats('in', [])).toEqual([])
    expect(await seats('not_in', ['A~1'])).toEqual(['A~2', 'B%7E1~1'])
    expect(await seats('is_null')).toEqual([])
    expect(await seats('is_not_null')).toEqual(['A~1', 'A~2', 'B%7E1~1'])
    const many = Array.from({ length: 5000 }, (_, index) => `A~${index + 2}`)
    expect(await seats('in', many)).toEqual(['A~2'])
  })

  it('may be nested to their limit, within a larger statement too', async () => {
    const deep = (depth: number, wrap: (inner: unknown) => unknown, inner: unknown): unknown =>
      depth === 0 ? inner : deep(depth - 1, wrap, wrap(inner))
    const isAnn = { name: 'id', op: 'eq', val: 1 }
    const none = { name: 'age', op: 'gt', val: 99 }
    const both = (inner: unknown) => ({ and: [{ not: none }, { or: [none, inner] }] })
    const there = (inner: unknown) => ({
      name: 'articles',
      op: 'any',
      val: { name: 'author', op: 'has', val: inner },
    })
    const notThere = (inner: unknown) => ({
      not: { name: 'articles', op: 'any', val: { not: { name: 'author', op: 'has', val: inner } } },
    })
    for (const filter of [
      deep(24, (not) => ({ not }), isAnn),
      deep(12, both, isAnn),
      deep(3, there, isAnn),
    ]) {
      expect(await nested('person', filter)).toEqual([1])
    }
    expect(await nested('person', deep(2, notThere, isAnn))).toContain(1)
    expect(await nested('person', deep(4, both, deep(2, there, isAnn)))).toEqual([1])
  })

  it('bind every value, and take names for identifiers alone (FJ-45, FJ-157, FJ-158)', async () => {
    const hostile = `x' or 1=1 -- "\`\\; drop table person`
    expect(await persons({ name: 'name', op: 'eq', val: hostile })).toEqual([])
    expect(await persons({ name: 'name', op: 'in', val: [hostile, 'Ann'] })).toContain(1)
    for (const op of ['like', 'ilike', 'contains', 'starts_with', 'ends_with'])
      expect(await persons({ name: 'name', op, val: hostile })).toEqual([])
    const scope = world.scope()
    const condition = resolve('article', { name: 'tagNames', op: 'like', val: hostile })
    const compiled = sql`select 1 where ${conditionSql(condition, 't', scope)}`.compile(world.db)
    expect(compiled.sql).not.toMatch(/drop|or 1/)
    expect(compiled.parameters).toHaveLength(1)
    expect(await persons()).toEqual([1, 2, 3, 4, 5])
  })

  function resolve(type: string, filter: unknown) {
    const context = { dialect: database.dialect, parameter: 'filter[objects]' }
    const condition = resolveFilters([filter as FilterObject], resourceOf(type), context)
    if (!condition) throw new Error('no condition')
    return condition
  }

  async function count(type: string, [filter]: readonly unknown[]): Promise<number> {
    const scope = world.scope()
    const where = conditionSql(resolve(type, filter), 't', scope)
    const own = rowCondition(resourceOf(type), 't', scope)
    const { rows } = await sql<{
      total: unknown
    }>`select count(*) as total from ${sql.id(type)} as t where ${own} and ${where}`.execute(world.db)
    return Number(rows[0]?.total)
  }

  /** The ids of the rows that meet a filter, read through a window over a subselect. */
  async function nested(type: string, filter: unknown): Promise<readonly unknown[]> {
    const scope = world.scope()
    const where = conditionSql(resolve(type, filter), 't', scope)
    const own = rowCondition(resourceOf(type), 't', scope)
    const inner = sql`select t.id, row_number() over (partition by t.age order by t.id) as place from ${sql.id(type)} as t where (${own} and (${where}))`
    const { rows } = await sql<{
      id: unknown
    }>`select id from (${inner}) as found where place <= 10 order by id`.execute(world.db)
    return rows.map(({ id }) => id)
  }
})
