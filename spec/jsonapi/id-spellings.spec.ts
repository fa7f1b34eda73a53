/** Ids that have several spellings, and those that are too long for a URL. */
import { beforeAll, expect, it } from 'vitest'
import { POSTPROCESSORS, PREPROCESSORS, type ProcessorContext } from '../../lib/jsonapi/manager/processors.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { describeLibrary, errorsOf } from '../support/library-api.ts'

const LOWER = '123e4567-e89b-12d3-a456-426614174000'
const UPPER = LOWER.toUpperCase()
const OTHER = `a${LOWER.slice(1)}`

describeLibrary('an id that has several spellings', (serveAll, library) => {
  let models: Readonly<Record<string, Model>>
  const serve = () =>
    serveAll({
      models,
      manager: { methods: ['GET', 'POST', 'PATCH', 'DELETE'], allowClientGeneratedIds: true },
    })
  beforeAll(async () => {
    await library().run(`create table gadget (id uuid primary key, name varchar(20));
      create table page (id varchar(700) primary key, name varchar(20));
      create table visit (place integer not null, day date not null, name varchar(20), primary key (place, day));`)
    models = await introspect(library().db)
  })

  it('names the same resource in each, in URLs and in documents', async () => {
    const api = await serve()
    const created = await api.post('/api/gadget', { data: { type: 'gadget', id: UPPER } })
    expect([created.status, created.document.data.id]).toEqual([201, LOWER])
    const read = await api.get(`/api/gadget/${UPPER}`)
    expect(read.document.data.id).toBe(LOWER)
    for (const url of [read.document.links.self, `/api/gadget/${LOWER}`])
      for (const id of [UPPER, LOWER])
        expect(
          (await api.patch(url, { data: { type: 'gadget', id, attributes: { name: id.slice(0, 8) } } }))
            .status,
        ).toBe(204)
    const other = { data: { type: 'gadget', id: LOWER.replace('1', '2') } }
    expect((await api.patch(`/api/gadget/${UPPER}`, other)).status).toBe(409)
    expect((await api.patch(`/api/gadget/${UPPER}`, { data: { ...other.data, id: 'x' } })).status).toBe(409)
  })

  it('is the one of documents for processors; a text that can be no id reaches them as it is', async () => {
    const seen: unknown[] = []
    const see = ({ resourceId, relatedResourceId }: ProcessorContext) => {
      seen.push(relatedResourceId ?? resourceId)
      return resourceId === 'me' ? LOWER : undefined
    }
    const all = (kinds: readonly string[]) => Object.fromEntries(kinds.map((kind) => [kind, [see]]))
    await library().run(`create table part (id uuid primary key, gadget_id uuid, foreign key (gadget_id) references gadget (id));
      delete from gadget;
      insert into gadget values ('${LOWER}', 'x');
      insert into part values ('${OTHER}', '${LOWER}');`)
    const api = await serveAll({
      models: await introspect(library().db),
      manager: {
        methods: ['GET', 'PATCH', 'DELETE'],
        preprocessors: all(PREPROCESSORS),
        postprocessors: all(POSTPROCESSORS),
      },
    })
    const data = { type: 'gadget', id: UPPER, attributes: {} }
    for (const [id, spellings] of [
      [UPPER, [LOWER, LOWER]],
      ['me', ['me', LOWER]],
    ] as const)
      for (const path of [`/api/gadget/${id}`, `/api/gadget/${id}/parts`]) {
        seen.length = 0
        expect((await api.get(path)).status).toBe(200)
        expect(seen).toEqual(spellings)
      }
    for (const [run, spellings] of [
      [() => api.get(`/api/gadget/${UPPER}/parts/${OTHER.toUpperCase()}`), [OTHER, OTHER]],
      [() => api.get(`/api/part/${OTHER.toUpperCase()}/relationships/gadget`), [OTHER, OTHER]],
      [
        () => api.patch(`/api/part/${OTHER.toUpperCase()}/relationships/gadget`, { data: null }),
        [OTHER, OTHER],
      ],
      [() => api.patch(`/api/gadget/${UPPER}`, { data }), [LOWER, LOWER]],
      [() => api.delete(`/api/gadget/${UPPER}`), [LOWER, LOWER]],
    ] as const) {
      seen.length = 0
      expect((await run()).status).toBeLessThan(300)
      expect(seen).toEqual(spellings)
    }
    seen.length = 0
    expect((await api.get('/api/person/01')).status).toBe(404)
    expect(seen).toEqual(['01'])
  })

  it('is not the time of a request', async () => {
    const api = await serve()
    for (const now of ['CURRENT_DATE', 'CURRENT_TIMESTAMP', 'LOCALTIMESTAMP']) {
      const { status } = await api.post('/api/visit', { data: { type: 'visit', id: `1~${now}` } })
      expect([now, status, (await api.get(`/api/visit/1~${now}`)).status]).toEqual([now, 400, 404])
    }
  })

  it('is refused where it is too long for a URL (RFC 9110 §4.1)', async () => {
    const api = await serve()
    for (const [id, status] of [
      ['é'.repeat(666), 201],
      ['é'.repeat(667), 400],
    ] as const) {
      const reply = await api.post('/api/page', { data: { type: 'page', id } })
      expect(reply.status).toBe(status)
      if (status === 201) expect((await api.get(reply.headers.get('location') as string)).status).toBe(200)
      else
        expect(errorsOf(reply)).toEqual([
          '400 /data/id Failed to deserialize object: The id has more than 4000 octets in a URL',
        ])
    }
  })
})
