/** All rows of a list, in batches: how many statements look at all rows, and what becomes of rows that change meanwhile. */
import { beforeAll, expect, it } from 'vitest'
import { introspect } from '../../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../../lib/jsonapi/model/model.ts'
import { Scope } from '../../../lib/jsonapi/query/scope.ts'
import { parseSort, resolveSort } from '../../../lib/jsonapi/query/sort.ts'
import { rowBatches } from '../../../lib/jsonapi/reading/row-batches.ts'
import { type Row, selectionOf } from '../../../lib/jsonapi/reading/selection.ts'
import { Resource, type ResourceLookup } from '../../../lib/jsonapi/resource/resource.ts'
import { describeEachDatabase, type OpenDatabase } from '../../support/databases.ts'

const COUNT = 6000
const NEVER: ResourceLookup = { hasPermissions: false, ofModel: () => undefined, subtypesOf: () => [] }

describeEachDatabase('the batches of a list', ({ open, dialect }) => {
  let opened: OpenDatabase
  const resources = new Map<string, Resource>()
  beforeAll(async () => {
    opened = await open()
    await opened.run(`
      create table note (id {id}, level integer, code varchar(20) not null unique, long_text text);
      create table seat (hall varchar(9) not null, place integer not null, level integer, primary key (hall, place))`)
    for (let from = 0; from < COUNT; from += 1000) {
      const notes = Array.from({ length: 1000 }, (_, index) => {
        const id = from + index + 1
        return `(${id}, ${levelOf(id) ?? 'null'}, 'c${(id * 7919) % COUNT}', '')`
      })
      const seats = Array.from({ length: 1000 }, (_, index) => {
        const id = from + index + 1
        return `('h${id % 7}', ${id}, ${levelOf(id) ?? 'null'})`
      })
      await opened.run(`insert into note values ${notes};
        insert into seat values ${seats}`)
    }
    for (const [name, model] of Object.entries(await introspect(opened.db))) {
      const settings = { type: name, path: `/${name}`, hasGet: true, id: model.id, fields: {} }
      resources.set(name, new Resource(model as Model, settings, NEVER))
    }
  })

  function levelOf(id: number): number | null {
    return id % 11 === 0 ? null : (id * 31) % 100
  }

  /** The rows by the ids, and after each batch a chance to change them. */
  async function read(type: string, sort: string, after: (batch: number) => Promise<void> = async () => {}) {
    const resource = resources.get(type) as Resource
    const query = { sort: resolveSort(parseSort(sort), resource) }
    const scope = new Scope(opened.db, dialect)
    opened.statements.length = 0
    const rows: Row[] = []
    let most = 0
    let count = 0
    for await (const batch of rowBatches(scope, resource, selectionOf(resource, new Map()), query)) {
      rows.push(...batch)
      most = Math.max(most, batch.length)
      await after(count++)
    }
    const statements = opened.statements.filter((statement) => statement.startsWith('select'))
    return { rows, most, searches: statements.filter((statement) => !statement.includes(' in (')).length }
  }

  it('have all rows in order, at most 500 each, and few statements look at all of them', async () => {
    const ordered = Array.from({ length: COUNT }, (_, index) => index + 1).sort(
      (a, b) => (levelOf(a) ?? -1) - (levelOf(b) ?? -1) || a - b,
    )
    const up = await read('note', 'level')
    expect(up.rows.map(({ id }) => id)).toEqual(ordered)
    expect([up.most, up.searches]).toEqual([500, 3])
    const down = await read('note', '-level,-id')
    expect(down.rows.map(({ id }) => id)).toEqual(ordered.reverse())
    const seats = await read('seat', 'level')
    expect(new Set(seats.rows.map(({ hall, place }) => `${hall} ${place}`)).size).toBe(COUNT)
    expect(seats.rows.map(({ level }) => level)).toEqual(up.rows.map(({ level }) => level))
  })

  it('follow each other by their keys, where the order is that of a unique key', async () => {
    for (const sort of ['', '-id', 'code']) {
      const { rows, searches } = await read('note', sort)
      expect([new Set(rows.map(({ id }) => id)).size, searches]).toEqual([COUNT, COUNT / 500])
    }
  })

  it('have rows that change meanwhile with their new values, others once, and none that is gone', async () => {
    const { rows } = await read('note', 'level', async (batch) => {
      if (batch !== 1) return
      await opened.run(`update note set level = 1000 where id between 3000 and 3009;
        update note set level = -1 where id between 4000 and 4009;
        delete from note where id between 5000 and 5009`)
    })
    const seen = new Map<unknown, number>()
    for (const { id } of rows) seen.set(id, (seen.get(id) ?? 0) + 1)
    for (let id = 1; id <= COUNT; id += 1) {
      if (id >= 3000 && id <= 3009) expect(seen.get(id) ?? 0, `${id}`).toBeGreaterThan(0)
      else if (id >= 4000 && id <= 4009) expect(seen.get(id) ?? 0, `${id}`).toBeLessThan(2)
      else if (id < 5000 || id > 5009) expect(seen.get(id), `${id}`).toBe(1)
    }
  })

  it('are found by shorter lists of ids, where the values of the order are long', async () => {
    await opened.run(`update note set long_text = '${'x'.repeat(2000)}'`)
    const { rows, searches } = await read('note', 'long_text')
    expect(rows.length).toBe(new Set(rows.map(({ id }) => id)).size)
    expect(searches).toBeGreaterThan(3)
  })
})
