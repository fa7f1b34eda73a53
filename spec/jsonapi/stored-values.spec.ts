/** Values that other programs have stored, and that no client could send: they are served, and are in nobody's way. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { Dialect } from '../../lib/jsonapi/model/dialect.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { ids, type LibraryApi, serveLibrary } from '../support/library-api.ts'

/** Types with values in SQL. */
const VALUES: Record<Dialect, [type: string, ...values: string[]][]> = {
  sqlite: [
    ['varchar(5)', "'abcdefgh'", "x'00ff'", "'b'"],
    ['boolean', '5', "'yes'", '1', '0'],
    ['integer', '1.5', "'abc'", '1e300', '9e999', '9223372036854775807', '9223372036854775806', '7'],
    ['bigint', '1.5', "'abc'", '9223372036854775807', '9223372036854775806'],
    ['real', '9e999', '-9e999', "'abc'", '0.1', '0.30000000000000004', '0.3'],
    ['decimal(5,2)', '1.005', '1000000', "'1e400'", '1.00'],
    [
      'date',
      "'31.12.2020'",
      "'Jan 5 2020'",
      "'2020-1-5'",
      '20200101',
      "''",
      "'2020-12-31T00:00'",
      "'2020-12-31'",
    ],
    ['datetime', '1600000000', "'x'", "'2020-02-29T10:00:00+02:00'", "'2020-02-29 09:00:00'", "'2020-02-29'"],
    ['timestamptz', '5', "'2020-02-29 10:00:00'", "'2020-02-29T09:00:00.000Z'"],
    ['time', "'5'", '5', "'10:00'", "'10:00:00'"],
    ['blob', "'text'", "'it''s'", "x'00ff'", '5'],
    ['uuid', "'nope'", "'123E4567-E89B-12D3-A456-426614174000'", "'123e4567-e89b-12d3-a456-426614174000'"],
    ['smallint', '99999', '-1'],
  ],
  postgres: [
    ['date', "'infinity'", "'-infinity'", "'0044-03-15 BC'", "'12345-01-01'", "'2020-01-31'"],
    ['timestamptz', "'infinity'", "'-infinity'", "'0044-03-15 BC'", "'12345-01-01'", "'2020-01-31'"],
    ['timestamp', "'infinity'", "'-infinity'", "'0044-03-15 BC'", "'12345-01-01'", "'2020-01-31'"],
    ['numeric', "'NaN'", "'Infinity'", "'-Infinity'", "'1e200'", '1.5'],
    ['float8', "'NaN'", "'Infinity'", "'-Infinity'", '0.1', '0.30000000000000004', '0.3'],
    ['real', "'NaN'", "'Infinity'", '0.1', '0.2'],
    ['time', "'24:00'", "'23:00'"],
    ['timetz', "'10:00+02'", "'10:00-02'"],
    ['interval', "'1 year'", "'365 days 5 hours'", "'364 days'", "'178000000 years'", "'1.123456 s'"],
    ['money', '1.5', '-1.5'],
    ['inet', "'::1/64'", "'192.0.2.1'", "'192.0.2.0/24'"],
    ['bit(3)', "'101'", "'001'"],
    ['bytea', "'\\x00ff'", "''"],
    ['oid', '4294967295', '1'],
  ],
  mysql: [
    ['boolean', '5', '1', '0'],
    ['date', "'0000-00-00'", "'2020-00-15'", "'2020-01-31'"],
    ['datetime', "'0000-00-00'", "'1000-01-01'", "'2020-01-31'"],
    ['timestamp null', "'0000-00-00'", "'2020-01-31'"],
    ['time', "'838:59:59'", "'-838:59:59'", "'-01:00:00'", "'10:00:00'"],
    ["enum('b', 'a')", "'zz'", "'a'", "'b'"],
    ['bit(64)', "b'1111111111111111111111111111111111111111111111111111111111111111'", "b'101'"],
    ['bigint unsigned', '18446744073709551615', '18446744073709551614'],
    ['year', "'0000'", '2020'],
    ['float', '1.1', '1.2'],
    ['decimal(65,30)', '12345678901234567890123.1', '12345678901234567890123.2'],
    ["set('a', 'b')", "'a,b'", "'b'"],
    ['varbinary(9)', "x'00ff'", "x'00'"],
  ],
}

const PROFILE = 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination/'
const CURSORS = { accept: `application/vnd.api+json; profile="${PROFILE}"` }
const CSV = { accept: 'text/csv' }

