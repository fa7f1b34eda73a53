/** A Kysely instance with plugins: they are for the statements of the application, not for those of an API. */
import { CamelCasePlugin, ParseJSONResultsPlugin, sql } from 'kysely'
import { expect, it } from 'vitest'
import type { ProcessorContext } from '../../lib/jsonapi/manager/processors.ts'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import { createIdempotencyTable, deleteOldResponses } from '../../lib/jsonapi/write/idempotency.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { ids, serveLibrary } from '../support/library-api.ts'

const TABLES = `
  create table price_tag (id {id}, label varchar(20));
  create table order_line (order_id integer not null, line_no integer not null, row_version integer not null,
    unit_text varchar(20), primary key (order_id, line_no));
  create table line_tag (order_id integer not null, line_no integer not null, price_tag_id integer not null,
    primary key (order_id, line_no, price_tag_id),
    foreign key (order_id, line_no) references order_line (order_id, line_no),
    foreign key (price_tag_id) references price_tag (id));
  insert into price_tag (label) values ('a'), ('b');
  insert into order_line values (1, 1, 1, '{"a":1}'), (1, 2, 1, 'x');
  insert into line_tag values (1, 1, 1)
`

describeEachDatabase('an API of a database with plugins', ({ open }) => {
  it('has the names and values of the database; processors have the plugins', async () => {
    const opened = await open()
    await opened.run(TABLES)
    const db = opened.db.withPlugin(new CamelCasePlugin()).withPlugin(new ParseJSONResultsPlugin())
    const { order_line: line, price_tag: tag } = await introspect<'order_line' | 'price_tag'>(db)
    const models = {
      order_line: defineModel(line, {
        version: 'row_version',
        baseQuery: ({ ref }) => sql`${ref('line_no')} < 10`,
      }),
      price_tag: tag,
    }
    const seen: unknown[] = []
    const see = async ({ db }: ProcessorContext) => {
      seen.push(...(await db.selectFrom('orderLine').select('unitText').orderBy('lineNo').execute()))
    }
    const idempotency = { table: 'keysOfRequests' }
    await createIdempotencyTable(db, idempotency)
    await deleteOldResponses(db, idempotency)
    const api = await serveLibrary(
      { ...opened, db, models },
      {
        manager: {
          methods: ['GET', 'POST', 'PATCH', 'DELETE'],
          allowToManyReplacement: true,
          preprocessors: { GET_RESOURCE: [see], DELETE_RESOURCE: [see] },
          idempotency,
        },
      },
    )
    const read = await api.get('/api/order_line/1~1?include=price_tags')
    expect(read.document.data.attributes).toEqual({
      order_id: 1,
      line_no: 1,
      row_version: 1,
      unit_text: '{"a":1}',
    })
    expect(read.document.data.relationships.price_tags.data).toEqual([{ type: 'price_tag', id: '1' }])
    const data = { type: 'order_line', id: '1~1', attributes: { unit_text: '[1]' } }
    const etag = { 'if-match': read.headers.get('etag') as string }
    expect((await api.patch('/api/order_line/1~1', { data }, etag)).document.data.attributes).toMatchObject({
      row_version: 2,
      unit_text: '[1]',
    })
    expect((await api.patch('/api/order_line/1~1', { data }, etag)).status).toBe(412)
    const link = { data: [{ type: 'price_tag', id: '2' }] }
    expect((await api.patch('/api/order_line/1~1/relationships/price_tags', link)).status).toBe(204)
    expect(ids(await api.get('/api/order_line/1~1/price_tags'))).toEqual(['2'])
    const added = { data: { type: 'price_tag', attributes: { label: 'c' } } }
    const first = await api.post('/api/price_tag', added, { 'idempotency-key': 'x' })
    const second = await api.post('/api/price_tag', added, { 'idempotency-key': 'x' })
    expect([second.status, second.document.data]).toEqual([201, first.document.data])
    expect((await api.delete('/api/order_line/1~2')).status).toBe(204)
    expect(ids(await api.get('/api/order_line'))).toEqual(['1~1'])
    expect(seen).toEqual([{ unitText: { a: 1 } }, { unitText: 'x' }, { unitText: [1] }, { unitText: 'x' }])
  })
})
