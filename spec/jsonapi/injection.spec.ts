/** SQL in every string position of requests: it stays data, and no response shows a statement. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { Library } from '../support/library.ts'
import { describeLibrary, type LibraryApi } from '../support/library-api.ts'

const TEXTS = [
  `x'; drop table person; --`,
  `x"; drop table person; --`,
  'x`; drop table person; --',
  '1) or 1=1 union select email from person --',
  `\\'; drop table person; #`,
  `name" desc, (select pg_sleep(9)) --`,
  '/* */ ? $1 :name @p {0} %s [x]',
]

interface Attack {
  readonly line: string
  readonly document?: unknown
  readonly fields?: Readonly<Record<string, string>>
}

const ATOMIC = 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'
const objects = (filter: unknown) => `filter[objects]=${encodeURIComponent(JSON.stringify([filter]))}`

/** Requests by the position of the text. `u` is the text in a URL. */
const POSITIONS: Readonly<Record<string, (text: string, u: string) => Attack>> = {
  'a collection': (_, u) => ({ line: `GET /api/${u}` }),
  'an id': (_, u) => ({ line: `GET /api/person/${u}` }),
  'a relationship': (_, u) => ({ line: `GET /api/person/1/${u}` }),
  'the id of a related resource': (_, u) => ({ line: `GET /api/article/1/tags/${u}` }),
  'a relationship URL': (_, u) => ({ line: `GET /api/person/1/relationships/${u}` }),
  'the name of a parameter': (_, u) => ({ line: `GET /api/person?${u}=1` }),
  sort: (_, u) => ({ line: `GET /api/person?sort=${u}` }),
  'a path of sort': (_, u) => ({ line: `GET /api/article?sort=author.${u},-${u}` }),
  include: (_, u) => ({ line: `GET /api/article?include=author.${u}` }),
  fields: (_, u) => ({ line: `GET /api/article?fields[article]=${u}` }),
  'the type of fields': (_, u) => ({ line: `GET /api/article?fields[${u}]=title` }),
  'page[number]': (_, u) => ({ line: `GET /api/article?page[number]=${u}` }),
  'page[size]': (_, u) => ({ line: `GET /api/article?page[size]=${u}` }),
  'page[after]': (_, u) => ({ line: `GET /api/article?page[after]=${u}` }),
  'page[before]': (_, u) => ({
    line: `GET /api/article?page[before]=${Buffer.from(decodeURIComponent(u)).toString('base64url')}`,
  }),
  'the name of a page parameter': (_, u) => ({ line: `GET /api/article?page[${u}]=1` }),
  'a simple filter': (_, u) => ({ line: `GET /api/person?filter[name]=${u}` }),
  'a simple filter of ids': (_, u) => ({
    line: `GET /api/person?filter[id]=${u}&filter[author_articles]=${u}`,
  }),
  'the name of a simple filter': (_, u) => ({ line: `GET /api/person?filter[${u}]=1` }),
  'filter[single]': (_, u) => ({ line: `GET /api/person?filter[single]=${u}` }),
  'filter[objects]': (_, u) => ({ line: `GET /api/person?filter[objects]=${u}` }),
  'the name of a filter': (text) => ({
    line: `GET /api/person?${objects({ name: text, op: 'eq', val: 1 })}`,
  }),
  'the operator of a filter': (text) => ({
    line: `GET /api/person?${objects({ name: 'name', op: text, val: 1 })}`,
  }),
  'the value of a filter': (text) => ({
    line: `GET /api/person?${objects({ name: 'name', op: 'eq', val: text })}`,
  }),
  'the value of like': (text) => ({
    line: `GET /api/person?${objects({ name: 'name', op: 'ilike', val: text })}`,
  }),
  'a list of a filter': (text) => ({
    line: `GET /api/person?${objects({ name: 'name', op: 'in', val: [text, 'b'] })}`,
  }),
  'the field of a filter': (text) => ({
    line: `GET /api/person?${objects({ name: 'name', op: 'eq', field: text })}`,
  }),
  'a filter by an id': (text) => ({
    line: `GET /api/person?${objects({ name: 'id', op: 'eq', val: text })}`,
  }),
  'a filter within a relationship': (text) => ({
    line: `GET /api/article?${objects({ name: 'tags', op: 'any', val: { name: text, op: text, val: text } })}`,
  }),
  'functions to evaluate': (text) => ({
    line: `GET /api/eval/person?functions=${encodeURIComponent(JSON.stringify([{ name: text, field: 'id' }]))}`,
  }),
  'the field of a function': (text) => ({
    line: `GET /api/eval/person?functions=${encodeURIComponent(JSON.stringify([{ name: 'max', field: text }]))}`,
  }),
  group: (_, u) => ({ line: `GET /api/eval/person?functions=[{"name":"count","field":"id"}]&group=${u}` }),
  'Accept and Content-Type': (text) => ({
    line: 'POST /api/tag',
    document: '{}',
    fields: { accept: text, 'content-type': text },
  }),
  'If-Match': (text) => ({
    line: 'DELETE /api/tag/1',
    fields: { 'if-match': `"${text.replaceAll('"', '')}"` },
  }),
  'a type': (text) => ({
    line: 'POST /api/tag',
    document: { data: { type: text, attributes: { name: 'x' } } },
  }),
  'an id of a document': (text) => ({
    line: 'PATCH /api/tag/1',
    document: { data: { type: 'tag', id: text } },
  }),
  'a client id': (text) => ({
    line: 'POST /api/tag',
    document: { data: { type: 'tag', id: text, attributes: {} } },
  }),
  'the name of an attribute': (text) => ({
    line: 'POST /api/tag',
    document: { data: { type: 'tag', attributes: { name: 'x', [text]: 1 } } },
  }),
  'the name of a relationship': (text) => ({
    line: 'PATCH /api/tag/1',
    document: { data: { type: 'tag', id: '1', relationships: { [text]: { data: null } } } },
  }),
  'an id of linkage': (text) => ({
    line: 'PATCH /api/article/1',
    document: {
      data: { type: 'article', id: '1', relationships: { author: { data: { type: 'person', id: text } } } },
    },
  }),
  'a type of linkage': (text) => ({
    line: 'PATCH /api/article/1',
    document: {
      data: { type: 'article', id: '1', relationships: { author: { data: { type: text, id: '1' } } } },
    },
  }),
  'an id of a member': (text) => ({
    line: 'DELETE /api/article/1/relationships/tags',
    document: { data: [{ type: 'tag', id: text }] },
  }),
  'an attribute that is no text': (text) => ({
    line: 'POST /api/article',
    document: { data: { type: 'article', attributes: { title: 'x', published: text, price: text } } },
  }),
  'an operation': (text) =>
    atomic({ op: text, ref: { type: text, id: text, relationship: text }, data: null }),
  'the ref of an operation': (text) =>
    atomic({ op: 'update', ref: { type: 'tag', id: text, relationship: text }, data: [] }),
  'a lid': (text) => atomic({ op: 'remove', ref: { type: 'tag', lid: text } }),
  'an href': (text) =>
    atomic({ op: 'remove', href: text }, { op: 'remove', href: `/api/tag/${encodeURIComponent(text)}` }),
}

