/** Values that the type of a column does not have: a 4xx that says where, whatever the type. */
import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { describeEachDatabase, type TestDatabase } from '../support/databases.ts'
import { errorsOf, objects, serveTables } from '../support/library-api.ts'

const MANAGER = {
  methods: ['GET', 'POST', 'PATCH'],
  allowFunctions: true,
  allowClientGeneratedIds: true,
} as const

const serve = (database: TestDatabase, statements: string) => serveTables(database, statements, MANAGER)

/** Status and pointer of the first error. */
const placeOf = (reply: Parameters<typeof errorsOf>[0]) => errorsOf(reply)[0]?.split(' ').slice(0, 2)

describeEachDatabase(
  'a text that a type of PostgreSQL does not have',
  (database) => {
    const TYPES: readonly (readonly [type: string, text: unknown, status?: string])[] = [
      ['timetz', 'x'],
      ['timetz', '10:00+99', '422'],
      ['tsvector', 'a:b:c'],
      ['tsquery', 'a & & b'],
      ['jsonpath', '$['],
      ['int4range', '[3,1]'],
      ['tstzrange', 'x'],
      ['datemultirange', 'x'],
      ['regclass', 'no such table'],
      ['oid', '99999999999', '422'],
      ['money', '1.234'],
      ['money', '123456789012345678901'],
      ['bit(3)', '1111'],
      ['bit varying(3)', '1111'],
      ['macaddr', 'x'],
      ['cidr', '192.168.0.1/8'],
      ['polygon', '(1,2'],
      ['pg_lsn', 'x'],
      ['pg_snapshot', 'x'],
      ['xml', '<a>'],
      ['int[]', [1, 'x']],
      ['int[]', [[1], [2, 3]]],
      ['mood[]', ['sad']],
      ['point_of', '(1'],
      ['positive', -1, '422'],
    ]

    it('is a 400, or a 422 out of its range, with its pointer', async () => {
      const tables = TYPES.map(([type], index) => `create table t${index} (id {id}, n text, v ${type})`)
      const { send } = await serve(
        database,
        ["create type mood as enum ('good')", 'create type point_of as (a int, b text)']
          .concat('create domain positive as int check (value > 0)', tables)
          .join(';\n'),
      )
      for (const [index, [type, v, status = '400']] of TYPES.entries()) {
        const attributes = { n: 'x', v }
        const reply = await send(`POST /api/t${index}`, { data: { type: `t${index}`, attributes } })
        expect([type, v, ...(placeOf(reply) ?? [])]).toEqual([type, v, status, '/data/attributes/v'])
      }
    })

    it('is a 422 where it is too long for an index, and a 400 where it cannot be compared with another', async () => {
      const { post, get } = await serve(
        database,
        'create table k (id {id}, v text unique, w text collate "C", x text collate "POSIX")',
      )
      const v = randomBytes(3000).toString('base64')
      expect(errorsOf(await post('/api/k', { data: { type: 'k', attributes: { v } } }))).toEqual([
        '422 A value is too long',
      ])
      await post('/api/k', { data: { type: 'k', attributes: { w: 'a', x: 'b' } } })
      const compared = await get(`/api/k?${objects({ name: 'w', op: 'lt', field: 'x' })}`)
      expect(compared.status).toBe(400)
    })

    it('has its pointer in an update too, and as an id', async () => {
      const { send, post } = await serve(
        database,
        'create table a (id {id}, n int, v tsquery, w timetz);\n create table m (mac macaddr primary key)',
      )
      await post('/api/a', { data: { type: 'a', attributes: { n: 1, v: 'a', w: '10:00' } } })
      const patch = (attributes: object) =>
        send('PATCH /api/a/1', { data: { type: 'a', id: '1', attributes } })
      expect(placeOf(await patch({ n: null, v: 'b', w: 'x' }))).toEqual(['400', '/data/attributes/w'])
      expect(placeOf(await patch({ n: 2, v: '&', w: null }))).toEqual(['400', '/data/attributes/v'])
      expect(placeOf(await send('POST /api/m', { data: { type: 'm', id: 'x' } }))).toEqual([
        '400',
        '/data/id',
      ])
    })
  },
  ['postgres'],
)

describeEachDatabase(
  'a filter with a character that a column of MariaDB does not have',
  (database) => {
    it('is a 400 with its parameter', async () => {
      const { send } = await serve(database, 'create table s (id {id}, w varchar(9) character set utf8mb3)')
      const parameter = objects({ name: 'w', op: 'eq', val: '😀' })
      for (const query of [parameter, `sort=w&${parameter}`])
        expect(placeOf(await send(`GET /api/s?${query}`))).toEqual(['400', 'filter[objects]'])
      expect(placeOf(await send('GET /api/s?filter[w]=%F0%9F%98%80'))).toEqual(['400', 'filter[w]'])
    })
  },
  ['mysql'],
)

describeEachDatabase(
  'a sum beyond the integers of SQLite',
  (database) => {
    it('is a 422 with its parameter', async () => {
      const { served } = await serve(
        database,
        `create table n (id {id}, v bigint);
        insert into n (v) values (9223372036854775807), (9223372036854775807)`,
      )
      const functions = encodeURIComponent(JSON.stringify([{ name: 'sum', field: 'v' }]))
      const response = await served.fetch(`/api/eval/n?functions=${functions}`)
      expect(response.status).toBe(422)
      expect(await response.json()).toMatchObject({
        errors: [{ code: 'out-of-range', source: { parameter: 'functions' } }],
      })
    })
  },
  ['sqlite'],
)
