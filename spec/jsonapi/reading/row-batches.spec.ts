/** All rows of a list, in batches: how many statements look at all rows, and what becomes of rows that change meanwhile. */
import { beforeAll, expect, it } from 'vitest'
import type { Dialect } from '../../../lib/jsonapi/model/dialect.ts'
import { introspect } from '../../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../../lib/jsonapi/model/model.ts'
import { Scope } from '../../../lib/jsonapi/query/scope.ts'
import { parseSort, resolveSort } from '../../../lib/jsonapi/query/sort.ts'
import { keyText } from '../../../lib/jsonapi/reading/keys.ts'
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

const ROWS = 1200

function two(number: number): string {
  return String(number).padStart(2, '0')
}

function minute(index: number): string {
  return `${two(Math.floor(index / 60))}:${two(index % 60)}`
}

/** The columns of a key, and its values as SQL. */
type OddKey = readonly [columns: string, toSql: (index: number) => string]

const ODD_KEYS: Readonly<Record<Dialect, readonly OddKey[]>> = {
  sqlite: [
    ['at datetime', (index) => `'2026-01-01T${minute(index)}:00Z'`],
    ['at timestamptz', (index) => `'2026-01-01 ${minute(index)}:00'`],
    ['at time', (index) => `'${minute(index)}'`],
    ['code uuid', (index) => `'ABCDEF00-0000-4000-8000-${String(index).padStart(12, '0')}'`],
    ['code text', (index) => (index % 2 ? `cast('x${index}' as blob)` : `'x${index}'`)],
    ['sensor integer, code integer', (index) => (index % 2 ? `1, 'x${index}'` : `1, ${index}.5`)],
    ['code decimal(10)', (index) => `${index}.123456`],
    ['sensor integer, at datetime', (index) => `1, '2026-01-01T${minute(index)}:00Z'`],
    ['sensor text, at uuid', (index) => `'A', 'ABCDEF00-${index}'`],
    ['code text, number integer', (index) => `'x' || char(0) || ${index}, ${index}`],
    ['code integer, number integer', (index) => `'é' || char(0) || ${index}, ${index}`],
    ['code, number integer', (index) => (index % 3 ? `'1' || char(0), ${index}` : `${index % 2}, ${index}`)],
  ],
  postgres: [
    ['amount money', (index) => `${index}.5`],
    ['number integer, amount money', (index) => `1, ${index}.5`],
    ['single real', (index) => `${index} / 7.0`],
    ['letters char(9)', (index) => `'x${index}'`],
    ['at timestamp', (index) => `timestamp '4000-01-01 00:00:00 BC' + ${index} * interval '1 day'`],
  ],
  mysql: [
    ['number integer, day date', (index) => `${index}, '0000-00-00'`],
    ['number integer, at timestamp', (index) => `${index}, '0000-00-00 00:00:00'`],
    ['single float', (index) => `${index} / 7`],
    ['exact double', (index) => `sqrt(${index}) * 1e8`],
    ['exact decimal(60,38)', (index) => `1e-38 * ${index}`],
    ['code bit(16)', (index) => `${index}`],
    ['code binary(4)', (index) => `unhex(lpad(hex(${index}), 8, '0'))`],
    ['at time', (index) => `sec_to_time(${index} - 600)`],
  ],
}

describeEachDatabase('the batches of a list with odd keys', ({ open, dialect }) => {
  it.each(ODD_KEYS[dialect])('have all rows: %s', async (columns, toSql) => {
    const opened = await open(dialect === 'mysql' ? { session: "set sql_mode = ''" } : {})
    const names = columns.split(', ').map((column) => column.split(' ')[0])
    const values = Array.from({ length: ROWS }, (_, index) => `(${toSql(index)}, ${index % 5})`)
    await opened.run(`create table odd (${columns}, level integer not null, primary key (${names}));
      insert into odd values ${values}`)
    const [model] = Object.values(await introspect(opened.db)) as [Model]
    const settings = { type: 'odd', path: '/odd', hasGet: true, id: model.id, fields: {} }
    const resource = new Resource(model, settings, NEVER)
    for (const sort of ['', 'level', '-level']) {
      const query = { sort: resolveSort(parseSort(sort), resource) }
      const keys: string[] = []
      opened.statements.length = 0
      const selection = selectionOf(resource, new Map())
      for await (const rows of rowBatches(new Scope(opened.db, dialect), resource, selection, query))
        keys.push(...rows.map((row) => keyText(names.map((name) => row[name as string]))))
      expect([sort, keys.length, new Set(keys).size]).toEqual([sort, ROWS, ROWS])
      expect(opened.statements.length).toBeLessThanOrEqual(4)
    }
  })
})
