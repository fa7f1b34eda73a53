import { type Expression, type SqlBool, sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { introspect } from '../../../lib/jsonapi/model/introspect.ts'
import { cursorOf, isReversed, orderName, placesOf, sliceOf } from '../../../lib/jsonapi/query/cursor.ts'
import { cursorJson } from '../../../lib/jsonapi/query/cursor-value.ts'
import { keysetCondition } from '../../../lib/jsonapi/query/keyset.ts'
import { orderBySql, orderColumns, orderOf } from '../../../lib/jsonapi/query/order-sql.ts'
import { type CursorPage, type Place, resolvePage } from '../../../lib/jsonapi/query/page.ts'
import type { RawPage } from '../../../lib/jsonapi/query/parameters.ts'
import { rowCondition, tableSql } from '../../../lib/jsonapi/query/row-sql.ts'
import { Scope } from '../../../lib/jsonapi/query/scope.ts'
import { parseSort, resolveSort } from '../../../lib/jsonapi/query/sort.ts'
import { Resource } from '../../../lib/jsonapi/resource/resource.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { errorOf, rejectionOf } from '../../support/query-errors.ts'
import { openWorld, resourceOf, type World } from '../../support/query-world.ts'

const secret = 'a secret of this spec'
const ORDERS = [
  '',
  '-id',
  'age',
  '-age',
  'born,-age',
  '-seen',
  'height',
  '-height',
  'balance',
  'is_admin,name',
  '-token',
  'upper',
]

interface Slice {
  readonly ids: readonly number[]
  readonly next: string | undefined
  readonly previous: string | undefined
  readonly isTruncated: boolean
  readonly cursors: readonly string[]
}

describeEachDatabase('pages of cursors', (database) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(database)
  })
  const { dialect } = database

  async function read(
    type: string | Resource,
    sort: string,
    raw: RawPage,
    ignoresCase = false,
  ): Promise<Slice> {
    const resource = typeof type === 'string' ? resourceOf(type) : type
    const sent = resolvePage({ size: '2', ...raw }, { pageSize: 10, maxPageSize: 100 }, true)
    const scope = world.scope()
    const sortKeys = resolveSort(parseSort(sort), resource, { ignoresCase })
    const { joins, keys } = orderOf(sortKeys, 't', scope)
    const order = orderName(resource, sortKeys)
    const page = placesOf(sent as CursorPage<string>, order, secret)
    const conditions: Expression<SqlBool>[] = [rowCondition(resource, 't', scope) ?? sql`1 = 1`]
    for (const side of ['after', 'before'] as const) {
      const place = page[side]
      if (place === undefined) continue
      const condition = keysetCondition(place, keys, side, dialect)
      if (condition) conditions.push(condition)
    }
    const columns = orderColumns(keys, dialect).map((value, index) => sql`${value} as ${sql.id(`@${index}`)}`)
    const limit = page.size === undefined ? sql`` : sql`limit ${page.size + 1}`
    const { rows } = await sql<Record<string, unknown>>`
      select ${sql.join([sql`t.id as id`, ...columns])} from ${tableSql(resource.model)} as t ${sql.join(joins, sql` `)}
      where ${sql.join(conditions, sql` and `)} order by ${orderBySql(keys, dialect, isReversed(page))} ${limit}`.execute(
      world.db,
    )
    const placeOf = (row: Record<string, unknown>) =>
      keys.map((_, index) => cursorJson(row[`@${index}`], dialect))
    const slice = sliceOf(rows, page, placeOf)
    const cursor = (place: Place) => cursorOf(place, order, secret)
    return {
      ...slice,
      next: slice.next && cursor(slice.next),
      previous: slice.previous && cursor(slice.previous),
      ids: slice.rows.map(({ id }) => Number(id)),
      cursors: slice.rows.map((row) => cursor(placeOf(row))),
    }
  }

  async function walk(
    type: string | Resource,
    sort: string,
    ignoresCase = false,
  ): Promise<readonly number[]> {
    const ids: number[] = []
    for (let slice = await read(type, sort, {}, ignoresCase); ; ) {
      ids.push(...slice.ids)
      if (slice.next === undefined || ids.length > 20) return ids
      slice = await read(type, sort, { after: slice.next }, ignoresCase)
    }
  }

  async function walkBack(type: string, sort: string): Promise<readonly number[]> {
    const ids: number[] = []
    const last = (await read(type, sort, { size: '100' })).cursors.at(-1) as string
    for (let slice = await read(type, sort, { before: last }); ; ) {
      ids.unshift(...slice.ids)
      if (slice.previous === undefined || ids.length > 20) return ids
      slice = await read(type, sort, { before: slice.previous })
    }
  }

  it.each(ORDERS)(
    'have each row once, in both directions: sort=%s (FJ-62, FJ-63, FJ-64, FJ-146)',
    async (sort) => {
      const all = await world.sort('person', sort)
      expect(await walk('person', sort)).toEqual(all)
      expect(await walkBack('person', sort)).toEqual(all.slice(0, -1))
    },
  )

  it.each(['author.age', '-author.name,title', 'author.born,-author.age'])(
    'have each row once where the order goes through a relationship: sort=%s (FJ-62)',
    async (sort) => {
      const all = await world.sort('article', sort)
      expect(await walk('article', sort)).toEqual(all)
      expect(await walkBack('article', sort)).toEqual(all.slice(0, -1))
    },
  )

  it('have each row once where the order is of single precision or of an enum (FJ-63, FJ-64)', async () => {
    const float = dialect === 'mysql' ? 'float' : 'real'
    const mood = { sqlite: 'text', postgres: 'mood', mysql: "enum('sad', 'glad')" }[dialect]
    if (dialect === 'postgres') await world.run("create type mood as enum ('sad', 'glad')")
    await world.run(`create table reading (id {id}, level ${float}, mood ${mood})`)
    const values = [0.1, 0.2, 0.1, 0.3].map(
      (level, index) => sql`(${sql.lit(level)}, ${sql.lit(index % 2 ? 'sad' : 'glad')})`,
    )
    await sql`insert into reading (level, mood) values ${sql.join(values)}`.execute(world.db)
    const { reading } = await introspect(world.db)
    if (!reading) throw new Error('no model')
    const { settings, lookup } = resourceOf('tag')
    const resource = new Resource(reading, { ...settings, type: 'reading' }, lookup)
    expect(await walk(resource, 'level')).toEqual([1, 3, 2, 4])
    expect(await walk(resource, '-level')).toEqual([4, 2, 3, 1])
    expect(await walk(resource, 'mood')).toEqual([1, 3, 2, 4])
    expect(await walk(resource, '-mood')).toEqual([4, 2, 3, 1])
  })

  it('have each row once where case is ignored', async () => {
    const all = await world.sort('person', 'name', { ignoresCase: true })
    expect(await walk('person', 'name', true)).toEqual(all)
  })

  it('are no pages of an attribute without a type', async () => {
    expect(await rejectionOf(read('person', 'twice', {}))).toMatchObject({
      status: 400,
      parameter: 'sort',
      type: 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination/unsupported-sort',
    })
  })

  it('have neither a previous page at the start nor a next one at the end (FJ-67)', async () => {
    const first = await read('person', '', {})
    expect(first).toMatchObject({ ids: [1, 2], previous: undefined, next: expect.any(String) })
    const last = await read('person', '', { after: first.next as string, size: '3' })
    expect(last).toMatchObject({ ids: [3, 4, 5], next: undefined, previous: expect.any(String) })
    const back = await read('person', '', { before: last.previous as string, size: '2' })
    expect(back).toMatchObject({ ids: [1, 2], previous: undefined, next: expect.any(String) })
  })

  it('that are empty lead back (FJ-67)', async () => {
    const all = await read('person', '', { size: '5' })
    const empty = await read('person', '', { after: all.cursors.at(-1) as string })
    expect(empty).toMatchObject({ ids: [], next: undefined, previous: all.cursors.at(-1) })
  })

  it('do not have the row of the cursor itself (FJ-66)', async () => {
    const { cursors } = await read('person', '', { size: '5' })
    expect((await read('person', '', { after: cursors[2] as string })).ids).toEqual([4, 5])
    expect((await read('person', '', { before: cursors[2] as string })).ids).toEqual([1, 2])
  })

  it('between two cursors are truncated where they are too small (FJ-65)', async () => {
    const { cursors } = await read('person', '', { size: '5' })
    const range = { after: cursors[0] as string, before: cursors[4] as string }
    const truncated = await read('person', '', range)
    expect(truncated).toMatchObject({ ids: [2, 3], isTruncated: true })
    expect((await read('person', '', { after: truncated.next as string })).ids).toEqual([4, 5])
    expect(await read('person', '', { ...range, size: '3' })).toMatchObject({
      ids: [2, 3, 4],
      isTruncated: false,
    })
  })

  it('stay where they are when their row is gone', async () => {
    const { cursors } = await read('tag', '', { size: '3' })
    await sql`delete from tag where id = 2`.execute(world.db)
    expect((await read('tag', '', { after: cursors[1] as string })).ids).toEqual([3])
    expect((await read('tag', '', { before: cursors[1] as string })).ids).toEqual([1])
  })

  it('refuse cursors of another order, and texts that are none', async () => {
    const { cursors } = await read('person', '-age', {})
    for (const after of [cursors[0] as string, '', 'x', `${cursors[0]}x`, "' or 1=1 --"])
      expect(await rejectionOf(read('person', 'age', { after }))).toEqual({
        status: 400,
        parameter: 'page[after]',
        detail: 'The value must be a cursor of this list in this order',
      })
    expect(await rejectionOf(read('tag', '', { before: cursors[0] as string }))).toMatchObject({
      parameter: 'page[before]',
    })
  })
})

