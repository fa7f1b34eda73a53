/** Arrays of PostgreSQL as attributes. */
import { expect, it } from 'vitest'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import { describeEachDatabase, type OpenOptions, type TestDatabase } from '../support/databases.ts'
import { errorsOf, serveLibrary } from '../support/library-api.ts'

async function serve({ open }: TestDatabase, statements: string, options?: OpenOptions) {
  const opened = await open(options)
  await opened.run(statements)
  const library = { ...opened, models: await introspect(opened.db) }
  return serveLibrary(library, { manager: { methods: ['GET', 'POST', 'PATCH'] } })
}

describeEachDatabase(
  'an array of PostgreSQL',
  (database) => {
    it.each([undefined, "set bytea_output = 'escape'"])(
      'has bytes as base64, as a column of bytes has them (%s)',
      async (session) => {
        const { get, post, send } = await serve(
          database,
          `create table t (id {id}, one bytea, b bytea[]);
          insert into t (one, b) values ('\\x5cff00', array['\\x5cff00', null, '\\x61']::bytea[])`,
          session === undefined ? {} : { session },
        )
        const attributes = { one: 'XP8A', b: ['XP8A', null, 'YQ=='] }
        expect((await get('/api/t/1')).document.data.attributes).toEqual(attributes)
        for (const b of [attributes.b, [['XP8A'], [null]], []]) {
          const { document } = await post('/api/t', { data: { type: 't', attributes: { ...attributes, b } } })
          expect(document.data.attributes.b).toEqual(b)
        }
        const reply = await send('POST /api/t', { data: { type: 't', attributes: { b: ['*'] } } })
        expect(errorsOf(reply)[0]).toMatch(/^400 \/data\/attributes\/b .*must be base64/)
      },
    )

    it.each(['UTC', 'Asia/Kolkata'])(
      'has decimals, dates and times as single columns have them, whatever the time zone of the session (%s)',
      async (zone) => {
        const { get, post, send } = await serve(
          database,
          `create table t (id {id}, n numeric(30, 12)[], m money[], d date[], c time[], u timestamp[], z timestamptz(3)[]);
          insert into t (n, m, d, c, u, z) values (
            '{{123456789012345678.100000000001, 0.1}, {NULL, -1}}', '{1.5}', '{2020-01-31}', '{10:00:00.25}',
            '{2020-01-31 10:00:00, infinity}', '{2020-01-31 10:00:00+00, 2020-01-31 10:00:00.25+01}')`,
          { session: `set time zone '${zone}'; set datestyle = 'German'` },
        )
        const attributes = {
          n: [
            ['123456789012345678.100000000001', '0.100000000000'],
            [null, '-1.000000000000'],
          ],
          m: ['1.50'],
          d: ['2020-01-31'],
          c: ['10:00:00.250000'],
          u: ['2020-01-31T10:00:00Z', 'infinity'],
          z: ['2020-01-31T10:00:00Z', '2020-01-31T09:00:00.250000Z'],
        }
        expect((await get('/api/t/1')).document.data.attributes).toEqual(attributes)
        const sent = { ...attributes, n: [0.5, 2], u: ['2020-01-31T11:00:00+01:00'], d: ['31 Jan 2020'] }
        const { document } = await post('/api/t', { data: { type: 't', attributes: sent } })
        expect(document.data.attributes).toEqual({
          ...attributes,
          n: ['0.500000000000', '2.000000000000'],
          u: ['2020-01-31T10:00:00Z'],
        })
        const WRONG = { n: ['0.1234567890123'], m: [true], d: ['2020-02-30'], u: [5], z: ['now'] }
        for (const [name, value] of Object.entries(WRONG)) {
          const reply = await send('POST /api/t', { data: { type: 't', attributes: { [name]: value } } })
          expect(errorsOf(reply)[0]).toMatch(new RegExp(`^400 /data/attributes/${name} .*must (be|have)`))
        }
      },
    )

    it('of a domain has the form of the type that the domain is of', async () => {
      const { get, post, send } = await serve(
        database,
        `create domain amount as numeric(30, 2) check (value >= 0);
        create domain price as amount;
        create domain big as bigint;
        create domain instant as timestamptz;
        create domain photo as bytea;
        create domain prices as price[];
        create domain pair as integer[];
        create table t (id {id}, a amount[], p prices, b big[], i instant[], f photo[], x pair[]);
        insert into t (a, p, b, i, f, x) values ('{123456789012345678901234567.1, 2}', '{{0.5},{ 1}}', '{9007199254740993, 1}',
          '{2020-01-31 10:00:00+02}', array['\\x5cff00']::photo[], array['{1,2}'::pair])`,
        { session: "set time zone 'Asia/Kolkata'" },
      )
      const attributes = {
        a: ['123456789012345678901234567.10', '2.00'],
        p: [['0.50'], ['1.00']],
        b: ['9007199254740993', 1],
        i: ['2020-01-31T08:00:00Z'],
        f: ['XP8A'],
      }
      expect((await get('/api/t/1')).document.data.attributes).toMatchObject(attributes)
      const { document } = await post('/api/t', { data: { type: 't', attributes } })
      expect(document.data.attributes).toMatchObject(attributes)
      const reply = await send('POST /api/t', { data: { type: 't', attributes: { a: ['0.001'] } } })
      expect(errorsOf(reply)[0]).toMatch(/^400 \/data\/attributes\/a .*at most 2 decimal places/)
    })

    it.each(['UTC', 'Europe/Amsterdam', 'America/New_York'])(
      'has times of any year as single columns have them, whatever the time zone of the session (%s)',
      async (zone) => {
        const TIMES = [
          '12345-06-01 00:00:00.5+00',
          '0044-03-15 12:00:00+00 BC',
          '0001-01-01 00:00:00+00',
          '0001-12-31 23:59:59.25+00 BC',
          '9999-12-31 23:59:59+00',
          '10000-01-01 00:00:00+00',
          '1900-02-28 23:59:59+00',
          '0400-02-29 12:00:00+00',
          '0005-02-29 00:00:00+00 BC',
          '294276-12-31 23:00:00+00',
          '-infinity',
        ]
        const { get } = await serve(
          database,
          `create table t (id {id}, one timestamptz, z timestamptz[]);
          ${TIMES.map((time) => `insert into t (one, z) values ('${time}', array['${time}'::timestamptz])`).join(';\n')}`,
          { session: `set time zone '${zone}'` },
        )
        const { document } = await get('/api/t?page[size]=50')
        expect(document.data).toHaveLength(TIMES.length)
        for (const { attributes } of document.data) expect(attributes.z).toEqual([attributes.one])
      },
    )

    it('is stored with its dimensions, and any texts', async () => {
      const TYPES: Readonly<Record<string, readonly unknown[]>> = {
        'text[]': [['a', '"b\\ {,}', '', 'NULL', null], [['a'], ['b']], [[['']]]],
        'int[]': [
          [1, null],
          [
            [1, 2],
            [3, 4],
          ],
        ],
        'bool[]': [[true, false]],
        'bigint[]': [['9007199254740993']],
        'jsonb[]': [['a', 1, [1, 2], { b: [null] }, null]],
        'box[]': [['(1,1),(0,0)', '(2,2),(1,1)']],
        'varchar(3)[]': [['abc']],
      }
      const tables = Object.keys(TYPES).map((type, index) => `create table t${index} (id {id}, v ${type})`)
      const { post, patch, send } = await serve(database, tables.join(';\n'))
      for (const [index, values] of Object.values(TYPES).entries())
        for (const v of values) {
          const type = `t${index}`
          const { document } = await post(`/api/${type}`, { data: { type, attributes: { v } } })
          expect(document.data.attributes.v).toEqual(v)
          const { id } = document.data
          const change = { data: { type, id, attributes: { v } } }
          expect((await patch(`/api/${type}/${id}`, change)).status).toBe(204) // nothing but what was sent
        }
      const long = await send('POST /api/t6', { data: { type: 't6', attributes: { v: ['abcd'] } } })
      expect(long.status).toBe(422) // and not cut off
    })
  },
  ['postgres'],
)

describeEachDatabase('JSON with half a surrogate pair', (database) => {
  it('is a 400 with its pointer, as in texts', async () => {
    const { send } = await serve(database, 'create table t (id {id}, j {json}, s varchar(9))')
    for (const attributes of [
      { j: 'a\ud800' },
      { j: { a: ['\udc00'] } },
      { j: { '\ud800': 1 } },
      { s: '\ud800' },
    ]) {
      const reply = await send('POST /api/t', { data: { type: 't', attributes } })
      const [name] = Object.keys(attributes)
      expect(errorsOf(reply)[0]).toMatch(
        new RegExp(`^400 /data/attributes/${name} .*must not have half a surrogate pair`),
      )
    }
    const whole = { j: ['\\ud800', '😀'] }
    expect((await send('POST /api/t', { data: { type: 't', attributes: whole } })).status).toBe(201)
  })
})
