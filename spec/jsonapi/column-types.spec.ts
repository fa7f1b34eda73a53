/** Types of columns that one database has, over HTTP. */
import { expect, it, onTestFinished, vi } from 'vitest'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { describeEachDatabase, type TestDatabase } from '../support/databases.ts'
import { errorsOf, ids, type LibraryApi, objects, serveLibrary, serveTables } from '../support/library-api.ts'

const MANAGER = {
  methods: ['GET', 'POST', 'PATCH'],
  allowFunctions: true,
  allowClientGeneratedIds: true,
} as const

const serve = (database: TestDatabase, statements: string) => serveTables(database, statements, MANAGER)

/** The results of functions. */
async function evaluate(
  { served }: LibraryApi,
  type: string,
  ...functions: readonly object[]
): Promise<unknown> {
  const query = encodeURIComponent(JSON.stringify(functions))
  return ((await (await served.fetch(`/api/eval/${type}?functions=${query}`)).json()) as { data: unknown })
    .data
}

describeEachDatabase('a time with a zone', (database) => {
  it('is not compared with one without: the session would decide', async () => {
    const zoned = { sqlite: 'timestamptz', postgres: 'timestamptz', mysql: 'timestamp null' }[
      database.dialect
    ]
    const { get } = await serve(
      database,
      `create table visit (id {id}, a ${zoned}, b ${zoned}, c {datetime})`,
    )
    const compared = (field: string) => get(`/api/visit?${objects({ name: 'a', op: 'lt', field })}`)
    expect((await compared('b')).status).toBe(200)
    expect(errorsOf(await compared('c'))).toEqual([
      expect.stringMatching(/^400 filter\[objects\] .*"a" and "c" cannot be compared/),
    ])
  })
})

describeEachDatabase('a floating-point number', (database) => {
  const COUNT = 500
  const doubleOf = (index: number) => Math.sqrt(index) * 10 ** (index % 30)
  const singleOf = (index: number) => Number(Math.fround(Math.sqrt(index)).toPrecision(8))
  const open = async () => {
    const opened = await database.open()
    const single = { sqlite: 'double', postgres: 'real', mysql: 'float' }[database.dialect]
    const values = Array.from(
      { length: COUNT },
      (_, index) => `(${index}, ${doubleOf(index)}, ${singleOf(index)})`,
    )
    await opened.run(`create table measure (id int primary key, d {double}, f ${single});
      insert into measure values ${values}`)
    const types: string[] = []
    const measure = defineModel((await introspect(opened.db)).measure as Model, {
      computed: {
        plus: {
          get: ({ d, f }) => {
            types.push(typeof d, typeof f)
            return Number(d) + 1
          },
        },
      },
    })
    const manager = { ...MANAGER, maxPageSize: 0, pageSize: 0 }
    return { api: await serveLibrary({ ...opened, models: { measure } }, { manager }), types }
  }

  it('has all its digits, in documents, functions and filters; `get` has numbers', async () => {
    const { api, types } = await open()
    const { document } = await api.get('/api/measure?sort=id')
    expect(document.data).toHaveLength(COUNT)
    for (const { id, attributes } of document.data) {
      expect(attributes.d).toBe(doubleOf(Number(id)))
      expect(Math.fround(attributes.f)).toBe(Math.fround(singleOf(Number(id))))
      expect(String(attributes.f).length).toBeLessThan(12)
      expect(attributes.plus).toBe(doubleOf(Number(id)) + 1)
    }
    expect(new Set(types)).toEqual(new Set(['number']))
    expect(await evaluate(api, 'measure', { name: 'max', field: 'd' })).toEqual([
      Math.max(...document.data.map((one: { attributes: { d: number } }) => one.attributes.d)),
    ])
    for (const { id, attributes } of document.data.slice(200, 210)) {
      const val = attributes.d
      expect(ids(await api.get(`/api/measure?${objects({ name: 'd', op: 'eq', val })}`))).toEqual([id])
    }
  })

  it('leads on by cursors, each row once', async () => {
    const { api } = await open()
    const profile = 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination/'
    const accept = { accept: `application/vnd.api+json; profile="${profile}"` }
    for (const sort of ['d', '-f']) {
      const seen: string[] = []
      let url: string | undefined = `/api/measure?sort=${sort}&page[size]=7&fields[measure]=d,f`
      while (url !== undefined && seen.length <= COUNT) {
        const { document } = await api.get(url, accept)
        seen.push(...document.data.map(({ id }: { id: string }) => id))
        url = document.links.next ?? undefined
      }
      expect([seen.length, new Set(seen).size]).toEqual([COUNT, COUNT])
    }
  })
})

