import { beforeAll, expect, it } from 'vitest'
import { ApiManager } from '../../../lib/jsonapi/manager/api-manager.ts'
import { defineModel } from '../../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../../lib/jsonapi/model/model.ts'
import { describeEachDatabase, type OpenDatabase } from '../../support/databases.ts'
import { type JsonApi, jsonApi } from '../../support/json-api.ts'
import { errorsOf } from '../../support/library-api.ts'
import { polka } from '../../support/polka.ts'
import { serve } from '../../support/server.ts'

const TABLES = `
  create table memo (
    token {uuid} not null primary key, data {json}, changed {datetime} not null, born date, size integer not null default 1,
    twice integer generated always as (size * 2) stored
  );
`

describeEachDatabase('values of a document', ({ open }) => {
  let database: OpenDatabase
  beforeAll(async () => {
    database = await open()
    await database.run(TABLES)
  })

  async function start(): Promise<JsonApi> {
    const { memo } = await introspect(database.db)
    const app = polka()
    const manager = new ApiManager(app, { db: database.db, methods: ['GET', 'POST', 'PATCH'] })
    if (memo) manager.createApi({ ...memo, version: 'changed' })
    return jsonApi(await serve(app))
  }
  const memo = (attributes: object, id?: string) => ({
    data: { type: 'memo', ...(id && { id }), attributes },
  })

  it('in a JSON column are opaque: any JSON comes back as it was sent (FJ-153)', async () => {
    const api = await start()
    const values = [
      { id: 1, type: 'x', links: { self: '/' }, data: [null], relationships: {} },
      [1, 'two', { three: null }],
      'text',
      0.1,
      false,
      {},
      [],
    ]
    for (const data of values) {
      const { document } = await api.post('/api/memo', memo({ data }))
      expect(document.data.attributes.data).toEqual(data)
      expect((await api.get(`/api/memo/${document.data.id}`)).document.data.attributes.data).toEqual(data)
    }
  })

  it('have a generated id where it is a UUID without a default', async () => {
    const { document } = await (await start()).post('/api/memo', memo({}))
    expect(document.data.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })

  it('of a computed attribute are those of the document: null with isNullable, and none where it has none', async () => {
    const given: unknown[] = []
    const set = (value: unknown) => {
      given.push(value)
      return { size: value === null ? 0 : Number(value) }
    }
    const type = { kind: 'integer' } as const
    const { memo: model } = await introspect(database.db)
    const app = polka()
    const computed = { area: { type, set }, sized: { type, isNullable: false, set } }
    const manager = new ApiManager(app, { db: database.db, methods: ['GET', 'POST'] })
    manager.createApi(defineModel(model as Model, { computed }))
    const api = jsonApi(await serve(app))
    const changed = '2020-01-31T10:00:00Z'
    const send = (attributes: object) => api.post('/api/memo', memo({ changed, ...attributes }))
    expect((await send({})).status).toBe(201)
    expect(given).toEqual([])
    expect((await send({ area: null })).document.data.attributes.size).toBe(0)
    expect((await send({ area: 3 })).document.data.attributes.size).toBe(3)
    expect(given).toEqual([null, 3])
    expect(errorsOf(await send({ sized: null }))).toEqual([
      '400 /data/attributes/sized Failed to deserialize object: The attribute "sized" must not be null',
    ])
    expect((await send({ area: 'x' })).status).toBe(400)
    expect(given).toHaveLength(2)
  })

  it('have a time of the last change that is always later, and cannot be sent', async () => {
    const api = await start()
    const { document } = await api.post('/api/memo', memo({}))
    const { id } = document.data
    let before = document.data.attributes.changed
    for (const size of [2, 3, 4, 5, 6]) {
      const reply = await api.patch(`/api/memo/${id}`, memo({ size }, id))
      const { changed, twice } = reply.document.data.attributes
      expect([reply.status, twice, Date.parse(changed) > Date.parse(before)]).toEqual([200, size * 2, true])
      before = changed
    }
    const refused = await api.patch(`/api/memo/${id}`, memo({ changed: before, twice: 7 }, id))
    const errors = refused.document.errors as { status: string; source: { pointer: string } }[]
    expect(errors.map(({ status, source }) => [status, source.pointer])).toEqual([
      ['403', '/data/attributes/changed'],
      ['403', '/data/attributes/twice'],
    ])
  })

  it('of a wrong type are refused together, with their pointers (RES-235, RES-218)', async () => {
    const api = await start()
    const reply = await api.post('/api/memo', memo({ born: 'yesterday', size: 'large' }))
    const errors = reply.document.errors as { source: { pointer: string } }[]
    expect(reply.status).toBe(400)
    expect(errors.map(({ source }) => source.pointer)).toEqual([
      '/data/attributes/born',
      '/data/attributes/size',
    ])
    expect((await api.post('/api/memo', memo({ born: '2020-02-29' }))).status).toBe(201)
  })
})
