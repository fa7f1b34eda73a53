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