describeEachDatabase(
  'an id of the type money',
  (database) => {
    it('leads to its resource, and relates others', async () => {
      const { get, patch, send } = await serveTables(
        database,
        `create table price (amount money primary key, note varchar(9));
        create table offer (id {id}, amount money references price (amount));
        insert into price values (1.5, 'a'), (20, 'b'); insert into offer (amount) values (1.5), (20)`,
        { methods: ['GET', 'POST', 'PATCH', 'DELETE'], allowClientGeneratedIds: true },
      )
      const { document } = await get('/api/price?include=offers')
      expect(document.data.map(({ id }: { id: string }) => id)).toEqual(['1.50', '20.00'])
      expect(document.included).toHaveLength(2)
      expect((await get('/api/price/1.50')).document.data.attributes.note).toBe('a')
      expect((await get('/api/price/2')).status).toBe(404)
      expect((await get('/api/price/99999999999999999')).status).toBe(404)
      expect(ids(await get('/api/price/20.00/offers'))).toEqual(['2'])
      expect((await get('/api/offer/1/amount')).document.data.id).toBe('1.50')
      const change = { data: { type: 'price', id: '1.50', attributes: { note: 'c' } } }
      expect((await patch('/api/price/1.50', change)).status).toBe(204)
      const created = await send('POST /api/price', { data: { type: 'price', id: '0.10' } })
      expect([created.status, created.document.data.id]).toEqual([201, '0.10'])
      const moved = { data: { type: 'price', id: '0.10' } }
      expect((await patch('/api/offer/1/relationships/amount', moved)).status).toBe(204)
      expect((await send('DELETE /api/price/1.50')).status).toBe(204)
      const least = await send('POST /api/price', { data: { type: 'price', id: '-92233720368547758.08' } })
      expect([least.status, least.document.data?.id]).toEqual([201, '-92233720368547758.08'])
      expect((await get('/api/price/-92233720368547758.08')).status).toBe(200)
      const more = await send('POST /api/price', { data: { type: 'price', id: '92233720368547758.08' } })
      expect(more.status).toBe(400)
    })
  },
  ['postgres'],
)

describeEachDatabase(
  'an average of decimals',
  (database) => {
    it('has their digits, before the point and behind it', async () => {
      const api = await serve(
        database,
        `create table mass (id int primary key, star decimal(65, 0), atom decimal(40, 30));
         insert into mass values (1, 1e50, 1e-25), (2, 3e50, 3e-25), (3, null, null)`,
      )
      const of = (field: string) => ({ name: 'avg', field })
      expect(await evaluate(api, 'mass', of('star'), of('atom'))).toEqual([2e50, 2e-25])
    })
  },
  ['postgres', 'mysql'],
)

describeEachDatabase(
  'an enum',
  (database) => {
    it('is compared in the order that it is sorted in: as a text (FJ-64)', async () => {
      const type = database.dialect === 'mysql' ? "enum('low', 'high', 'mid')" : 'level'
      const api = await serve(
        database,
        `${database.dialect === 'mysql' ? '' : "create type level as enum ('low', 'high', 'mid');"}
        create table alarm (id {id}, level ${type});
        insert into alarm (level) values ('low'), ('high'), ('mid')`,
      )
      expect(ids(await api.get('/api/alarm?sort=level'))).toEqual(['2', '1', '3'])
      const above = objects({ name: 'level', op: 'gt', val: 'high' })
      expect(ids(await api.get(`/api/alarm?sort=level&${above}`))).toEqual(['1', '3'])
      expect(ids(await api.get(`/api/alarm?${objects({ name: 'level', op: 'eq', val: 'low' })}`))).toEqual([
        '1',
      ])
      const extremes = [
        { name: 'min', field: 'level' },
        { name: 'max', field: 'level' },
      ]
      expect(await evaluate(api, 'alarm', ...extremes)).toEqual(['high', 'mid'])
    })
  },
  ['postgres', 'mysql'],
)

describeEachDatabase('a decimal', (database) => {
  it('in a JSON number that JavaScript rounds is refused, in a string it is exact', async () => {
    const type = database.dialect === 'sqlite' ? 'decimal_text(30, 2)' : 'decimal(30, 2)'
    const { post, send } = await serve(database, `create table bill (id {id}, n ${type})`)
    for (const n of [
      '12345678901234567890.12',
      '100000000000000000001',
      '9007199254740993',
      '1234567890123456.5',
    ]) {
      const refused = await send('POST /api/bill', `{"data":{"type":"bill","attributes":{"n":${n}}}}`)
      expect(errorsOf(refused)[0]).toMatch(/^400 \/data\/attributes\/n .*must be a string/)
      const { document } = await post('/api/bill', { data: { type: 'bill', attributes: { n } } })
      expect(Number(document.data.attributes.n)).toBe(Number(n))
      expect(document.data.attributes.n).toContain(n)
    }
    const { document } = await post('/api/bill', {
      data: { type: 'bill', attributes: { n: 1234567890123.25 } },
    })
    expect(document.data.attributes.n).toBe('1234567890123.25')
  })
})

