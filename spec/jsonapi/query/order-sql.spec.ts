import { sql } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import { conditionSql } from '../../../lib/jsonapi/query/condition-sql.ts'
import { orderBySql, orderOf } from '../../../lib/jsonapi/query/order-sql.ts'
import { resolveFilters } from '../../../lib/jsonapi/query/resolve-filter.ts'
import { parseSort, resolveSort } from '../../../lib/jsonapi/query/sort.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { openWorld, resourceOf, type World } from '../../support/query-world.ts'

describeEachDatabase('the order of a list', (database) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(database)
  })

  const persons = (keys: string, options?: { ignoresCase: boolean }) => world.sort('person', keys, options)
  const articles = (keys: string) => world.sort('article', keys)

  it('is that of the keys, each ascending or descending (RES-137)', async () => {
    expect(await persons('-balance')).toEqual([2, 4, 1, 5, 3])
    expect(await persons('is_admin,-age')).toEqual([3, 4, 2, 5, 1])
    expect(await persons('-id')).toEqual([5, 4, 3, 2, 1])
  })

  it('is that of the id where nothing else decides, in the direction of the last key (RES-145)', async () => {
    expect(await persons('')).toEqual([1, 2, 3, 4, 5])
    expect(await persons('-age')).toEqual([4, 5, 1, 2, 3])
    expect(await world.sort('seat', '-number')).toEqual(['A~2', 'B%7E1~1', 'A~1'])
    expect(await world.sort('seat', '-id')).toEqual(['B%7E1~1', 'A~2', 'A~1'])
  })

  it('has NULL first, and last where it descends (RES-142, FJ-23)', async () => {
    expect(await persons('age')).toEqual([3, 2, 1, 5, 4])
    expect(await persons('born')).toEqual([3, 4, 1, 5, 2])
    expect(await persons('-born')).toEqual([2, 5, 1, 4, 3])
    expect(await persons('-seen')).toEqual([4, 5, 2, 1, 3])
  })

  it('ignores case with ignorecase, through relationships too (RES-143)', async () => {
    expect(await persons('name', { ignoresCase: true })).toEqual([4, 1, 5, 2, 3])
    expect(await persons('-name', { ignoresCase: true })).toEqual([3, 2, 5, 1, 4])
    expect(await world.sort('comment', 'author.name', { ignoresCase: true })).toEqual([3, 4, 1, 2])
  })

  it('goes through to-one relationships at any depth, and keeps rows without one (RES-138, RES-139, FJ-22)', async () => {
    expect(await articles('author.age,-title')).toEqual([6, 4, 3, 2, 1])
    expect(await articles('-author.age,id')).toEqual([1, 2, 3, 4, 6])
    expect(await world.sort('comment', 'article.author.name,-id')).toEqual([4, 3, 2, 1])
    expect(await world.sort('comment', '-article.author.age,author.age')).toEqual([2, 3, 1, 4])
  })

  it('has an alias for each path: two keys through one relationship (RES-138)', async () => {
    expect(await world.sort('comment', 'author.is_admin,author.name,-id')).toEqual([3, 2, 4, 1])
  })

  it('sees related rows through their base query: a deleted author is none (FJ-47, FJ-48)', async () => {
    expect(await articles('author.name')).toEqual([4, 6, 1, 2, 3])
  })

  it('is that of computed attributes with SQL (RES-144)', async () => {
    expect(await persons('upper')).toEqual([4, 1, 5, 2, 3])
    expect(await persons('-twice')).toEqual([4, 5, 1, 2, 3])
  })

  it('is that of numbers, not of their texts (FJ-144)', async () => {
    expect(await persons('balance')).toEqual([3, 5, 1, 4, 2])
  })

  it('goes with filters, pages and counts in one statement (RES-158, FJ-24, FJ-52)', async () => {
    const scope = world.scope()
    const resource = resourceOf('article')
    const { joins, keys } = orderOf(resolveSort(parseSort('-author.born,title'), resource), 't', scope)
    const condition = resolveFilters(
      [{ name: 'tags', op: 'any', val: { name: 'id', op: 'gt', val: 0 } }],
      resource,
      {
        dialect: database.dialect,
        parameter: 'filter[objects]',
      },
    )
    if (!condition) throw new Error('no condition')
    const where = conditionSql(condition, 't', scope)
    const order = orderBySql(keys, database.dialect)
    const { rows } = await sql<{
      id: number
    }>`select t.id, count(*) over () as total from article as t ${sql.join(joins, sql` `)} where ${where} order by ${order} limit 1 offset 1`.execute(
      world.db,
    )
    expect(rows.map(({ id }) => id)).toEqual([2])
  })

  it('can be reversed', async () => {
    const scope = world.scope()
    const { keys } = orderOf(resolveSort(parseSort('-age'), resourceOf('person')), 't', scope)
    const order = orderBySql(keys, database.dialect, true)
    const { rows } = await sql<{
      id: number
    }>`select id from person as t where not deleted order by ${order}`.execute(world.db)
    expect(rows.map(({ id }) => id)).toEqual([3, 2, 1, 5, 4])
  })
})