describeEachDatabase('values that no client could send', ({ open, dialect }) => {
  /** Serves a table `odd` with a row without a value, and two rows of each value. */
  async function serve(type: string, values: readonly string[], copies = 2): Promise<LibraryApi> {
    const opened = await open(dialect === 'mysql' ? { session: "set session sql_mode = ''" } : {})
    const rows = [...values, 'null'].flatMap((value) =>
      Array.from({ length: copies }, () => `('old', ${value})`),
    )
    await opened.run(`create table odd (id {id}, t varchar(9), v ${type})`)
    await sql.raw(`insert into odd (t, v) values ${rows.join(', ')}`).execute(opened.db)
    return serveLibrary(
      { ...opened, models: await introspect(opened.db) },
      { manager: { methods: ['GET', 'PATCH'] } },
    )
  }

  /** The ids of all pages, from one link to the next. */
  async function walk({ get }: LibraryApi, path: string, rel: 'next' | 'prev'): Promise<string[]> {
    const found: string[] = []
    for (let url: string | undefined = path; url !== undefined && found.length < 50; ) {
      const reply = await get(url, CURSORS)
      expect(reply.status).toBe(200)
      found.push(...(rel === 'next' ? ids(reply) : [...ids(reply)].reverse()))
      url = reply.document.links[rel] ?? undefined
    }
    return found
  }

  it.each(VALUES[dialect])('do not hinder the change of another attribute: %s', async (type, ...values) => {
    const { get, patch } = await serve(type, values)
    for (const { id, attributes } of (await get('/api/odd?page[size]=100')).document.data) {
      const change = { data: { type: 'odd', id, attributes: { t: 'new' } } }
      expect([id, attributes.v, (await patch(`/api/odd/${id}`, change)).status]).toEqual([
        id,
        attributes.v,
        204,
      ])
      const { document } = await get(`/api/odd/${id}`)
      expect(document.data.attributes).toEqual({ ...attributes, t: 'new' })
    }
  })

  it.each(VALUES[dialect])('are in pages of cursors once: %s', async (type, ...values) => {
    const api = await serve(type, values)
    for (const sort of ['v', '-v']) {
      const all = ids(await api.get(`/api/odd?sort=${sort}&page[size]=100`))
      expect(all).toHaveLength(2 * values.length + 2)
      expect(await walk(api, `/api/odd?sort=${sort}&page[size]=1`, 'next')).toEqual(all)
      const { data } = (await api.get(`/api/odd?sort=${sort}&page[size]=100`, CURSORS)).document
      const last = data.at(-1).meta.page.cursor
      const back = await walk(api, `/api/odd?sort=${sort}&page[size]=1&page[before]=${last}`, 'prev')
      expect(back.reverse()).toEqual(all.slice(0, -1))
    }
  })

  it('are all in an export, however many there are', async () => {
    const type = { sqlite: 'blob', postgres: 'timestamptz', mysql: 'date' }[dialect]
    const values = VALUES[dialect].find(([one]) => one === type)?.slice(1) ?? []
    const { get } = await serve(type, values, 600)
    const { text } = await get('/api/odd?sort=-v&fields[odd]=', CSV)
    const lines = text.trimEnd().split('\r\n')
    expect([lines.length, new Set(lines).size]).toEqual(Array(2).fill(1 + 600 * (values.length + 1)))
  })
})

describeEachDatabase(
  'bytes in columns of other types',
  ({ open }) => {
    it.each(['text', 'uuid', 'date', 'datetime', 'real', 'boolean'])(
      'are base64, and part of the state: %s',
      async (type) => {
        const opened = await open()
        await opened.run(`create table odd (id {id}, v ${type});
        insert into odd values (1, x'0001'), (2, x'fb02');`)
        const { get } = await serveLibrary({ ...opened, models: await introspect(opened.db) })
        const values = (await get('/api/odd')).document.data.map(
          ({ attributes }: { attributes: { v: unknown } }) => attributes.v,
        )
        expect(values).toEqual(['AAE=', '+wI='])
        const before = (await get('/api/odd/1')).headers.get('etag')
        await opened.run("update odd set v = x'0002' where id = 1")
        expect((await get('/api/odd/1')).headers.get('etag')).not.toBe(before)
      },
    )

    it('relate the rows with the same bytes alone', async () => {
      const opened = await open()
      await opened.run(`create table owner (id blob primary key);
        create table pet (id {id}, owner_id blob, foreign key (owner_id) references owner (id));
        insert into owner values (x'0001'), (x'0002');
        insert into pet values (1, x'0001'), (2, x'0002');`)
      const { get } = await serveLibrary({ ...opened, models: await introspect(opened.db) })
      const { data } = (await get('/api/owner?sort=id')).document
      expect(
        data.map(
          ({ relationships }: { relationships: { pets: { data: object } } }) => relationships.pets.data,
        ),
      ).toEqual([[{ type: 'pet', id: '1' }], [{ type: 'pet', id: '2' }]])
    })
  },
  ['sqlite'],
)
