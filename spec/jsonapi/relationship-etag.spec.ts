/** ETags of the URLs of relationships, and their preconditions. RFC 9110 §13.1.1. */
import { EventEmitter, once } from 'node:events'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { ProcessingException } from '../../lib/jsonapi/errors/processing-exception.ts'
import type { ProcessorContext } from '../../lib/jsonapi/manager/processors.ts'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { describeLibrary, errorsOf, ids, type LibraryApi } from '../support/library-api.ts'

const TABLES = `
  create table writer (id {id});
  create table label (id {id});
  create table writer_label (writer_id integer not null, label_id integer not null,
    primary key (writer_id, label_id), foreign key (writer_id) references writer (id),
    foreign key (label_id) references label (id));
  create table essay (id {id}, v integer not null default 1, writer_id integer,
    foreign key (writer_id) references writer (id));
`
const LABELS = '/api/writer/1/relationships/labels'
const data = (type: string, ...all: (string | number)[]) => ({
  data: all.map((id) => ({ type, id: `${id}` })),
})

describeLibrary('the ETag of a relationship', (serveAll, library) => {
  let models: Readonly<Record<string, Model>>
  let api: LibraryApi
  const many = Array.from({ length: 1000 }, (_, index) => index + 10)
  const fields = async (path: string) => ({ 'if-match': (await api.get(path)).headers.get('etag') as string })
  const serve = (options: object = {}) =>
    serveAll({
      models: { ...models, essay: defineModel(models.essay as Model, { version: 'v' }, models) },
      manager: {
        methods: ['GET', 'POST', 'PATCH', 'DELETE'],
        allowToManyReplacement: true,
        allowDeleteFromToManyRelationships: true,
      },
      ...options,
    })
  beforeAll(async () => {
    await library().run(TABLES)
    models = await introspect(library().db)
  })
  beforeEach(async () => {
    api = await serve()
    await library().run(`delete from writer_label where 1 = 1;
      delete from essay where 1 = 1;
      delete from label where 1 = 1;
      delete from writer where 1 = 1;
      insert into writer (id) values (1), (2);
      insert into label (id) values (1), (2), (3);
      insert into writer_label (writer_id, label_id) values (1, 1);
      insert into essay (id, writer_id) values (1, 1), (2, null);`)
  })

  it('matches at its own URL alone, as that of a resource does', async () => {
    await library().run('insert into writer_label (writer_id, label_id) values (2, 1);')
    const ofLabels = await fields(LABELS)
    expect((await api.delete('/api/writer/2/relationships/labels', data('label', 1), ofLabels)).status).toBe(
      412,
    )
    expect((await api.delete('/api/essay/2', undefined, await fields('/api/essay/1'))).status).toBe(412)
    expect((await api.delete('/api/writer/2', undefined, await fields('/api/writer/1'))).status).toBe(412)
  })

  it('matches while the members are the same, whatever page of them was read', async () => {
    const tag = await fields(LABELS)
    expect((await api.patch(LABELS, data('label', 2, 1), tag)).status).toBe(204)
    const page = await fields(`${LABELS}?page[size]=1&sort=-id`)
    expect((await api.post(LABELS, data('label', 3), page)).status).toBe(204)
    const refused = await api.delete(LABELS, data('label', 1), page)
    expect(errorsOf(refused)).toEqual([
      '412 The relationship has changed since it was read: read it again before changing it',
    ])
    expect(ids(await api.get(LABELS))).toEqual(['1', '2', '3'])
  })

  it('is that of the new members after a change', async () => {
    const { headers } = await api.post(LABELS, data('label', 2))
    const tag = { 'if-match': headers.get('etag') as string }
    expect((await api.patch(LABELS, data('label', 3), tag)).status).toBe(204)
    expect((await api.patch(LABELS, data('label', 3), tag)).status).toBe(412)
  })

  it('does not match after a change from the other side', async () => {
    const tag = await fields(LABELS)
    expect((await api.post('/api/label/2/relationships/writers', data('writer', 1))).status).toBe(204)
    expect((await api.patch(LABELS, data('label', 1, 3), tag)).status).toBe(412)
    const essays = '/api/writer/1/relationships/essays'
    const before = await fields(essays)
    const [moved] = data('essay', 2).data
    const relationships = { writer: { data: { type: 'writer', id: '1' } } }
    expect((await api.patch('/api/essay/2', { data: { ...moved, relationships } })).status).toBe(200)
    expect((await api.patch(essays, data('essay', 1), before)).status).toBe(412)
  })

  it('is of its URL alone: that of a resource or of another relationship is a 412', async () => {
    const essay = '/api/essay/1/relationships/writer'
    const to = (id: string) => ({ data: { type: 'writer', id } })
    expect((await api.patch(essay, to('2'), await fields('/api/essay/1'))).status).toBe(412)
    expect((await api.patch(LABELS, data('label', 2), await fields('/api/writer/1'))).status).toBe(412)
    const empty = await fields('/api/writer/2/relationships/essays')
    expect((await api.patch('/api/writer/2/relationships/labels', data('label'), empty)).status).toBe(412)
    const { headers } = await api.patch(essay, to('2'), await fields(essay))
    const tag = { 'if-match': headers.get('etag') as string }
    expect((await api.patch(essay, { data: null }, tag)).status).toBe(204)
    expect((await api.patch(essay, to('1'), tag)).status).toBe(412)
    expect((await api.patch(essay, to('1'), await fields(essay))).status).toBe(204)
  })

  it('matches nothing for more than a thousand members, except by *', async () => {
    await library().run(`insert into label (id) values ${many.map((id) => `(${id})`)};
      insert into writer_label (writer_id, label_id) values ${many.map((id) => `(1, ${id})`)};`)
    const tag = await fields(LABELS)
    expect((await api.patch(LABELS, data('label', 2), tag)).status).toBe(412)
    const changed = await api.post(LABELS, data('label', 2), { 'if-match': '*' })
    expect([changed.status, changed.headers.get('etag')]).toEqual([204, null])
  })

  it('is of the members that the preprocessors of a read show, also at a change', async () => {
    const own = await serve({
      apis: {
        writer: {
          preprocessors: {
            GET_RELATIONSHIP: [
              ({ filters, relationName }: ProcessorContext) => {
                if (relationName === 'labels') filters?.push({ name: 'id', op: 'neq', val: 1 })
              },
            ],
          },
        },
        essay: {
          preprocessors: {
            GET_RELATIONSHIP: [
              ({ filters, request }: ProcessorContext) => {
                filters?.push({ name: 'id', op: 'neq', val: Number(request.headers['x-hidden'] ?? 0) })
              },
            ],
          },
        },
      },
    })
    const tagOf = async (path: string, sent: Record<string, string> = {}) =>
      (await own.get(path, sent)).headers.get('etag') as string
    const change = (method: string, document: object, tag: string, path = LABELS, sent = {}) =>
      own.send(`${method} ${path}`, document, { 'if-match': tag, ...sent })
    const shown = await tagOf(LABELS)
    await library().run('delete from writer_label where 1 = 1;')
    expect(await tagOf(LABELS)).toBe(shown)
    await library().run('insert into writer_label (writer_id, label_id) values (1, 1);')
    const added = await change('POST', data('label', 2), shown)
    expect(added.status).toBe(204)
    expect((await change('POST', data('label', 3), shown)).status).toBe(412)
    const filtered = await tagOf(`${LABELS}?filter[id]=3`)
    expect((await change('POST', data('label', 3), filtered)).status).toBe(204)
    expect((await change('DELETE', data('label', 3), added.headers.get('etag') as string)).status).toBe(412)
    const writer = '/api/essay/1/relationships/writer'
    const hidden = { 'x-hidden': '1' }
    const none = await tagOf(writer, hidden)
    expect((await own.get(writer, hidden)).document.data).toBeNull()
    expect((await change('PATCH', { data: { type: 'writer', id: '2' } }, none, writer)).status).toBe(412)
    const changed = await change('PATCH', { data: { type: 'writer', id: '2' } }, none, writer, hidden)
    expect(changed.status).toBe(204)
  })

  it('is none where a preprocessor refuses the read: the change is not', async () => {
    const refuse = () => {
      throw new ProcessingException({ status: 403, detail: 'Not for you' })
    }
    const own = await serve({ apis: { writer: { preprocessors: { GET_RELATIONSHIP: [refuse] } } } })
    const tag = await fields(LABELS)
    const changed = await own.post(LABELS, data('label', 2))
    expect([changed.status, changed.headers.get('etag')]).toEqual([204, null])
    expect((await own.post(LABELS, data('label', 3), tag)).status).toBe(412)
    expect((await own.post(LABELS, data('label', 3), { 'if-match': '*' })).status).toBe(204)
  })

  it('is none after an error of another library with a status of the client', async () => {
    const refuse = ({ filters }: ProcessorContext) => {
      if (filters?.length === 0) throw Object.assign(new Error('Not for you'), { status: 403 })
    }
    const own = await serve({ apis: { writer: { preprocessors: { GET_RELATIONSHIP: [refuse] } } } })
    const tag = await fields(LABELS)
    expect((await own.get(LABELS)).status).toBe(403)
    expect((await own.get(`${LABELS}?filter[id]=1`)).status).toBe(200)
    expect((await own.post(LABELS, data('label', 2), tag)).status).toBe(412)
    expect((await own.post(LABELS, data('label', 2), { 'if-match': '*' })).status).toBe(204)
  })

  it('is read before the transaction, so that preprocessors may query by a handle of their own', async () => {
    const query = async ({ filters }: ProcessorContext) => {
      await library().db.selectFrom('label').selectAll().execute()
      filters?.push({ name: 'id', op: 'neq', val: 3 })
    }
    const own = await serve({
      apis: { writer: { processorTimeoutSeconds: 1, preprocessors: { GET_RELATIONSHIP: [query] } } },
    })
    const tag = (await own.get(LABELS)).headers.get('etag') as string
    expect((await own.post(LABELS, data('label', 2), { 'if-match': tag })).status).toBe(204)
    expect((await own.post(LABELS, data('label', 3), { 'if-match': tag })).status).toBe(412)
  })

  it('is that of the resource to which preprocessors lead both the read and the change', async () => {
    const toFirst = ({ resourceId }: ProcessorContext) => (resourceId === '9' ? '1' : undefined)
    const path = '/api/writer/9/relationships/labels'
    const both = { GET_RELATIONSHIP: [toFirst], POST_RELATIONSHIP: [toFirst] }
    const own = await serve({ apis: { writer: { preprocessors: both } } })
    const sent = async (url: string) => ({ 'if-match': (await own.get(url)).headers.get('etag') as string })
    expect((await own.post(path, data('label', 2), await sent(path))).status).toBe(204)
    expect((await own.post(path, data('label', 3), await sent(`${path}?filter[id]=1`))).status).toBe(204)
    const { GET_RELATIONSHIP } = both
    const other = await serve({
      apis: { writer: { preprocessors: { GET_RELATIONSHIP, POST_RELATIONSHIP: [() => '2'] } } },
    })
    expect((await other.post(path, data('label', 3), await sent(path))).status).toBe(412)
    expect((await other.post(path, data('label', 3), { 'if-match': '*' })).status).toBe(204)
  })

  it.each(['label', 'essay'])(
    'holds until the end of the transaction for members of type %s',
    async (type) => {
      const events = new EventEmitter()
      const hold = async () => {
        events.emit('locked')
        await once(events, 'end')
      }
      const own = await serve({ apis: { writer: { postprocessors: { PATCH_RELATIONSHIP: [hold] } } } })
      const path = `/api/writer/1/relationships/${type}s`
      const tag = await fields(path)
      const isLocked = once(events, 'locked')
      const replaced = own.patch(path, data(type, 1), tag)
      await isLocked
      const other =
        type === 'label'
          ? api.post('/api/label/2/relationships/writers', data('writer', 1))
          : api.patch('/api/essay/2/relationships/writer', { data: { type: 'writer', id: '1' } })
      setTimeout(() => events.emit('end'), 300)
      expect([(await replaced).status, (await other).status]).toEqual([204, 204])
      expect(ids(await api.get(path))).toEqual(['1', '2'])
    },
  )
})