describeEachDatabase(
  'the rows beyond a place',
  ({ open, dialect }) => {
    it('are found by an index on the order', async () => {
      const { db, run } = await open()
      await run(`create table ride (id {id}, fare integer not null, tip integer);
        create index ride_by_fare on ride (fare, id);
        create index ride_by_tip on ride (tip, id)`)
      for (let from = 0; from < 4000; from += 500) {
        const rows = Array.from(
          { length: 500 },
          (_, index) => `(${from + index + 1}, ${from + index}, ${index})`,
        )
        await run(`insert into ride values ${rows}`)
      }
      await run('analyze ride')
      const { ride } = await introspect(db)
      if (!ride) throw new Error('no model')
      const { settings, lookup } = resourceOf('tag')
      const resource = new Resource(ride, { ...settings, type: 'ride' }, lookup)
      const planOf = async (sort: string, side: 'after' | 'before') => {
        const { keys } = orderOf(resolveSort(parseSort(sort), resource), 't', new Scope(db, dialect))
        const condition = keysetCondition(['300', '7'], keys, side, dialect)
        const order = orderBySql(keys, dialect, side === 'before')
        const explain = dialect === 'sqlite' ? sql`explain query plan` : sql`explain`
        const found = sql`${explain} select t.id from ride as t where ${condition} order by ${order} limit 10`
        return JSON.stringify((await found.execute(db)).rows)
      }
      const isFound = dialect === 'sqlite' ? /SEARCH t USING [A-Z ]*INDEX ride_by_\w+ \(/ : /Index Cond/
      for (const sort of ['fare', '-fare,-id', 'tip']) expect(await planOf(sort, 'after')).toMatch(isFound)
      expect(await planOf('fare', 'before')).toMatch(isFound)
    })
  },
  ['sqlite', 'postgres'],
)

describe('a cursor', () => {
  it('that is too long is an unsupported order of the profile', () => {
    expect(errorOf(() => cursorOf(['x'.repeat(5000)], 'person,+name', secret))).toEqual({
      status: 400,
      parameter: 'sort',
      detail:
        'The values of this order are too long for a cursor: sort by another field, or use page[number]',
      type: 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination/unsupported-sort',
    })
  })
})
