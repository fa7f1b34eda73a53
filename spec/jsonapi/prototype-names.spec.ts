/** Tables and columns with the names that every object of JavaScript has members of. */
import { beforeAll, expect, it } from 'vitest'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { describeEachDatabase, type OpenDatabase } from '../support/databases.ts'
import { ids, serveLibrary } from '../support/library-api.ts'

const MANAGER = { methods: ['GET', 'POST', 'PATCH', 'DELETE'], allowFunctions: true } as const
const COLUMNS = ['constructor', 'toString', 'valueOf', 'hasOwnProperty']

describeEachDatabase(
  'columns called constructor, toString, valueOf and hasOwnProperty',
  ({ open, dialect }) => {
    let opened: OpenDatabase
    let models: Record<string, Model>
    beforeAll(async () => {
      opened = await open()
      const quoted = (name: string) => (dialect === 'mysql' ? `\`${name}\`` : `"${name}"`)
      await opened.run(`create table constructor (${quoted('valueOf')} varchar(9) not null primary key);
      create table result (id {id}, ${COLUMNS.map((name) => `${quoted(name)} varchar(9)`).join(', ')})`)
      models = await introspect(opened.db, { names: { types: { result: 'outcome' } } })
    })

    it('are attributes like all others', async () => {
      const { get, post, patch } = await serveLibrary({ ...opened, models }, { manager: MANAGER })
      const attributes = Object.fromEntries(COLUMNS.map((name, index) => [name, `text ${index}`]))
      const created = await post('/api/outcome', { data: { type: 'outcome', attributes } })
      expect([created.status, created.document.data.attributes]).toEqual([201, attributes])
      const { id } = created.document.data
      for (const name of COLUMNS) {
        const change = { data: { type: 'outcome', id, attributes: { [name]: 'new' } } }
        expect((await patch(`/api/outcome/${id}`, change)).status).toBe(204)
        expect(ids(await get(`/api/outcome?filter[${name}]=new&sort=${name}`))).toEqual([id])
        const { document } = await get(`/api/outcome?fields[outcome]=${name}`)
        expect(document.data[0].attributes).toEqual({ [name]: 'new' })
      }
      const other = await post('/api/outcome', { data: { type: 'outcome' } })
      expect(Object.values(other.document.data.attributes)).toEqual([null, null, null, null])
    })

    it('can be the key, and the table can have such a name', async () => {
      const { get, send } = await serveLibrary(
        { ...opened, models },
        { manager: { ...MANAGER, allowClientGeneratedIds: true } },
      )
      const document = (id?: string) => ({ data: { type: 'constructor', id } })
      expect((await send('POST /api/constructor', document())).status).toBe(400)
      expect((await send('POST /api/constructor', document('a'))).status).toBe(201)
      expect((await send('POST /api/constructor', document('a'))).status).toBe(409)
      expect(ids(await get('/api/constructor?filter[id]=a'))).toEqual(['a'])
    })

    it('can be declared', () => {
      const columns = Object.fromEntries(COLUMNS.map((name) => [name, 'string' as const]))
      const model = defineModel({ table: 'result', columns: { id: 'integer', ...columns } })
      expect(model.attributes).toEqual(Object.fromEntries(['id', ...COLUMNS].map((name) => [name, name])))
      const base = defineModel({ table: 'result', columns: { id: 'integer' } })
      const refined = defineModel(base, {
        columns,
        relations: { toString: { target: 'result', local: 'valueOf' } },
      })
      expect(refined.attributes.constructor).toBe('constructor')
      expect(Object.keys(refined.relations)).toEqual(['toString'])
      expect(() => defineModel(base, { relations: { valueOf: null } })).toThrow('does not exist')
    })
  },
)
