/** Changes by two clients at once: the second one of a state that has changed is refused, and nothing is lost. */
import { EventEmitter, once } from 'node:events'
import { expect, it } from 'vitest'
import type { CreateApiOptions } from '../../lib/jsonapi/manager/manager-options.ts'
import type { Processor } from '../../lib/jsonapi/manager/processors.ts'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { dialectOf } from '../../lib/jsonapi/model/dialect.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { describeLibrary, ids } from '../support/library-api.ts'

const LIBRARY = { person: null, article: null, comment: null, tag: null }
const METHODS = ['GET', 'POST', 'PATCH', 'DELETE'] as const

describeLibrary('the ETag of a state', (serveAll, library) => {
  it('tells bytes apart that are no UTF-8', async () => {
    await library().run(
      'create table picture (id {id}, data {binary});\ninsert into picture (id) values (1);',
    )
    const { picture } = await introspect(library().db)
    const api = await serveAll({
      manager: { methods: METHODS, requireIfMatch: true },
      models: { picture: picture as Model },
      apis: LIBRARY,
    })
    const etag = async () => (await api.get('/api/picture/1')).headers.get('etag') as string
    const write = async (data: string, tag: string) =>
      (
        await api.patch(
          '/api/picture/1',
          { data: { type: 'picture', id: '1', attributes: { data } } },
          { 'if-match': tag },
        )
      ).status
    expect(await write('/////w==', await etag())).toBe(204)
    const read = await etag()
    expect([await write('v7+/vw==', read), await write('gICAgA==', read)]).toEqual([204, 412])
  })

  it.each(['no action', 'set null', 'set default'])(
    'is another one after the DELETE of a row that it refers to, with the rule %s',
    async (rule) => {
      const isUnknown = rule === 'set default' && dialectOf(library().db) === 'mysql'
      if (isUnknown) return // InnoDB refuses the rule
      const name = rule.replace(' ', '_')
      await library().run(`create table maker_${name} (id {id});
        insert into maker_${name} (id) values (1);
        create table made_${name} (id {id}, maker_id integer, counted integer not null, changed {datetime},
          foreign key (maker_id) references maker_${name} (id) on delete ${rule});
        insert into made_${name} (id, maker_id, counted, changed) 
          values (1, 1, 1, '2100-01-01 00:00:00'), (2, 1, 1, '2100-01-01 00:00:00.001');`)
      const models = await introspect(library().db)
      const [maker, made] = [models[`maker_${name}`] as Model, models[`made_${name}`] as Model]
      for (const version of ['counted', 'changed']) {
        await library().run(`update made_${name} set maker_id = null;
          delete from maker_${name};
          insert into maker_${name} (id) values (1);
          update made_${name} set maker_id = 1;`)
        const refined = defineModel(made, { version }, models)
        const api = await serveAll({
          manager: { methods: METHODS },
          models: { [maker.name]: maker, [made.name]: refined },
          apis: LIBRARY,
        })
        const urls = [1, 2].map((id) => `/api/${made.name}/${id}`)
        const tags = await Promise.all(urls.map(async (url) => (await api.get(url)).headers.get('etag')))
        expect((await api.delete(`/api/${maker.name}/1`)).status).toBe(204)
        for (const [index, url] of urls.entries()) {
          const fields = { 'if-match': tags[index] as string }
          const change = { data: { type: made.type, id: `${index + 1}` } }
          expect((await api.patch(url, change, fields)).status).toBe(412)
        }
      }
    },
  )

  it('is another one after a change of a computed attribute, whose columns are hidden', async () => {
    const name = {
      get: ({ name, email }: Record<string, unknown>) => `${name} ${email}`,
      set: (value: unknown) => {
        const [name, email] = String(value).split(' ')
        return { name, email }
      },
    }
    const person = defineModel(library().models.person as Model, {
      computed: { full: name, today: { get: () => Math.random() } },
    })
    const api = await serveAll({
      manager: { methods: METHODS, requireIfMatch: true },
      models: { person },
      apis: { person: { exclude: ['name', 'email'] } },
    })
    const change = (full: string) => ({ data: { type: 'person', id: '1', attributes: { full } } })
    const etag = (await api.get('/api/person/1?fields[person]=full')).headers.get('etag') as string
    const first = await api.patch('/api/person/1', change('Ann a@b.c'), { 'if-match': etag })
    const second = await api.patch('/api/person/1', change('Bob b@b.c'), { 'if-match': etag })
    expect([first.status, second.status]).toEqual([200, 412])
    const next = { 'if-match': first.headers.get('etag') as string }
    expect((await api.patch('/api/person/1', change('Bob b@b.c'), next)).status).toBe(200)
  })

  it.each(['(0)', '(1)', '(3)', '(6)', ''])(
    'is another one after each change, with a time %s as version',
    async (precision) => {
      const name = `dated${precision.replace(/\W/g, '')}`
      const type = `${dialectOf(library().db) === 'mysql' ? 'datetime' : 'timestamp'}${precision}`
      await library().run(`create table ${name}_owner (id {id});
        insert into ${name}_owner (id) values (1), (2);
        create table ${name} (id {id}, n integer, changed ${type} not null, owner_id integer,
          foreign key (owner_id) references ${name}_owner (id));
        insert into ${name} (id, n, changed) values (1, 0, '2100-01-01 00:00:00');`)
      const models = await introspect(library().db)
      const owner = `${name}_owner`
      const api = await serveAll({
        manager: { methods: METHODS, allowToManyReplacement: true },
        models: {
          [name]: defineModel(models[name] as Model, { version: 'changed' }, models),
          [owner]: models[owner] as Model,
        },
        apis: LIBRARY,
      })
      const url = `/api/${name}/1`
      const relation = Object.keys((await api.get(`/api/${owner}/1`)).document.data.relationships)[0]
      const tags: (string | null)[] = []
      const read = async () => void tags.push((await api.get(url)).headers.get('etag')?.split('-')[0] ?? null)
      await read()
      for (const n of [1, 2]) {
        const { status } = await api.patch(url, { data: { type: name, id: '1', attributes: { n } } })
        expect(status).toBeLessThan(300)
        await read()
        const members = { data: [{ type: name, id: '1' }] }
        expect((await api.patch(`/api/${owner}/${n}/relationships/${relation}`, members)).status).toBe(204)
        await read()
      }
      expect(new Set(tags).size).toBe(5)
    },
  )
})

