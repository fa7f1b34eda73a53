/** Concurrent writers, and databases that are gone, busy or locked, over HTTP. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { createIdempotencyTable, dialectOf, type ProcessorContext } from '../../lib/jsonapi.ts'
import { adminMariaDb, adminPostgres } from '../support/databases.ts'
import type { JsonApiReply } from '../support/json-api.ts'
import { describeLibrary, errorsOf, objects } from '../support/library-api.ts'
import { serveWritable } from '../support/writable-library.ts'

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

const statuses = (replies: readonly JsonApiReply[]) => replies.map(({ status }) => status).sort()

const article = (attributes: object, id = '1') => ({ data: { type: 'article', id, attributes } })

function deferred() {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve: () => resolve() }
}

describeLibrary('concurrent writers', (_, library) => {
  const count = async (table: string) =>
    Number(
      (await sql<{ n: unknown }>`select count(*) as n from ${sql.table(table)}`.execute(library().db)).rows[0]
        ?.n,
    )

  it('of one row with If-Match lose no update: each version has one successor (FJ-113)', async () => {
    const { get, patch } = await serveWritable(library())
    await patch('/api/article/1', article({ body: '0' }))
    const increment = async (): Promise<void> => {
      const { headers, document } = await get('/api/article/1')
      const body = `${Number(document.data.attributes.body) + 1}`
      const { status } = await patch('/api/article/1', article({ body }), {
        'if-match': headers.get('etag') ?? '',
      })
      if (status === 412) return increment()
      expect(status).toBe(204)
    }
    await Promise.all(times(12, increment))
    expect((await get('/api/article/1')).document.data.attributes.body).toBe('12')
  })

  it('with one ETag succeed once', async () => {
    const { get, patch } = await serveWritable(library())
    const tag = (await get('/api/article/2')).headers.get('etag') ?? ''
    const replies = await Promise.all(
      times(8, (index) =>
        patch('/api/article/2', article({ title: `Title ${index}` }, '2'), { 'if-match': tag }),
      ),
    )
    expect(statuses(replies)).toEqual([204, ...Array(7).fill(412)])
  })

  it('of different attributes keep the changes of all (FJ-72)', async () => {
    const { get, patch } = await serveWritable(library())
    const changes = [
      { title: 'New' },
      { body: 'New body' },
      { price: '3.00' },
      { published: '2022-02-02T02:02:02Z' },
    ]
    const replies = await Promise.all(changes.map((change) => patch('/api/article/3', article(change, '3'))))
    expect(statuses(replies)).toEqual([204, 204, 204, 204])
    const { attributes } = (await get('/api/article/3')).document.data
    expect(attributes).toMatchObject({ title: 'New', body: 'New body', price: '3.00' })
    expect(attributes.published).toMatch(/^2022-02-02T02:02:02/)
  })

  it('that create one id, or one unique value, create one resource (FJ-83)', async () => {
    const { post } = await serveWritable(library())
    const tags = await count('tag')
    const same = { data: { type: 'tag', id: '700', attributes: { name: 'one id' } } }
    const ids = await Promise.all(
      times(6, (index) => post('/api/tag', { data: { ...same.data, attributes: { name: `id ${index}` } } })),
    )
    expect(statuses(ids)).toEqual([201, ...Array(5).fill(409)])
    const names = await Promise.all(
      times(6, () => post('/api/tag', { data: { type: 'tag', attributes: { name: 'one name' } } })),
    )
    expect(statuses(names)).toEqual([201, ...Array(5).fill(409)])
    const refused = names.find(({ status }) => status === 409)
    expect(refused?.document.errors[0].source).toEqual({ pointer: '/data/attributes/name' })
    expect(await count('tag')).toBe(tags + 2)
  })

  it('with one Idempotency-Key create one resource, and get its response or a 409 (FJ-115)', async () => {
    await createIdempotencyTable(library().db)
    const { post } = await serveWritable(library(), { idempotency: true })
    const [people, field] = [await count('person'), { 'idempotency-key': 'a' }]
    const person = { data: { type: 'person', attributes: { name: 'Once' } } }
    const replies = await Promise.all(times(6, () => post('/api/person', person, field)))
    const created = replies.filter(({ status }) => status === 201)
    expect(replies.every(({ status }) => status === 201 || status === 409)).toBe(true)
    expect(new Set(created.map(({ text }) => text)).size).toBe(1)
    expect(await count('person')).toBe(people + 1)
    const other = { data: { type: 'person', attributes: { name: 'Other' } } }
    const [repeated, refused] = [
      await post('/api/person', person, field),
      await post('/api/person', other, field),
    ]
    expect([repeated.status, repeated.text, refused.status]).toEqual([201, created[0]?.text, 422])
    expect(await count('person')).toBe(people + 1)
  })

  it('that add one member add it once (FJ-90)', async () => {
    const { post, get } = await serveWritable(library())
    const url = '/api/article/4/relationships/tags'
    const replies = await Promise.all(times(6, () => post(url, { data: [{ type: 'tag', id: '1' }] })))
    expect(statuses(replies)).toEqual(Array(6).fill(204))
    expect((await get(url)).document.data).toEqual([{ type: 'tag', id: '1' }])
  })

  it('and readers see changes as a whole', async () => {
    const { post, get } = await serveWritable(library())
    const atomic = 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'
    const add = (name: string) => ({ op: 'add', data: { type: 'tag', attributes: { name } } })
    const both = async (index: number) => {
      const document = { 'atomic:operations': [add(`left ${index}`), add(`right ${index}`)] }
      await post('/api/operations', document, { accept: atomic, 'content-type': atomic }).catch(
        () => undefined,
      )
    }
    const counts = await Promise.all(
      times(12, async (index) => {
        if (index % 3 === 0) await both(index)
        const { document } = await get(
          `/api/tag?${objects({ name: 'name', op: 'like', val: '% _%' })}&page[size]=100`,
        )
        const names: string[] = document.data.map(
          (one: { attributes: { name: string } }) => one.attributes.name,
        )
        return (
          names.filter((name) => name.startsWith('left')).length -
          names.filter((name) => name.startsWith('right')).length
        )
      }),
    )
    expect(counts).toEqual(Array(12).fill(0))
  })
})

describeLibrary('a request that fails', (_, library) => {
  const title = async () =>
    (await sql<{ title: string }>`select title from article where id = 1`.execute(library().db)).rows[0]
      ?.title

  it('in its postprocessor is rolled back, for every operation (RES-279, FJ-105, FJ-106, FJ-107, FJ-109)', async () => {
    const fail = () => {
      throw new Error('select secret from postprocessor')
    }
    const kinds = [
      'POST_RESOURCE',
      'PATCH_RESOURCE',
      'DELETE_RESOURCE',
      'POST_RELATIONSHIP',
      'PATCH_RELATIONSHIP',
      'DELETE_RELATIONSHIP',
    ]
    const { send } = await serveWritable(library(), {
      postprocessors: Object.fromEntries(kinds.map((kind) => [kind, [fail]])),
    })
    const all = async () =>
      JSON.stringify(
        await Promise.all(
          ['article', 'tag', 'article_tag'].map(
            async (table) =>
              (await sql`select * from ${sql.table(table)} order by 1, 2`.execute(library().db)).rows,
          ),
        ),
      )
    const before = await all()
    const member = { data: [{ type: 'tag', id: '3' }] }
    for (const [line, document] of [
      ['POST /api/tag', { data: { type: 'tag', attributes: { name: 'never' } } }],
      ['PATCH /api/article/1', article({ title: 'never' })],
      ['DELETE /api/article/1', undefined],
      ['POST /api/article/1/relationships/tags', member],
      ['PATCH /api/article/1/relationships/tags', member],
      ['DELETE /api/article/1/relationships/tags', { data: [{ type: 'tag', id: '1' }] }],
      ['PATCH /api/article/1/relationships/author', { data: null }],
    ] as const) {
      const { status, text } = await send(line, document)
      expect([line, status, text.includes('secret')]).toEqual([line, 500, false])
      expect(await all()).toBe(before)
    }
  })

  it('since its client leaves before the commit is rolled back (FJ-109)', async () => {
    const before = await title()
    const entered = deferred()
    const left = deferred()
    let isFirst = true
    const wait = async ({ request }: ProcessorContext) => {
      if (!isFirst) return
      isFirst = false
      request.socket.once('close', left.resolve)
      entered.resolve()
      await left.promise
    }
    const api = await serveWritable(library(), { postprocessors: { PATCH_RESOURCE: [wait] } })
    const controller = new AbortController()
    const gone = api.served.fetch('/api/article/1', {
      method: 'PATCH',
      headers: { 'content-type': 'application/vnd.api+json' },
      body: JSON.stringify(article({ title: 'never' })),
      signal: controller.signal,
    })
    await entered.promise
    controller.abort()
    await expect(gone).rejects.toThrow()
    expect((await api.patch('/api/article/1', article({ body: 'next' }))).status).toBe(204) // after it
    expect(await title()).toBe(before)
  })

  it('leaves the others alone: the next one succeeds (FJ-106)', async () => {
    const { send, patch, get } = await serveWritable(library())
    const faults = [
      '{"data":',
      { data: { type: 'tag', attributes: {} } },
      { data: { type: 'tag', attributes: { name: 'history' } } },
    ]
    for (const fault of faults) {
      expect((await send('POST /api/tag', fault)).status).toBeGreaterThanOrEqual(400)
      expect((await patch('/api/article/4', article({ title: 'Next' }, '4'))).status).toBe(204)
      expect((await get('/api/article/4')).status).toBe(200)
    }
  })
})

describeLibrary(
  'a database whose connection is lost',
  (_, library) => {
    it('in mid-request answers 503, and the next request works (FJ-106, FJ-108, FJ-109)', async () => {
      const kill = async ({ db }: ProcessorContext) => {
        if (dialectOf(library().db) === 'postgres') {
          const { rows } = await sql<{ id: number }>`select pg_backend_pid() as id`.execute(db)
          await adminPostgres(`select pg_terminate_backend(${rows[0]?.id})`)
        } else {
          const { rows } = await sql<{ id: number }>`select connection_id() as id`.execute(db)
          await adminMariaDb(`kill connection ${rows[0]?.id}`)
        }
      }
      let isKilled = true
      const processor = (context: ProcessorContext) => (isKilled ? kill(context) : undefined)
      const operations = {
        PATCH_RESOURCE: [processor],
        POST_RESOURCE: [processor],
        DELETE_RESOURCE: [processor],
      }
      const api = await serveWritable(library(), { preprocessors: operations })
      for (let round = 0; round < 6; round++) {
        isKilled = true
        const lost = await api.patch('/api/article/1', article({ title: 'never' }))
        expect([lost.status, lost.headers.get('retry-after')]).toEqual([503, '5'])
        expect(errorsOf(lost)).toEqual(['503 The data are not available at the moment'])
        expect(
          (await api.post('/api/tag', { data: { type: 'tag', attributes: { name: 'never' } } })).status,
        ).toBe(503)
        isKilled = false
        const read = await api.get('/api/article/1')
        expect([read.status, read.document.data.attributes.title]).toEqual([200, 'Engines'])
        expect((await api.patch('/api/article/1', article({ body: `${round}` }))).status).toBe(204)
      }
    })
  },
  ['postgres', 'mysql'],
)
