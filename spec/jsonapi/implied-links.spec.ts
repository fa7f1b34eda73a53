/** Relationships that a document does not name, because its id, or another relationship, has their keys. */
import { type SqlBool, sql } from 'kysely'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { CreateApiOptions } from '../../lib/jsonapi/manager/manager-options.ts'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { describeLibrary, errorsOf } from '../support/library-api.ts'

const TABLES = `
  create table purchase (id integer primary key, tenant varchar(5) not null);
  create table line (purchase_id integer not null, no integer not null, primary key (purchase_id, no),
    foreign key (purchase_id) references purchase (id));
  create table bill (purchase_id integer primary key, note varchar(20),
    foreign key (purchase_id) references purchase (id))`
const ROWS = `
  delete from line;
  delete from bill;
  delete from purchase;
  insert into purchase (id, tenant) values (1, 'A'), (2, 'B')`

describeLibrary('the id of a new resource', (serveAll, library) => {
  let known: Readonly<Record<string, Model>>
  beforeAll(async () => {
    await library().run(TABLES)
    known = await introspect(library().db)
  })
  beforeEach(() => library().run(ROWS))

  const NONE = { person: null, article: null, comment: null, tag: null }
  const serve = (apis: Readonly<Record<string, CreateApiOptions | null>> = {}) => {
    const baseQuery: Model['baseQuery'] = ({ ref }) => sql<SqlBool>`${ref('tenant')} = 'A'`
    const purchase = defineModel(known.purchase as Model, { baseQuery }, known)
    return serveAll({
      manager: { methods: ['GET', 'POST'], allowClientGeneratedIds: true },
      models: { ...known, purchase },
      apis: { ...NONE, ...apis },
    })
  }
  const count = async (table: string) =>
    (await sql`select * from ${sql.id(table)}`.execute(library().db)).rows.length
  const missing = ['404 /data/id A resource that this id refers to does not exist']
  const readOnly = ['403 /data/id The id has the key of a relationship that is read-only']

  it('refers to rows that the client can see alone', async () => {
    const { post } = await serve()
    for (const id of ['2~1', '9~1'])
      expect(errorsOf(await post('/api/line', { data: { type: 'line', id } }))).toEqual(missing)
    for (const id of ['2', '9'])
      expect(errorsOf(await post('/api/bill', { data: { type: 'bill', id } }))).toEqual(missing)
    expect([await count('line'), await count('bill')]).toEqual([0, 0])
    const { document } = await post('/api/line', { data: { type: 'line', id: '1~1' } })
    expect(document.data.relationships.purchase.data).toEqual({ type: 'purchase', id: '1' })
    expect((await post('/api/bill', { data: { type: 'bill', id: '1' } })).status).toBe(201)
  })

  it.each<[string, CreateApiOptions]>([
    ['read-only', { readOnly: ['purchase'] }],
    ['excluded', { exclude: ['purchase'] }],
    [
      'denied by permissions',
      { can: ({ operation, field }) => operation === 'read' || field !== 'purchase' },
    ],
  ])('has no key of a relationship that is %s', async (_, options) => {
    const { post } = await serve({ line: options, bill: options })
    for (const id of ['1~1', '2~1'])
      expect(errorsOf(await post('/api/line', { data: { type: 'line', id } }))).toEqual(readOnly)
    expect(errorsOf(await post('/api/bill', { data: { type: 'bill', id: '1' } }))).toEqual(readOnly)
    expect([await count('line'), await count('bill')]).toEqual([0, 0])
  })

  it('has no key of a type that the client must not read', async () => {
    const { post } = await serve({ purchase: { can: () => false } })
    expect(errorsOf(await post('/api/line', { data: { type: 'line', id: '1~1' } }))).toEqual(missing)
  })

  it('has any key of a table without an API', async () => {
    const { post } = await serve({ purchase: null })
    expect((await post('/api/line', { data: { type: 'line', id: '2~1' } })).status).toBe(201)
  })
})