describeLibrary(
  'the removal of a member that another request gives away meanwhile',
  (serveAll, library) => {
    it.each([
      ['sets no key', 'null', {}],
      ['deletes nothing', 'not null', { deleteOrphans: true }],
    ] as const)('%s of the new owner', async (_, nullability, options) => {
      const suffix = nullability.replace(' ', '_')
      await library().run(`create table owner_${suffix} (id {id});
        insert into owner_${suffix} (id) values (1), (2);
        create table thing_${suffix} (id {id}, owner_id integer ${nullability},
          foreign key (owner_id) references owner_${suffix} (id));
        insert into thing_${suffix} (id, owner_id) values (1, 1);`)
      const models = await introspect(library().db)
      const [owner, thing] = [`owner_${suffix}`, `thing_${suffix}`]
      const events = new EventEmitter()
      const waitForEnd = async () => {
        events.emit('written')
        await once(events, 'end')
      }
      const thingOptions: CreateApiOptions = { postprocessors: { PATCH_RESOURCE: [waitForEnd] } }
      const api = await serveAll({
        manager: { methods: METHODS, allowDeleteFromToManyRelationships: true },
        models: { [owner]: models[owner] as Model, [thing]: models[thing] as Model },
        apis: { ...LIBRARY, [owner]: options, [thing]: thingOptions },
      })
      const { relationships } = (await api.get(`/api/${owner}/1`)).document.data
      const [relation] = Object.keys(relationships)
      const [key] = Object.keys((await api.get(`/api/${thing}/1`)).document.data.relationships)
      const isWritten = once(events, 'written')
      const moved = api.patch(`/api/${thing}/1`, {
        data: {
          type: thing,
          id: '1',
          relationships: { [key as string]: { data: { type: owner, id: '2' } } },
        },
      })
      await isWritten
      const removed = api.delete(`/api/${owner}/1/relationships/${relation}`, {
        data: [{ type: thing, id: '1' }],
      })
      setTimeout(() => events.emit('end'), 500)
      expect([(await moved).status, (await removed).status]).toEqual([204, 204])
      expect(ids(await api.get(`/api/${owner}/2/${relation}`))).toEqual(['1'])
    })
  },
  ['postgres', 'mysql'],
)

describeLibrary(
  'a change of members that waits for another one',
  (serveAll) => {
    it('reads what the other one has written, also after a preprocessor that has read', async () => {
      const events = new EventEmitter()
      const readFirst: Processor = async ({ db }) => {
        await db.selectFrom('tag').selectAll().execute()
        events.emit('read')
      }
      const waitForEnd: Processor = async ({ request }) => {
        if (!request.headers['x-slow']) return
        events.emit('written')
        await once(events, 'end')
      }
      const api = await serveAll({
        manager: { methods: METHODS, allowToManyReplacement: true },
        apis: {
          article: {
            preprocessors: { PATCH_RELATIONSHIP: [readFirst] },
            postprocessors: { PATCH_RELATIONSHIP: [waitForEnd] },
          },
        },
      })
      const replace = (members: readonly string[], fields = {}) =>
        api.patch(
          '/api/article/1/relationships/tags',
          { data: members.map((id) => ({ type: 'tag', id })) },
          fields,
        )
      const isWritten = once(events, 'written')
      const first = replace(['3'], { 'x-slow': '1' })
      await isWritten
      const hasRead = once(events, 'read')
      const second = replace(['1'])
      await hasRead
      events.emit('end')
      expect([(await first).status, (await second).status]).toEqual([204, 204])
      expect(ids(await api.get('/api/article/1/tags'))).toEqual(['1'])
    })
  },
  ['postgres', 'mysql'],
)