describeEachDatabase(
  'types of PostgreSQL',
  (database) => {
    const TABLES = `create type a as enum ('x', 'y');
      create type b as enum ('y', 'x');
      create table e (id int generated always as identity primary key, a a, b b, o oid, n numeric, m money, r real,
        bits bit(3), x xml);
      insert into e (a, b, o, n, m, r) values ('x', 'x', 4000000000, 4000000000, 1, 1), ('x', 'y', 7, 1, 7, 7)`

    it('are compared with each other: two enums, an oid with a number', async () => {
      const api = await serve(database, TABLES)
      const where = async (name: string, field: string) =>
        ids(await api.get(`/api/e?${objects({ name, op: 'eq', field })}`))
      expect(await where('a', 'b')).toEqual(['1'])
      expect(await where('n', 'o')).toEqual(['1'])
      expect(await where('o', 'r')).toEqual(['2'])
      expect(await where('m', 'o')).toEqual(['2'])
      expect(await evaluate(api, 'e', { name: 'sum', field: 'o' }, { name: 'max', field: 'o' })).toEqual([
        4000000007,
        '4000000000',
      ])
    })

    it('are compared by one order: intervals of years by their seconds, and an average of NaN is NaN', async () => {
      const api = await serve(
        database,
        `create table lease (id int primary key, span interval, rate float8);
         insert into lease values (1, '1 year', 'NaN'), (2, '364 days', 1), (3, '366 days', 2)`,
      )
      const { data } = (await api.get('/api/lease?sort=span')).document
      expect(data.map(({ id }: { id: string }) => id)).toEqual(['2', '1', '3'])
      const year = data[1].attributes.span
      const where = async (op: string) =>
        ids(await api.get(`/api/lease?${objects({ name: 'span', op, val: year })}`))
      expect([await where('eq'), await where('lt'), await where('gt')]).toEqual([['1'], ['2'], ['3']])
      const of = (name: string, field: string) => ({ name, field })
      const least = await evaluate(api, 'lease', of('min', 'span'), of('max', 'span'), of('avg', 'rate'))
      expect(least).toEqual([364 * 86_400, 366 * 86_400, 'NaN'])
    })

    it('refuse values with a 4xx: bits, XML, the id of an identity ALWAYS', async () => {
      const { send } = await serve(database, TABLES)
      const post = async (members: object) =>
        (await send('POST /api/e', { data: { type: 'e', ...members } })).status
      for (const bits of ['', 'x']) expect(await post({ attributes: { bits } })).toBe(400)
      expect(await post({ attributes: { x: '\uffff' } })).toBe(400)
      expect(await post({ id: '5' })).toBe(403)
      expect(await post({ attributes: { bits: '101', x: '<a/>' } })).toBe(201)
    })
  },
  ['postgres'],
)

