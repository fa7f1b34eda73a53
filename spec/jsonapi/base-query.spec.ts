/** Base queries with subqueries of their own, and what responses have of rows that one hides. */
import { type SqlBool, sql } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model, RowReference } from '../../lib/jsonapi/model/model.ts'
import type { JsonApiReply } from '../support/json-api.ts'
import { describeLibrary, ids } from '../support/library-api.ts'

const LIBRARY = { person: null, article: null, comment: null, tag: null }
const METHODS = ['GET', 'PATCH', 'DELETE'] as const

describeLibrary('a base query', (serveAll, library) => {
  let task: Model
  beforeAll(async () => {
    await library().run(`
      create table task (id {id}, name varchar(20), secret integer, parent_id integer, foreign key (parent_id) references task (id));
      insert into task values (1, 'hidden', 1, null);
      insert into task values (2, 'below it', 0, 1);
      insert into task values (3, 'shown', 0, null);
      insert into task values (4, 'hidden, too', 1, null);`)
    const models = await introspect(library().db, { tables: ['task'] })
    task = models.task as Model
  })

  it.each(['t', 't0', 't1', 'x'])(
    'may call the table of a subquery %s: reads and writes agree',
    async (name) => {
      const t = sql.ref(name)
      const model = defineModel(task, {
        baseQuery: ({ ref }) =>
          sql<SqlBool>`${ref('secret')} = 0 and not exists
          (select 1 from task as ${t} where ${t}.id = ${ref('parent_id')} and ${t}.secret = 1)`,
      })
      const { get, patch, ...api } = await serveAll({
        manager: { methods: METHODS },
        models: { task: model },
        apis: LIBRARY,
      })
      const change = (id: string) =>
        patch(`/api/task/${id}`, { data: { type: 'task', id, attributes: { name: `seen as ${name}` } } })
      expect(ids(await get('/api/task'))).toEqual(['3'])
      expect(ids(await get('/api/task?sort=parent.name'))).toEqual(['3'])
      expect((await get('/api/task/2')).status).toBe(404)
      expect([(await change('2')).status, (await change('3')).status]).toEqual([404, 204])
      expect((await api.delete('/api/task/2')).status).toBe(404)
    },
  )

  it('leaves the row that it hides out of the ETag of another one, which tells changes apart by what is shown', async () => {
    const { task: own } = await introspect(library().db)
    const hiding = { baseQuery: ({ ref }: RowReference) => sql<SqlBool>`${ref('secret')} = 0` }
    const api = await serveAll({
      manager: { methods: METHODS, allowToManyReplacement: true },
      models: { task: defineModel(own as Model, hiding) },
      apis: LIBRARY,
    })
    const stateOf = (reply: JsonApiReply) => reply.headers.get('etag')?.split('-')[0]
    const tag = async (path: string) => (await api.get(path)).headers.get('etag') as string
    const states: unknown[] = []
    for (const parent of ['1', '4', 'null', '3']) {
      await library().run(`update task set parent_id = ${parent} where id = 2`)
      const paths = ['/api/task/2', '/api/task/2?fields[task]=name']
      const [read, ...others] = await Promise.all(paths.map(async (path) => await api.get(path)))
      const linked = parent === '3' ? { type: 'task', id: '3' } : null
      expect(read?.document.data.relationships.parent.data).toEqual(linked)
      for (const other of others) expect(stateOf(other)).toBe(stateOf(read as JsonApiReply))
      states.push(stateOf(read as JsonApiReply))
    }
    expect(new Set(states.slice(0, 3)).size).toBe(1)
    expect(states[3]).not.toBe(states[0])
    const etag = await tag('/api/task/2')
    const data = { type: 'task', id: '2', relationships: { parent: { data: null } } }
    const changed = await api.patch('/api/task/2', { data }, { 'if-match': etag })
    expect([changed.status, stateOf(changed)]).toEqual([204, states[0]])
    expect((await api.patch('/api/task/2', { data }, { 'if-match': etag })).status).toBe(412)
  })
})
