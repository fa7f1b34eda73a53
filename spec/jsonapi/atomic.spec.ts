/** The rules of the extension https://jsonapi.org/ext/atomic, over HTTP. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { Api } from '../../lib/api.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { ApiManager, type ManagerOptions } from '../../lib/jsonapi.ts'
import { trustedProxy } from '../../lib/security.ts'
import { type JsonApiReply, jsonApi } from '../support/json-api.ts'
import { describeLibrary } from '../support/library-api.ts'
import { quiet } from '../support/logger.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { serveWritable } from '../support/writable-library.ts'

const EXTENSION = 'https://jsonapi.org/ext/atomic'
const ATOMIC = `application/vnd.api+json; ext="${EXTENSION}"`
const FIELDS = { accept: ATOMIC, 'content-type': ATOMIC }

const tag = (name: string) => ({ type: 'tag', attributes: { name } })
const pointersOf = ({ document }: JsonApiReply): string[] =>
  (document?.errors ?? []).map(({ source }: { source?: { pointer?: string } }) => source?.pointer)

describeLibrary('atomic operations', (_, library) => {
  const start = async (options: Partial<ManagerOptions> = {}) => {
    const api = await serveWritable(library(), options)
    const operate = (...operations: unknown[]) =>
      api.send('POST /api/operations', { 'atomic:operations': operations }, FIELDS)
    return { ...api, operate }
  }
  const names = async () => {
    const { rows } = await sql<{ name: string }>`select name from tag order by id`.execute(library().db)
    return rows.map(({ name }) => name)
  }

  it('have as many results as operations, in their order, with the documents of single requests', async () => {
    const { operate, get } = await start()
    const { status, headers, document } = await operate(
      { op: 'add', data: tag('first') },
      { op: 'update', ref: { type: 'tag', id: '1' }, data: { ...tag('history'), id: '1' } },
      { op: 'add', href: '/api/tag', data: tag('second') },
    )
    expect([status, headers.get('content-type')]).toEqual([200, ATOMIC])
    expect(document.jsonapi).toEqual({ version: '1.1', ext: [EXTENSION] })
    const [first, second, third] = document['atomic:results']
    expect(second).toEqual({})
    for (const { data } of [first, third]) expect(data).toEqual((await get(data.links.self)).document.data)
  })

  it('are run for any host that a client sends; an href is below a host that URLs can have', async () => {
    const { served } = await start()
    const answer = (version: string, host: string, operation: object) => {
      const content = JSON.stringify({ 'atomic:operations': [operation] })
      const lines = [`POST /api/operations HTTP/${version}`, `Content-Type: ${ATOMIC}`, `Accept: ${ATOMIC}`]
      if (host) lines.push(`Host: ${host}`)
      lines.push(`Content-Length: ${content.length}`, 'Connection: close', '', content)
      return served.rawUntilClose(lines.join('\r\n'))
    }
    for (const [version, host] of [
      ['1.1', '1.2.3.4.5'],
      ['1.1', '256.0.0.1'],
      ['1.0', ''],
    ] as const) {
      expect(await answer(version, host, { op: 'add', data: tag(`of ${host}`) })).toContain(' 200 OK')
      expect(await answer(version, host, { op: 'remove', href: '/api/tag/99' })).toMatch(/ 40[04] /)
    }
  })

  it('are a 204 without content where all results are empty', async () => {
    const { operate } = await start()
    const removed = await operate(
      { op: 'remove', href: '/api/tag/3' },
      {
        op: 'add',
        ref: { type: 'article', id: '1', relationship: 'tags' },
        data: [{ type: 'tag', id: '1' }],
      },
    )
    expect([removed.status, removed.text]).toEqual([204, ''])
  })

  it('see the changes of those before them, by lid in ref, data and linkage (FJ-100)', async () => {
    const { operate, get } = await start()
    const { document } = await operate(
      { op: 'add', data: { ...tag('new'), lid: 't' } },
      {
        op: 'add',
        data: {
          type: 'article',
          lid: 't', // of another type
          attributes: { title: 'New' },
          relationships: {
            tags: { data: [{ type: 'tag', lid: 't' }] },
            author: { data: { type: 'person', id: '1' } },
          },
        },
      },
      { op: 'update', ref: { type: 'article', lid: 't', relationship: 'author' }, data: null },
      {
        op: 'update',
        ref: { type: 'tag', lid: 't' },
        data: { type: 'tag', lid: 't', attributes: { name: 'newer' } },
      },
      {
        op: 'remove',
        ref: { type: 'article', lid: 't', relationship: 'tags' },
        data: [{ type: 'tag', lid: 't' }],
      },
      {
        op: 'add',
        ref: { type: 'article', lid: 't', relationship: 'tags' },
        data: [{ type: 'tag', id: '1' }],
      },
    )
    const [{ data: newTag }, { data: article }] = document['atomic:results']
    expect((await get(newTag.links.self)).document.data.attributes.name).toBe('newer')
    const { relationships } = (await get(article.links.self)).document.data
    expect([relationships.author.data, relationships.tags.data]).toEqual([null, [{ type: 'tag', id: '1' }]])
    const unknown = await operate(
      { op: 'add', data: tag('never') },
      { op: 'remove', ref: { type: 'tag', lid: 't' } },
    )
    expect([unknown.status, pointersOf(unknown)]).toEqual([400, ['/atomic:operations/1/ref/lid']])
    const twice = await operate(
      ...['a', 'b'].map((name) => ({ op: 'add', data: { ...tag(name), lid: 'x' } })),
    )
    expect([twice.status, pointersOf(twice)]).toEqual([400, ['/atomic:operations/1/data/lid']])
  })

  it('update the resource that data names, without a ref or an href', async () => {
    const { operate } = await start()
    const lid = { type: 'tag', lid: 'u' }
    const reply = await operate(
      { op: 'add', data: { ...tag('unnamed'), lid: 'u' } },
      { op: 'update', data: { ...lid, attributes: { name: 'by lid' } } },
      { op: 'update', data: { ...tag('by id'), id: '2' } },
      { op: 'remove', ref: lid },
    )
    expect(reply.status).toBe(200)
    expect(await names()).toContain('by id')
    const failures: [operation: object, status: number, pointer: string][] = [
      [{ op: 'update', data: tag('x') }, 400, '/data'],
      [{ op: 'update', data: { id: '2' } }, 400, '/data'],
      [{ op: 'update', data: { ...tag('x'), id: 2 } }, 409, '/data/id'],
      [{ op: 'update', data: { ...tag('x'), lid: 'v' } }, 400, '/data/lid'],
      [{ op: 'update', data: [] }, 400, '/data'],
      [{ op: 'remove', data: { type: 'tag', id: '2' } }, 400, ''],
    ]
    for (const [operation, status, pointer] of failures) {
      const refused = await operate(operation)
      expect([refused.status, pointersOf(refused)]).toEqual([status, [`/atomic:operations/0${pointer}`]])
    }
  })

  it('add to a collection: a target with another id or lid than its data is refused', async () => {
    const { operate } = await start()
    const before = await names()
    for (const target of [
      { ref: { type: 'tag', id: '50' } },
      { ref: { type: 'tag', lid: 'v' } },
      { href: '/api/tag/50' },
    ]) {
      const reply = await operate({ op: 'add', ...target, data: { ...tag('elsewhere'), lid: 'w' } })
      const [member] = Object.keys(target)
      expect([reply.status, pointersOf(reply)]).toEqual([400, [`/atomic:operations/0/${member}`]])
    }
    expect(await names()).toEqual(before)
    const ref = { type: 'tag', lid: 'w' }
    const reply = await operate({ op: 'add', ref, data: { ...tag('here'), lid: 'w' } }, { op: 'remove', ref })
    expect(reply.status).toBe(200)
  })

  it('succeed or fail as a whole, whatever fails (FJ-105, FJ-106, FJ-107, JA-104)', async () => {
    const { operate } = await start()
    const before = await names()
    const failures: [operation: unknown, status: number, pointer: string][] = [
      [{ op: 'add', data: tag('history') }, 409, '/data/attributes/name'],
      [{ op: 'add', data: tag('x'.repeat(41)) }, 400, '/data/attributes/name'],
      [{ op: 'add', data: { type: 'tag', attributes: {} } }, 400, '/data'],
      [{ op: 'update', ref: { type: 'tag', id: '1' }, data: { type: 'tag', id: '2' } }, 409, '/data/id'],
      [{ op: 'update', ref: { type: 'tag', id: '1' }, data: { type: 'person', id: '1' } }, 409, '/data/type'],
      [{ op: 'update', ref: { type: 'tag', id: '99' }, data: { ...tag('x'), id: '99' } }, 404, ''],
      [
        {
          op: 'add',
          ref: { type: 'article', id: '1', relationship: 'tags' },
          data: [{ type: 'tag', id: '99' }],
        },
        404,
        '/data/0',
      ],
      [{ op: 'add', ref: { type: 'article', id: '1', relationship: 'nope' }, data: [] }, 404, ''],
      [
        { op: 'update', ref: { type: 'comment', id: '1', relationship: 'article' }, data: null },
        400,
        '/data',
      ],
    ]
    for (const [failure, status, pointer] of failures) {
      const reply = await operate({ op: 'add', data: tag('never') }, failure, {
        op: 'remove',
        ref: { type: 'tag', id: '1' },
      })
      expect([failure, reply.status, pointersOf(reply)]).toEqual([
        failure,
        status,
        [`/atomic:operations/1${pointer}`],
      ])
      expect(await names()).toEqual(before)
    }
  })

  it('with a ref run by the last API of the type, also where an earlier one allows more', async () => {
    const { db, models } = library()
    const app = polka()
    const manager = new ApiManager(new Api(app, { title: 'Library', version: '1', logger: quiet() }), { db })
    const all = ['GET', 'POST', 'PATCH', 'DELETE'] as const
    manager.createApi(models.tag as Model, { prefix: '/admin', methods: all })
    manager.createApi(models.tag as Model, { methods: ['GET'] })
    const { send } = jsonApi(await serve(app))
    const before = await names()
    const data = { ...tag('mine'), id: '1' }
    for (const operation of [
      { op: 'update', ref: { type: 'tag', id: '1' }, data },
      { op: 'remove', ref: { type: 'tag', id: '1' } },
      { op: 'add', data: tag('mine') },
    ]) {
      const { status } = await send('POST /api/operations', { 'atomic:operations': [operation] }, FIELDS)
      expect([operation.op, status]).toEqual([operation.op, 403])
    }
    expect(await names()).toEqual(before)
    const update = { op: 'update', href: '/admin/tag/1', data }
    const { status } = await send('POST /api/operations', { 'atomic:operations': [update] }, FIELDS)
    expect(status).toBeLessThan(300)
  })

  it('take exactly the URLs that links have, absolute or not, as href', async () => {
    const { operate, served } = await start()
    const own = '/api/article/1/relationships/tags'
    const replace = (href: string) => operate({ op: 'update', href, data: [] })
    for (const href of [own, `${served.url}${own}`, '/api/article/%31/relationships/tags'])
      expect([href, (await replace(href)).status]).toEqual([href, 204])
    for (const href of [
      '',
      '/',
      '/article/1/relationships/tags',
      'api/article/1/relationships/tags',
      '/x/api/article/1/relationships/tags',
      '/api/article/1/tags',
      '/api/article/1/relationships',
      '/api/article//relationships/tags',
      '/api/article/1/relationships/',
      '/api/article/1/relationships/tags/1',
      '/api/article/1/relationships/tags?x=1',
      '/api/article/1/relationships/tags#x',
      '/api/article/%zz/relationships/tags',
      '/api/articles/1/relationships/tags',
      `https://example.org${own}`,
      `//example.org${own}`,
      'http://',
    ]) {
      const reply = await replace(href)
      expect([href, reply.status, pointersOf(reply)]).toEqual([href, 400, ['/atomic:operations/0/href']])
    }
  })

  it('take URLs behind mounts, proxies and a baseUrl as href', async () => {
    const { db, models } = library()
    const own = '/api/article/1/relationships/tags'
    const status = async (mount: string, options: Partial<ManagerOptions>, href: string, prefix = '') => {
      const outer = polka()
      const inner = mount === '' ? outer : polka()
      outer.use(trustedProxy(['127.0.0.1']))
      const manager = new ApiManager(inner, {
        db,
        methods: ['PATCH'],
        allowToManyReplacement: true,
        ...options,
      })
      for (const model of Object.values(models)) manager.createApi(model)
      if (inner !== outer) outer.use(mount, inner as never)
      const { send } = jsonApi(await serve(outer))
      const document = { 'atomic:operations': [{ op: 'update', href, data: [] }] }
      const fields = prefix === '' ? FIELDS : { ...FIELDS, 'x-forwarded-prefix': prefix }
      return (await send(`POST ${mount}/api/operations`, document, fields)).status
    }
    expect(await status('/v1', {}, `/v1${own}`)).toBe(204)
    expect(await status('/v1', {}, own)).toBe(400)
    expect(await status('', {}, `/shop${own}`, '/shop')).toBe(204)
    expect(await status('', {}, own, '/shop')).toBe(400)
    const baseUrl = 'https://api.example.org/v2'
    expect(await status('', { baseUrl }, `${baseUrl}${own}`)).toBe(204)
    expect(await status('', { baseUrl }, `/v2${own}`)).toBe(204)
    expect(await status('', { baseUrl }, own)).toBe(400)
    expect(await status('', { baseUrl }, `https://api.example.com/v2${own}`)).toBe(400)
  })

  it('need the extension in Content-Type, and Accept may leave it out', async () => {
    const { send } = await start()
    const document = { 'atomic:operations': [{ op: 'add', data: tag('negotiated') }] }
    const plain = 'application/vnd.api+json'
    for (const [type, accept, status] of [
      [plain, ATOMIC, 415],
      [`${plain}; ext="https://jsonapi.org/ext/atomic https://example.org/other"`, ATOMIC, 415],
      [`${ATOMIC}; charset=utf-8`, ATOMIC, 415],
      ['application/json', ATOMIC, 415],
      [ATOMIC, `${plain}; ext="https://example.org/other"`, 406],
      [ATOMIC, 'text/html', 406],
      [ATOMIC, '*/*', 200],
    ] as const) {
      const reply = await send('POST /api/operations', document, { accept, 'content-type': type })
      expect([type, accept, reply.status]).toEqual([type, accept, status])
    }
    expect((await names()).filter((name) => name === 'negotiated')).toHaveLength(1)
    expect((await send('GET /api/operations')).status).toBe(405)
  })

  it('are at most 1,000, and as many as the option `operations` says', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        op: 'remove',
        ref: { type: 'tag', id: `${index + 100}` },
      }))
    const { operate } = await start()
    expect(pointersOf(await operate(...many(1000)))).toEqual(['/atomic:operations/0'])
    expect(pointersOf(await operate(...many(1001)))).toEqual(['/atomic:operations'])
    const few = await start({ operations: { maxOperations: 2 } })
    expect(pointersOf(await few.operate(...many(3)))).toEqual(['/atomic:operations'])
    const none = await start({ operations: false })
    expect((await none.operate(...many(1))).status).toBe(404)
  })

  it('run with the API of their href, and by ref with the last one of their type (RES-011, RES-012)', async () => {
    const { db, models } = library()
    const app = polka()
    const manager = new ApiManager(app, { db })
    const tags = models.tag as Model
    manager.createApi(tags, { methods: ['GET', 'PATCH'], can: ({ operation }) => operation === 'read' })
    manager.createApi(tags, { prefix: '/fixed', methods: ['GET', 'PATCH'], readOnly: ['name'] })
    manager.createApi(tags, { prefix: '/read' })
    manager.createApi(tags, { prefix: '/admin', methods: ['GET', 'PATCH'] })
    const { send } = jsonApi(await serve(app))
    const data = { ...tag('history'), id: '1' }
    const update = async (target: object) => {
      const reply = await send(
        'POST /api/operations',
        { 'atomic:operations': [{ op: 'update', ...target, data }] },
        FIELDS,
      )
      return [reply.status, pointersOf(reply)]
    }
    const at = '/atomic:operations/0'
    expect(await update({ href: '/api/tag/1' })).toEqual([403, [at]])
    expect(await update({ href: '/fixed/tag/1' })).toEqual([403, [`${at}/data/attributes/name`]])
    expect(await update({ href: '/read/tag/1' })).toEqual([403, [at]])
    expect(await update({ href: '/admin/tag/1' })).toEqual([204, []])
    expect(await update({ ref: { type: 'tag', id: '1' } })).toEqual([204, []])
  })
})