describeEachDatabase(
  'types of MariaDB',
  (database) => {
    it('as keys have any default; the id 0 of an AUTO_INCREMENT is refused', async () => {
      const { send } = await serve(
        database,
        `create table u (id uuid default uuid() primary key, n int);
        create table c (id char(36) default (uuid()) primary key);
        create table i (id int default 7 primary key);
        create table s (id {id})`,
      )
      const post = (type: string, id?: string) => send(`POST /api/${type}`, { data: { type, id } })
      for (const type of ['u', 'c']) {
        const { status, document } = await post(type)
        expect([status, document.data.id]).toEqual([201, expect.stringMatching(/^[\da-f-]{36}$/)])
      }
      expect((await post('i')).document.data.id).toBe('7')
      expect(errorsOf(await post('s', '0'))[0]).toMatch(/^422 \/data\/id/)
      expect((await post('s')).status).toBe(201)
    })

    it('of single precision are found by the value that is shown', async () => {
      const { get, patch } = await serve(
        database,
        `create table s (id {id}, f float); 
 insert into s (f) values (1.1)`,
      )
      expect(ids(await get('/api/s?filter[f]=1.1'))).toEqual(['1'])
      expect(ids(await get(`/api/s?${objects({ name: 'f', op: 'gt', val: 1.1 })}`))).toEqual([])
      const change = { data: { type: 's', id: '1', attributes: { f: 2.2 } } }
      expect((await patch('/api/s/1', change)).status).toBe(204)
    })

    it('of single precision are served with all their digits', async () => {
      const api = await serve(
        database,
        `create table s (id {id}, f float);
 insert into s (f) values (16777216), (1234567), (0.1)`,
      )
      const rows = (await api.get('/api/s?sort=f')).document.data as { attributes: { f: number } }[]
      expect(rows.map(({ attributes }) => attributes.f)).toEqual([0.1, 1234567, 16777216])
      expect(ids(await api.get(`/api/s?${objects({ name: 'f', op: 'eq', val: 16777216 })}`))).toEqual(['1'])
      expect(await evaluate(api, 's', { name: 'max', field: 'f' }, { name: 'min', field: 'f' })).toEqual([
        16777216, 0.1,
      ])
    })

    it('of other character sets refuse characters that they do not have', async () => {
      const { send } = await serve(
        database,
        `create table s (id {id}, w varchar(9) character set utf8mb3, l varchar(9) character set latin1)`,
      )
      for (const name of ['w', 'l'])
        for (const filter of [
          { op: 'eq', val: '😀' },
          { op: 'in', val: ['😀', 'a'] },
          { op: 'gt', val: '😀' },
        ])
          expect((await send(`GET /api/s?${objects({ name, ...filter })}`)).status).toBe(400)
    })

    it('have one order: a UUID its own, and times of six digits have none that are zero', async () => {
      const api = await serve(
        database,
        `create table trace (id {id}, code uuid, at time(6));
        insert into trace (code, at) values ('10000000-0000-1000-8000-000000000001', '10:00:00'),
          ('00000000-0001-1000-8000-000000000001', '10:00:00.25')`,
      )
      const { data } = (await api.get('/api/trace?sort=code')).document
      const [first, last] = data.map(({ attributes }: { attributes: { code: string } }) => attributes.code)
      const extremes = await evaluate(
        api,
        'trace',
        { name: 'min', field: 'code' },
        { name: 'max', field: 'code' },
      )
      expect(extremes).toEqual([first, last])
      const times = (await api.get('/api/trace')).document.data
      expect(times.map(({ attributes }: { attributes: { at: string } }) => attributes.at)).toEqual([
        '10:00:00',
        '10:00:00.250000',
      ])
    })

    it('of geometry are left out, with a warning', async () => {
      const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
      onTestFinished(() => emit.mockRestore())
      const { get } = await serve(
        database,
        `create table place (id {id}, spot point, area multipolygon, any_shape geometry, n int); 
 insert into place (n) values (1)`,
      )
      expect((await get('/api/place/1')).document.data.attributes).toEqual({ n: 1 })
      expect(emit.mock.calls.map(([text]) => /\.place\.(\w+) is not/.exec(String(text))?.[1])).toEqual([
        'spot',
        'area',
        'any_shape',
      ])
    })
  },
  ['mysql'],
)

describeEachDatabase(
  'types of SQLite',
  (database) => {
    it('are dates as they are stored, and decimals whose sum is a decimal', async () => {
      const api = await serve(
        database,
        `create table t (id {id}, d date, n decimal(10, 2));
        insert into t (d, n) values ('31.12.2020', 0.1), ('2020-12-31', 0.2)`,
      )
      const { data } = (await api.get('/api/t')).document
      expect(data.map((one: { attributes: { d: string } }) => one.attributes.d)).toEqual([
        '31.12.2020',
        '2020-12-31',
      ])
      expect(await evaluate(api, 't', { name: 'sum', field: 'n' })).toEqual(['0.30'])
    })
  },
  ['sqlite'],
)

describeEachDatabase('null in a JSON column', (database) => {
  it('is the null of JSON where the column is NOT NULL, else NULL', async () => {
    const { get, post, patch } = await serve(
      database,
      `create table memo (id integer primary key, fixed {json} not null, free {json});
      insert into memo values (1, 'null', 'null');`,
    )
    const served = async (id: string) => (await get(`/api/memo/${id}`)).document.data.attributes
    const nulls = { fixed: null, free: null }
    expect(await served('1')).toEqual(nulls)
    const memo = (id: string, attributes: object) => ({ data: { type: 'memo', id, attributes } })
    expect((await patch('/api/memo/1', memo('1', nulls))).status).toBe(204)
    expect((await post('/api/memo', memo('2', nulls))).status).toBe(201)
    expect(await served('2')).toEqual(nulls)
    const isNull = (name: string) => get(`/api/memo?${objects({ name, op: 'is_null' })}`)
    expect([ids(await isNull('fixed')), ids(await isNull('free'))]).toEqual([[], ['1', '2']])
    expect(errorsOf(await post('/api/memo', memo('3', { free: 1 })))).toEqual([
      expect.stringMatching(/^400 \/data\/attributes .*"fixed" is required$/),
    ])
  })
})
