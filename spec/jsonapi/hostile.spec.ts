/** Bad queries: every one is answered with an error that names its parameter. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { describeLibrary, errorsOf, objects } from '../support/library-api.ts'
import { serveWritable } from '../support/writable-library.ts'

describeLibrary('a hostile query', (_, library) => {
  const errors = async (line: string) => {
    const { send } = await serveWritable(library())
    return errorsOf(await send(line))
  }
  const filters = (text: string) => errors(`GET /api/person?filter[objects]=${encodeURIComponent(text)}`)
  const leaf = (id: number) => ({ name: 'id', op: 'eq', val: id })

  it('has no effect by its size: filters 1,000 deep, 10,000 alternatives, 40,000 values (FJ-43)', async () => {
    const [open, close] = ['{"not":', '}'].map((part) => part.repeat(1000))
    expect(await filters(`[${open}${JSON.stringify(leaf(1))}${close}]`)).toEqual([
      '400 filter[objects] invalid filter object: nested more than 24 levels deep',
    ])
    expect(await filters(`${'['.repeat(30_000)}${']'.repeat(30_000)}`)).toEqual([
      expect.stringMatching(/^400 filter\[objects\] /),
    ])
    const many = Array.from({ length: 10_000 }, (_, index) => leaf(index))
    for (const list of [many, [{ or: many }], [{ and: many }], [{ not: { or: many } }]])
      expect(await filters(JSON.stringify(list))).toEqual([
        '400 filter[objects] invalid filter object: more than 500 filters',
      ])
    const ids = Array.from({ length: 40_000 }, (_, index) => index)
    expect(await filters(JSON.stringify([{ name: 'id', op: 'in', val: ids }]))).toHaveLength(1)
    expect(await errors(`GET /api/person?filter[id]=${ids.join()}`)).toEqual([
      expect.stringMatching(/^400 filter\[id\] /),
    ])
    expect(await errors(`GET /api/person?sort=${Array(5000).fill('name').join()}`)).toHaveLength(1)
    const path = Array(500).fill('comments.author').join('.')
    expect(await errors(`GET /api/person?include=${path}`)).toEqual([expect.stringMatching(/^400 include /)])
    expect(await errors(`GET /api/person?${Array(5000).fill('filter[name]=Ada').join('&')}`)).toHaveLength(1)
  })

  it('that is long and allowed is answered, without a Link that clients cannot take', async () => {
    const { get } = await serveWritable(library())
    const ids = Array.from({ length: 5000 }, (_, index) => index)
    const { status, headers, document } = await get(
      `/api/person?${objects({ name: 'id', op: 'in', val: ids })}&page[size]=1`,
    )
    expect([status, document.meta.total, headers.get('link')]).toEqual([200, 3, null])
    expect(await get(document.links.next)).toMatchObject({ status: 200, document: { data: [{ id: '2' }] } })
    const fields = Array(5000).fill('name').join()
    expect((await get(`/api/person/1?fields[person]=${fields}`)).document.data.attributes).toEqual({
      name: 'Ada',
    })
  })

  it.for([
    ['nope=1', 'nope'],
    ['nope[x]=1', 'nope[x]'],
    ['Filter[name]=Ada', 'Filter[name]'],
    ['fields=name', 'fields'],
    ['fields[nope]=name', 'fields[nope]'],
    ['fields[person]=nope', 'fields[person]'],
    ['sort=nope', 'sort'],
    ['sort=author_articles.nope', 'sort'],
    ['sort=--name', 'sort'],
    ['sort=name&sort=id', 'sort'],
    ['include=nope', 'include'],
    ['include=comments.nope', 'include'],
    ['include=name', 'include'],
    ['page=1', 'page'],
    ['page[nope]=1', 'page[nope]'],
    ['page[number]=0', 'page[number]'],
    ['page[number]=1e1', 'page[number]'],
    ['page[size]=-1', 'page[size]'],
    ['page[size]=99999999999999999999', 'page[size]'],
    ['filter=x', 'filter'],
    ['filter[nope]=1', 'filter[nope]'],
    ['filter[id]=x', 'filter[id]'],
    ['filter[born]=x', 'filter[born]'],
    ['filter[is_admin]=2', 'filter[is_admin]'],
    ['filter[single]=x', 'filter[single]'],
    ['filter[objects]=', 'filter[objects]'],
    ['filter[objects]=%5B%7B', 'filter[objects]'],
    ['filter[objects]=null', 'filter[objects]'],
    ['filter[objects]=[null]', 'filter[objects]'],
    [objects({ name: 'nope', op: 'eq', val: 1 }), 'filter[objects]'],
    [objects({ name: 'name', op: 'nope', val: 1 }), 'filter[objects]'],
    [objects({ name: 'name', op: 'eq', field: 'nope' }), 'filter[objects]'],
    [objects({ name: 'nope', op: 'any', val: {} }), 'filter[objects]'],
    [objects({ name: 'name', op: 'any', val: {} }), 'filter[objects]'],
    [objects({ name: 'comments', op: 'eq', val: 1 }), 'filter[objects]'],
    [objects({ name: 'name' }), 'filter[objects]'],
    [objects({ and: {} }), 'filter[objects]'],
    [objects({ or: 1, and: [] }), 'filter[objects]'],
  ] as const)(
    '%s is a 400 with its parameter (RES-107, FJ-121, FJ-122, FJ-123)',
    async ([query, parameter]) => {
      const { send } = await serveWritable(library())
      const { status, document } = await send(`GET /api/person?${query}`)
      expect([status, document.errors[0].source]).toEqual([400, { parameter }])
    },
  )

  it('has values that fit no kind: each is a 400 before the database (FJ-36, FJ-37)', async () => {
    const { send } = await serveWritable(library())
    const values = [1.5, 'x', true, {}, [], [1], '\u0000', '\ud800', '9'.repeat(400), '2020-02-30', null]
    const kinds = { person: ['id', 'born', 'is_admin'], article: ['published', 'price'] }
    for (const [type, names] of Object.entries(kinds))
      for (const name of names)
        for (const op of ['eq', 'neq', 'gt', 'in', 'like'])
          for (const val of values) {
            const { status } = await send(`GET /api/${type}?${objects({ name, op, val })}`)
            expect([name, op, val, status < 500]).toEqual([name, op, val, true])
          }
  })

  it('names what every object of JavaScript has', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__defineGetter__']) {
      expect(await errors(`GET /api/${name}`)).toEqual([expect.stringMatching(/^404 /)])
      expect(await errors(`GET /api/person/1/${name}`)).toEqual([`404 No such relation: ${name}`])
      expect(await errors(`GET /api/person/1/relationships/${name}`)).toEqual([
        `404 No such relation: ${name}`,
      ])
      for (const query of [`sort=${name}`, `include=${name}`, `fields[person]=${name}`, `fields[${name}]=id`])
        expect(await errors(`GET /api/person?${query}`)).toEqual([
          expect.stringMatching(/^400 (sort|include|fields\[\w+\]) /),
        ])
      for (const query of [`filter[${name}]=1`, `page[${name}]=1`, `${name}=1`, `${name}[x]=1`])
        expect(await errors(`GET /api/person?${query}`)).toEqual([expect.stringMatching(/^400 /)])
      const eval_ = `GET /api/eval/person?functions=`
      expect(await errors(`${eval_}[{"name":"${name}","field":"id"}]`)).toEqual([
        expect.stringMatching(/^400 functions /),
      ])
      expect(await errors(`${eval_}[{"name":"max","field":"${name}"}]`)).toEqual([
        expect.stringMatching(/^400 functions /),
      ])
      for (const filter of [
        `{"name":"${name}","op":"eq","val":1}`,
        `{"name":"name","op":"${name}","val":1}`,
        `{"${name}":{}}`,
      ])
        expect(await filters(`[${filter}]`)).toEqual([expect.stringMatching(/^400 filter\[objects\] /)])
    }
  })

  it('has odd percent-encoding: an error, or a link that is a URL (FJ-58)', async () => {
    const { send, served } = await serveWritable(library())
    for (const text of [
      '%',
      '%2',
      '%zz',
      '%ff',
      '%00',
      '%c0%ae',
      '%ed%a0%80',
      '%u0041',
      '%2F',
      '..%2f',
      '%25',
      ';',
      '+',
      '%0d%0a',
    ])
      for (const path of [
        `person/${text}`,
        `person/1/${text}`,
        `person?filter[name]=${text}`,
        `person?${text}=1`,
        `person?sort=${text}`,
      ]) {
        const { status, document } = await send(`GET /api/${path}`)
        expect([path, status < 500]).toEqual([path, true])
        if (status === 200) expect((await served.fetch(document.links.self)).status).toBe(200)
      }
  })

  it('of any JSON is never a 5xx', async () => {
    const { send } = await serveWritable(library())
    const name = fc.constantFrom('name', 'id', 'born', 'is_admin', 'comments', 'author_articles', '__proto__')
    const op = fc.constantFrom(
      'eq',
      'neq',
      'gt',
      'in',
      'not_in',
      'like',
      'ilike',
      'is_null',
      'has',
      'any',
      'x',
    )
    const { filter } = fc.letrec((tie) => ({
      filter: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.record({ name, op, val: fc.jsonValue({ maxDepth: 2 }) }),
        fc.record({ name, op, field: name }),
        fc.record({ name, op, val: tie('filter') }),
        fc.record({ and: fc.array(tie('filter'), { maxLength: 3 }) }),
        fc.record({ or: fc.array(tie('filter'), { maxLength: 3 }) }),
        fc.record({ not: tie('filter') }),
        fc.jsonValue({ maxDepth: 2 }),
      ),
    }))
    const property = fc.asyncProperty(fc.array(filter, { maxLength: 3 }), async (list) => {
      const { status } = await send(
        `GET /api/person?filter[objects]=${encodeURIComponent(JSON.stringify(list))}`,
      )
      expect(status === 200 || status === 400).toBe(true)
    })
    await fc.assert(property, { numRuns: 150 })
  })
})
