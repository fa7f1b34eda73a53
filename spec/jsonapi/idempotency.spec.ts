/** POST with an Idempotency-Key: it runs once, whoever sends it again. */
import { EventEmitter, once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { sql } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import { Api } from '../../lib/api.ts'
import {
  ApiManager,
  createIdempotencyTable,
  deleteOldResponses,
  type ManagerOptions,
  type Model,
} from '../../lib/jsonapi.ts'
import { apiKey, authenticate, basic } from '../../lib/security.ts'
import { type JsonApiReply, jsonApi } from '../support/json-api.ts'
import { describeLibrary, errorsOf } from '../support/library-api.ts'
import { quiet } from '../support/logger.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { serveWritable } from '../support/writable-library.ts'

const ATOMIC = 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'

const tag = (name: string) => ({ data: { type: 'tag', attributes: { name } } })
const key = (text: string, more: Record<string, string> = {}) => ({ 'idempotency-key': text, ...more })
const shown = ({ status, headers, text }: JsonApiReply) => [
  status,
  text,
  ...['location', 'etag', 'content-type'].map((name) => headers.get(name)),
]

describeLibrary('a POST with an Idempotency-Key', (_, library) => {
  beforeAll(() => createIdempotencyTable(library().db))
  const start = (options: Partial<ManagerOptions> = {}) =>
    serveWritable(library(), { idempotency: true, ...options })
  const count = async (name: string) => {
    const { rows } = await sql<{ n: unknown }>`select count(*) as n from tag where name like ${name}`.execute(
      library().db,
    )
    return Number(rows[0]?.n)
  }

  it('has the response of the first, with its fields, whenever it is sent again (FJ-115)', async () => {
    const { post, delete: remove } = await start()
    const first = await post('/api/tag', tag('once'), key('a'))
    expect(first.status).toBe(201)
    expect(shown(await post('/api/tag', tag('once'), key('a')))).toEqual(shown(first))
    await remove(first.headers.get('location') ?? '')
    expect(shown(await post('/api/tag', tag('once'), key('a')))).toEqual(shown(first))
    expect(await count('once')).toBe(0)
    const later = await start() // another process
    expect(shown(await later.post('/api/tag', tag('once'), key('a')))).toEqual(shown(first))
  })

  it('runs where requests that wait for the first see it fail, whose locks may collide then', async () => {
    const first = new EventEmitter()
    let runs = 0
    const failFirst = async () => {
      runs += 1
      if (runs > 1) return
      first.emit('running')
      await setTimeout(300)
      throw new Error('of the first')
    }
    const { post } = await start({ postprocessors: { POST_RESOURCE: [failFirst] } })
    for (let round = 1; round <= 3; round++) {
      runs = 0
      const send = () => post('/api/tag', tag(`round ${round}`), key(`round ${round}`))
      const isRunning = once(first, 'running')
      const failing = send()
      await isRunning
      const replies = await Promise.all([send(), send(), send()])
      expect((await failing).status).toBe(500)
      expect(replies.map(({ status }) => status)).toEqual([201, 201, 201])
      expect(new Set(replies.map(({ document }) => document.data.id)).size).toBe(1)
      expect([runs, await count(`round ${round}`)]).toEqual([2, 1])
    }
  })

  it('is refused where the key was used for another document, URL or operation (FJ-116)', async () => {
    const { post, send } = await start()
    await post('/api/tag', tag('used'), key('b'))
    for (const reply of [
      await post('/api/tag', tag('other'), key('b')),
      await post('/api/tag?include=articles', tag('used'), key('b')),
      await post('/api/person', { data: { type: 'person', attributes: { name: 'x' } } }, key('b')),
      await send(
        'POST /api/operations',
        { 'atomic:operations': [{ op: 'add', ...tag('x') }] },
        key('b', { accept: ATOMIC, 'content-type': ATOMIC }),
      ),
    ])
      expect(errorsOf(reply)).toEqual([expect.stringMatching(/^422 .*another request/)])
    expect(await count('other')).toBe(0)
  })

  it('of identities that other members name is another key', async () => {
    const identities = [{ id: '7' }, { client_id: '7' }, { username: '7' }, { name: '7' }]
    const { post } = await serveWritable(
      library(),
      { idempotency: true },
      ({ headers }) => identities[Number(headers['x-client'])],
    )
    for (const index of identities.keys())
      await post('/api/tag', tag(`member ${index}`), key('m', { 'x-client': String(index) }))
    expect(await count('member %')).toBe(4)
  })

  it('of another client is another key', async () => {
    const { post } = await start()
    const one = await post('/api/tag', tag('mine'), key('c', { authorization: 'Bearer one' }))
    const two = await post('/api/tag', tag('yours'), key('c', { authorization: 'Bearer two' }))
    expect([one.status, two.status, await count('mine'), await count('yours')]).toEqual([201, 201, 1, 1])
  })

  it('of another identity, or of other cookies, is another key, whatever has authenticated the client', async () => {
    let tokens = 0
    const identity = ({ headers }: { headers: NodeJS.Dict<unknown> }) =>
      headers['x-user'] === undefined ? undefined : { sub: headers['x-user'], iat: tokens++ }
    const { post } = await serveWritable(library(), { idempotency: true }, identity)
    const add = async (name: string, fields: Record<string, string>) =>
      (await post('/api/tag', tag(name), key('f', fields))).document.data?.attributes.name
    expect(await add('by-ada', { 'x-user': 'ada' })).toBe('by-ada')
    expect(await add('by-ben', { 'x-user': 'ben' })).toBe('by-ben')
    expect(await add('by-ada', { 'x-user': 'ada', authorization: 'Bearer fresh' })).toBe('by-ada')
    expect(await add('by-cleo', { cookie: 'session=cleo' })).toBe('by-cleo')
    expect(await add('by-dan', { cookie: 'session=dan' })).toBe('by-dan')
    expect(await add('by-eve', { authorization: 'ada' })).toBe('by-eve')
    expect(await add('by-fay', { cookie: 'ada' })).toBe('by-fay')
    expect(await Promise.all(['ada', 'ben', 'cleo', 'dan'].map((name) => count(`by-${name}`)))).toEqual([
      1, 1, 1, 1,
    ])
  })

  it('of a client of another security scheme is another key, also with the same id', async () => {
    const logger = quiet()
    const app = polka().use(
      authenticate(
        {
          bot: apiKey({ header: 'x-api-key', verify: () => ({ id: 7 }) }),
          user: basic({ realm: 'x', verify: () => ({ id: 7 }) }),
        },
        [{ bot: [] }, { user: [] }],
      ),
    )
    const api = new Api(app, { title: 'Library', version: '1', logger })
    const manager = new ApiManager(api, { db: library().db, methods: ['POST'], idempotency: true })
    for (const model of Object.values(library().models)) manager.createApi(model)
    const { post } = jsonApi(await serve(app))
    const add = async (name: string, fields: Record<string, string>) =>
      (await post('/api/tag', tag(name), key('s', fields))).document.data?.attributes.name
    expect(await add('by-bot', { 'x-api-key': 'k' })).toBe('by-bot')
    expect(await add('by-user', { authorization: 'Basic YTpi' })).toBe('by-user')
    expect(await add('by-bot', { 'x-api-key': 'k' })).toBe('by-bot')
    expect([await count('by-bot'), await count('by-user')]).toEqual([1, 1])
  })

  it('needs an identity that can be told from others', async () => {
    const { post, logger } = await serveWritable(library(), { idempotency: true }, () => ({ role: 'admin' }))
    expect((await post('/api/tag', tag('nameless'), key('g'))).status).toBe(500)
    expect(String(logger.lines[0]?.[1])).toContain(
      'An Idempotency-Key needs a text, a number, or an object with one of id',
    )
    expect(await count('nameless')).toBe(0)
  })

  it('may be sent again after it has failed', async () => {
    const { post } = await start()
    expect((await post('/api/tag', tag('history'), key('d'))).status).toBe(409)
    expect((await post('/api/tag', tag('corrected'), key('d'))).status).toBe(201)
    let isBroken = true
    const fail = () => {
      if (isBroken) throw new Error('broken')
    }
    const broken = await start({ postprocessors: { POST_RESOURCE: [fail] } })
    expect((await broken.post('/api/tag', tag('broken'), key('e'))).status).toBe(500)
    isBroken = false
    expect((await broken.post('/api/tag', tag('broken'), key('e'))).status).toBe(201)
    expect(await count('broken')).toBe(1)
  })

  it('adds members and runs operations once, too', async () => {
    const { send, delete: remove, get } = await start()
    const document = { 'atomic:operations': [{ op: 'add', ...tag('operated') }] }
    const fields = key('f', { accept: ATOMIC, 'content-type': ATOMIC })
    const replies = [
      await send('POST /api/operations', document, fields),
      await send('POST /api/operations', document, fields),
    ]
    expect(replies.map(shown)).toEqual(Array(2).fill(shown(replies[0] as JsonApiReply)))
    expect(await count('operated')).toBe(1)
    const url = '/api/article/3/relationships/tags'
    const members = { data: [{ type: 'tag', id: '1' }] }
    expect((await send(`POST ${url}`, members, key('g'))).status).toBe(204)
    await remove(url, members)
    expect((await send(`POST ${url}`, members, key('g'))).status).toBe(204)
    expect((await get(url)).document.data).toEqual([])
  })

  it('has 1 to 255 characters, and without the option none is read', async () => {
    const { post, patch } = await start()
    const long = await post('/api/tag', tag('long'), key('x'.repeat(256)))
    expect(errorsOf(long)).toEqual([expect.stringMatching(/^400 Idempotency-Key /)])
    expect((await post('/api/tag', tag('long'), key('x'.repeat(255)))).status).toBe(201)
    const data = { type: 'tag', id: '1', attributes: { name: 'history' } }
    expect((await patch('/api/tag/1', { data }, key('h'))).status).toBe(204)
    const plain = await start({ idempotency: false })
    const twice = [
      await plain.post('/api/tag', tag('plain'), key('i')),
      await plain.post('/api/tag', tag('plain'), key('i')),
    ]
    expect(twice.map(({ status }) => status)).toEqual([201, 409])
  })

  it('is new again once its response has been deleted', async () => {
    const { post } = await start()
    await post('/api/tag', tag('kept'), key('j'))
    await deleteOldResponses(library().db)
    expect((await post('/api/tag', tag('kept'), key('j'))).status).toBe(201)
    await deleteOldResponses(library().db, { maxAgeSeconds: -1 })
    expect((await post('/api/tag', tag('kept'), key('j'))).status).toBe(409)
  })

  it.each([{}, { table: 'kept_responses' }])('is kept in a table that no API serves: %j', (idempotency) => {
    const { table = 'mazurka_idempotency' } = idempotency
    const model = { ...(library().models.tag as Model), table }
    const manager = new ApiManager(undefined, { db: library().db, idempotency })
    expect(() => manager.createApi(model)).toThrow(
      new TypeError(`The table '${table}' has the responses of all clients: it is no model`),
    )
  })

  it('without its table is a 500, and creates nothing', async () => {
    const { post, logger } = await start({ idempotency: { table: 'no_such_table' } })
    const { status, text } = await post('/api/tag', tag('never'), key('k'))
    expect([status, text.includes('no_such_table'), await count('never')]).toEqual([500, false, 0])
    expect(logger.text()).toContain('no_such_table')
  })
})