function atomic(...operations: unknown[]): Attack {
  const fields = { accept: ATOMIC, 'content-type': ATOMIC }
  return { line: 'POST /api/operations', document: { 'atomic:operations': operations }, fields }
}

/** Words of statements, of drivers and of databases that the texts do not have. */
const LEAKS =
  /\b(?:insert into|delete from|where|syntax|sqlite\w*|postgres\w*|mariadb|mysql\w*|sqlstate|driver|libsql|kysely|errno|stack|node_modules|ER_\w+|constraint)\b/i

describeLibrary('SQL in a request', (serve, library) => {
  const attack = async (api: LibraryApi, { line, document, fields }: Attack) => {
    const { status, text } = await api.send(line, document, fields)
    return { line, status, text, statements: [...api.statements] }
  }
  const serveAll = () =>
    serve({
      manager: {
        methods: ['GET', 'POST', 'PATCH', 'DELETE'],
        allowFunctions: true,
        allowClientGeneratedIds: true,
        allowToManyReplacement: true,
        allowDeleteFromToManyRelationships: true,
      },
    })

  it.for(Object.keys(POSITIONS))(
    'as %s changes no row, and shows no statement (FJ-25, FJ-45, FJ-157, RES-259)',
    async (position) => {
      const api = await serveAll()
      const before = await rowsOf(library())
      for (const text of TEXTS) {
        const request = POSITIONS[position]?.(text, encodeURIComponent(text))
        if (!request) continue
        const reply = await attack(api, request)
        expect([reply.line, reply.status < 500, reply.text.match(LEAKS)?.[0]]).toEqual([
          reply.line,
          true,
          undefined,
        ])
        expect(reply.statements.filter((statement) => /drop|sleep|1=1|'1'/i.test(statement))).toEqual([])
      }
      expect(await rowsOf(library())).toEqual(before)
    },
  )
})

/** All rows of the library, as text. */
async function rowsOf({ db }: Library): Promise<string> {
  const tables = ['person', 'article', 'comment', 'tag', 'article_tag']
  const all = await Promise.all(
    tables.map(
      async (table) => (await sql`select * from ${sql.table(table)} order by 1, 2`.execute(db)).rows,
    ),
  )
  return JSON.stringify(all)
}
