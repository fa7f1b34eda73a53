/** Bad documents: every one is answered with an error that names its member, and changes no row. */
import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { describeLibrary, objects } from '../support/library-api.ts'
import { serveWritable } from '../support/writable-library.ts'

const TYPE = 'application/vnd.api+json'
const ATOMIC = `${TYPE}; ext="https://jsonapi.org/ext/atomic"`
const IN_OPERATIONS = { accept: ATOMIC, 'content-type': ATOMIC }

describeLibrary('a hostile document', (_, library) => {
  const rows = async () =>
    JSON.stringify((await sql`select * from tag order by id`.execute(library().db)).rows)

  it.for([
    ['', ''],
    ['null', ''],
    ['[]', ''],
    ['{}', ''],
    ['{"errors":[]}', ''],
    ['{"data":null}', '/data'],
    ['{"data":[]}', '/data'],
    ['{"data":"x"}', '/data'],
    ['{"data":{}}', '/data'],
    ['{"data":{"type":1}}', '/data/type'],
    ['{"data":{"type":"person"}}', '/data/type'],
    ['{"data":{"type":"tag","id":1}}', '/data/id'],
    ['{"data":{"type":"tag","id":{}}}', '/data/id'],
    ['{"data":{"type":"tag","id":"x"}}', '/data/id'],
    ['{"data":{"type":"tag"}}', '/data'],
    ['{"data":{"type":"tag","attributes":[]}}', '/data/attributes'],
    ['{"data":{"type":"tag","attributes":null}}', '/data/attributes'],
    ['{"data":{"type":"tag","attributes":{"name":1}}}', '/data/attributes/name'],
    ['{"data":{"type":"tag","attributes":{"name":{"$ne":1}}}}', '/data/attributes/name'],
    ['{"data":{"type":"tag","attributes":{"name":"x","type":"y"}}}', '/data/attributes/type'],
    ['{"data":{"type":"tag","attributes":{"name":"x","articles":[]}}}', '/data/attributes/articles'],
    ['{"data":{"type":"tag","attributes":{"name":"x","constructor":1}}}', '/data/attributes/constructor'],
    ['{"data":{"type":"tag","attributes":{"name":"\\ud800"}}}', '/data/attributes/name'],
    [`{"data":{"type":"tag","attributes":{"name":"${'x'.repeat(41)}"}}}`, '/data/attributes/name'],
    ['{"data":{"type":"tag","relationships":[]}}', '/data/relationships'],
    ['{"data":{"type":"tag","relationships":{"nope":{"data":null}}}}', '/data/relationships/nope'],
    ['{"data":{"type":"tag","relationships":{"name":{"data":null}}}}', '/data/relationships/name'],
    [
      '{"data":{"type":"tag","attributes":{"name":"x"},"relationships":{"articles":null}}}',
      '/data/relationships/articles',
    ],
    [
      '{"data":{"type":"tag","attributes":{"name":"x"},"relationships":{"articles":{}}}}',
      '/data/relationships/articles',
    ],
  ] as const)(
    '%s is refused with its pointer (RES-199, RES-200, RES-218, FJ-124)',
    async ([text, pointer]) => {
      const { send } = await serveWritable(library())
      const before = await rows()
      const { status, document } = await send('POST /api/tag', text)
      expect([400, 409]).toContain(status)
      expect(document.errors[0].source).toEqual({ pointer })
      expect(await rows()).toBe(before)
    },
  )

  it('that is no JSON, too deep, or too long is refused as a whole', async () => {
    const { send, served } = await serveWritable(library())
    const attribute = (text: string) => `{"data":{"type":"tag","attributes":{"name":${text}}}}`
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    for (const text of ['{', '{"data":', "{'data':1}", attribute(deep), attribute('{"__proto__":{"a":1}}')])
      expect(await send('POST /api/tag', text)).toMatchObject({ status: 400 })
    expect(await send('POST /api/tag', attribute(`"${'x'.repeat(2_000_000)}"`))).toMatchObject({
      status: 413,
    })
    const body = Buffer.from(attribute('"?"')).map((byte) => (byte === 0x3f ? 0xff : byte))
    const invalid = await served.fetch('/api/tag', {
      method: 'POST',
      headers: { 'content-type': TYPE },
      body,
    })
    expect(invalid.status).toBe(400)
    expect(await rows()).not.toContain('\ufffd')
  })

  it('with thousands of errors gets the first of them', async () => {
    const { send } = await serveWritable(library())
    const attributes = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`a${index}`, 1]))
    const { status, document } = await send('POST /api/tag', { data: { type: 'tag', attributes } })
    expect([status, document.errors.length]).toEqual([400, 100])
    const data = Array.from({ length: 20_000 }, (_, index) => ({ type: 'tag', id: `${index + 10}` }))
    const members = await send('POST /api/article/4/relationships/tags', { data })
    expect([members.status, members.document.errors.length]).toEqual([404, 100])
  })

  it('with relations that repeat, dangle or have another type leaves the members as they were (FJ-71, FJ-84, FJ-92)', async () => {
    const { send, get } = await serveWritable(library())
    const url = '/api/article/2/relationships/tags'
    const tag = (id: unknown) => ({ type: 'tag', id })
    for (const [data, status, pointer] of [
      [[tag('1'), tag('99')], 404, '/data/1'],
      [[tag('1'), tag('x')], 404, '/data/1'],
      [[tag('1'), tag('1e0')], 404, '/data/1'],
      [[tag('1'), tag(1)], 409, '/data/1/id'],
      [[tag('1'), { type: 'person', id: '1' }], 409, '/data/1/type'],
      [[tag('1'), { type: 'tag' }], 400, '/data/1'],
      [[tag('1'), null], 400, '/data/1'],
      [tag('1'), 400, '/data'],
      ['1', 400, '/data'],
    ] as const) {
      for (const method of ['POST', 'PATCH', 'DELETE']) {
        const reply = await send(`${method} ${url}`, { data })
        if (method === 'DELETE' && status === 404)
          expect(reply.status).toBe(204) // they are gone already
        else expect([reply.status, reply.document.errors[0].source]).toEqual([status, { pointer }])
      }
      const relationships = { tags: { data } }
      const reply = await send('PATCH /api/article/2', { data: { type: 'article', id: '2', relationships } })
      expect(reply.document.errors[0].source.pointer).toBe(`/data/relationships/tags${pointer}`)
      expect((await get(url)).document.data).toEqual([{ type: 'tag', id: '2' }])
    }
    expect(await send(`POST ${url}`, { data: [tag('1'), tag('1'), tag('2')] })).toMatchObject({ status: 204 })
    expect((await get(url)).document.data).toEqual([tag('1'), tag('2')])
    expect(await send(`DELETE ${url}`, { data: [tag('1'), tag('1')] })).toMatchObject({ status: 204 })
    expect((await get(url)).document.data).toEqual([tag('2')])
  })

  it('has texts of all characters that a database takes, and they come back (FJ-35, FJ-41)', async () => {
    const { post, get, delete: remove } = await serveWritable(library())
    const texts = [
      '😀'.repeat(40),
      'a\u{10ffff}b',
      'e\u0301',
      '\ufffe\u202e',
      '\\\' \\" \\',
      '%_\\%',
      '"\'`;--',
      '\n\r\t\u0001',
      ' ',
    ]
    for (const name of texts) {
      const { document } = await post('/api/tag', { data: { type: 'tag', attributes: { name } } })
      expect((await get(document.data.links.self)).document.data.attributes.name).toBe(name)
      const found = await get(`/api/tag?${objects({ name: 'name', op: 'eq', val: name })}`)
      expect(found.document.data.map(({ id }: { id: string }) => id)).toEqual([document.data.id])
      await remove(document.data.links.self)
    }
  })

  it('has NUL in a text: refused, or stored where a database can', async () => {
    const { send } = await serveWritable(library())
    const attributes = { name: 'a\u0000b' }
    const { status, document } = await send('POST /api/tag', { data: { type: 'tag', attributes } })
    if (status === 201) expect(document.data.attributes).toEqual(attributes)
    else expect(document.errors[0].source).toEqual({ pointer: '/data/attributes/name' })
  })

  it('of any JSON is never a 5xx', async () => {
    const { served } = await serveWritable(library())
    const key = fc.constantFrom(
      'data',
      'type',
      'id',
      'attributes',
      'relationships',
      'name',
      'articles',
      'lid',
      'meta',
      'op',
      'ref',
      'href',
      'atomic:operations',
      'constructor',
    )
    const leaf = fc.oneof(
      fc.constantFrom('tag', 'article', 'add', 'update', 'remove', '1', '/api/tag/1', null),
      fc.jsonValue({ maxDepth: 1 }),
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        leaf,
        fc.dictionary(key, tie('value'), { maxKeys: 5 }),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    }))
    const resource = fc.record(
      {
        type: fc.constant('tag'),
        id: fc.constantFrom('1', '2', 'x'),
        attributes: value,
        relationships: value,
      },
      { requiredKeys: ['type'] },
    )
    const document = fc.oneof(
      value,
      fc.record({ data: fc.oneof(resource, fc.array(resource), value) }),
      fc.record({
        'atomic:operations': fc.array(
          fc.record({ op: leaf, ref: value, href: leaf, data: value }, { requiredKeys: [] }),
        ),
      }),
    )
    const line = fc.constantFrom(
      'POST tag',
      'PATCH tag/1',
      'POST article/1/relationships/tags',
      'PATCH article/1/relationships/author',
      'DELETE article/1/relationships/tags',
      'POST operations',
    )
    const property = fc.asyncProperty(line, document, async (to, one) => {
      const [method = '', path = ''] = to.split(' ')
      const headers = path === 'operations' ? IN_OPERATIONS : { 'content-type': TYPE }
      const { status } = await served.fetch(`/api/${path}`, { method, headers, body: JSON.stringify(one) })
      expect([to, status < 500]).toEqual([to, true])
    })
    await fc.assert(property, { numRuns: 300 })
  })
})
