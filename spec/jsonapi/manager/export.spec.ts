/** Lists as tables: CSV and NDJSON. */
import { sql } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import { DefaultSerializer } from '../../../lib/jsonapi/document/serializer.ts'
import type { PostprocessorKind, Processor } from '../../../lib/jsonapi/manager/processors.ts'
import { defineModel } from '../../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../../lib/jsonapi/model/model.ts'
import { describeEachDatabase, type OpenDatabase } from '../../support/databases.ts'
import {
  describeLibrary,
  errorsOf,
  type LibraryApi,
  objects,
  serveLibrary,
} from '../../support/library-api.ts'

const CSV = { accept: 'text/csv' }
const NDJSON = { accept: 'application/x-ndjson' }

class Discreet extends DefaultSerializer {
  override resourceObject(...[instance, context]: Parameters<DefaultSerializer['resourceObject']>) {
    const { attributes, relationships, ...object } = super.resourceObject(instance, context)
    const { email, ...others } = attributes ?? {}
    const { author, ...related } = relationships ?? {}
    return { ...object, attributes: others, relationships: related }
  }
  override attributeValue(...parameters: Parameters<DefaultSerializer['attributeValue']>) {
    return String(super.attributeValue(...parameters)).toUpperCase()
  }
}

class Failing extends DefaultSerializer {
  override attributeValue(): never {
    throw new Error('no text')
  }
}

describeLibrary('an export', (serve, library) => {
  it('is a table of CSV: the id, the attributes, and the ids of to-one relationships', async () => {
    const { get } = await serve()
    const { status, headers, text } = await get('/api/article', CSV)
    expect([status, headers.get('content-type'), headers.get('vary')]).toEqual([
      200,
      'text/csv; charset=utf-8',
      'Accept',
    ])
    expect(text.split('\r\n')).toEqual([
      'id,title,body,published,price,author,editor',
      '1,Engines,On engines,2020-01-31T10:00:00Z,12.50,1,2',
      '2,Looms,On looms,2020-02-29T12:30:00.250000Z,0.10,1,1',
      '3,Notes,,,,2,',
      '4,Anonymous,By no one,2021-06-01T00:00:00Z,7.00,,',
      '',
    ])
  })

  it('is a line of JSON for each resource, with the values of documents', async () => {
    const { get } = await serve()
    const { headers, text } = await get('/api/article?fields[article]=title,price,author', NDJSON)
    expect(headers.get('content-type')).toBe('application/x-ndjson')
    const rows = text.trimEnd().split('\n')
    expect(rows.map((row) => JSON.parse(row)).slice(1, 3)).toEqual([
      { id: '2', title: 'Looms', price: '0.10', author: '1' },
      { id: '3', title: 'Notes', price: null, author: '2' },
    ])
  })

  it('has the order, the filters and the fields of the query, and a page where it asks for one', async () => {
    const { get } = await serve({ apis: { person: { exclude: ['email', 'born'] } } })
    const table = async (query: string) => (await get(`/api/${query}`, CSV)).text.trimEnd().split('\r\n')
    expect(await table('person?sort=-name&fields[person]=name')).toEqual([
      'id,name',
      '3,Cleo',
      '2,Ben',
      '1,Ada',
    ])
    const filter = objects({ name: 'author', op: 'has', val: { name: 'name', op: 'eq', val: 'Ada' } })
    expect(await table(`article?${filter}&fields[article]=title`)).toEqual([
      'id,title',
      '1,Engines',
      '2,Looms',
    ])
    expect(await table('article?page[size]=1&page[number]=3&fields[article]=author')).toEqual([
      'id,author',
      '3,2',
    ])
    expect(await table('person?fields[person]=name,comments')).toEqual([
      'id,name',
      '1,Ada',
      '2,Ben',
      '3,Cleo',
    ])
    expect((await table('person'))[0]).toBe('id,name,is_admin')
    expect((await get('/api/person?filter[email]=x', CSV)).status).toBe(400)
  })

  it('has a column for each to-one relationship, empty where a base query hides the row', async () => {
    const person = (id: number) =>
      defineModel(library().models.person as Model, { baseQuery: ({ ref }) => sql`${ref('id')} = ${id}` })
    const tables: string[] = []
    for (const id of [1, 2]) {
      const { get, served } = await serve({ models: { person: person(id) } })
      const { text } = await get('/api/article?fields[article]=author,editor', CSV)
      tables.push(text)
      const { components } = (await served.ask('GET /openapi.json')).json
      expect(components.schemas.articleRow.properties).toMatchObject({
        author: { type: ['string', 'null'] },
        editor: { type: ['string', 'null'] },
      })
      const page = await get('/api/article?fields[article]=author&page[size]=1', NDJSON)
      expect(page.text).toBe(`{"id":"1","author":${id === 1 ? '"1"' : null}}\n`)
    }
    expect(tables.map((table) => table.split('\r\n').slice(0, 5))).toEqual([
      ['id,author,editor', '1,1,', '2,1,1', '3,,', '4,,'],
      ['id,author,editor', '1,,2', '2,,', '3,2,', '4,,'],
    ])
  })

  it('reads the ids of rows that are not in the keys by one statement for a relationship and a page', async () => {
    await library().run(`
      create table seat (id {id}, owner_id integer unique, foreign key (owner_id) references person (id));
      insert into seat values (7, 2)
    `)
    const models = await introspect(library().db)
    const { get, statements } = await serve({ models })
    const { text } = await get('/api/person?fields[person]=seat', CSV)
    expect(text).toBe('id,seat\r\n1,\r\n2,7\r\n3,\r\n')
    expect(statements).toHaveLength(2)
    await library().run('drop table seat')
  })

  it('is of related resources, too; the resource of a to-one relation is no table', async () => {
    const { get } = await serve()
    expect((await get('/api/person/1/author_articles?fields[article]=title', CSV)).text).toBe(
      'id,title\r\n1,Engines\r\n2,Looms\r\n',
    )
    expect((await get('/api/article/1/tags', NDJSON)).text).toBe(
      '{"id":"1","name":"history"}\n{"id":"2","name":"machines"}\n',
    )
    expect((await get('/api/article/1/author', CSV)).status).toBe(406)
    expect((await get('/api/article/1', CSV)).status).toBe(406)
    expect((await get('/api/person/9/author_articles', CSV)).status).toBe(404)
  })

  it('without rows has the line of the columns', async () => {
    const { get } = await serve()
    expect((await get('/api/tag?filter[name]=none', CSV)).text).toBe('id,name\r\n')
    expect((await get('/api/article/4/tags', CSV)).text).toBe('id,name\r\n')
    expect((await get('/api/tag?filter[name]=none', NDJSON)).text).toBe('')
  })
})

describeLibrary(
  'an export',
  (serve, library) => {
    it('answers HEAD with its fields, and reads no rows', async () => {
      const { send, statements } = await serve()
      const { status, headers, text } = await send('HEAD /api/article', undefined, CSV)
      expect([status, headers.get('content-type'), text]).toEqual([200, 'text/csv; charset=utf-8', ''])
      expect(statements).toEqual([])
    })

    it('is made by the serializer, and never has what it takes away', async () => {
      const { get } = await serve({
        apis: { person: { serializer: Discreet }, article: { serializer: Discreet } },
      })
      expect((await get('/api/person?fields[person]=name,email', CSV)).text).toBe(
        'id,name,email\r\n1,ADA,\r\n2,BEN,\r\n3,CLEO,\r\n',
      )
      const { text } = await get('/api/person/1/author_articles?fields[article]=author,editor', NDJSON)
      expect(text).toBe('{"id":"1","author":null,"editor":"2"}\n{"id":"2","author":null,"editor":"1"}\n')
    })

    it('has nothing in place of what a serializer leaves out, whatever its name', async () => {
      const tag = defineModel(library().models.tag as Model, { attributes: { name: 'constructor' } })
      class Silent extends DefaultSerializer {
        override resourceObject(...[{ type, id }]: Parameters<DefaultSerializer['resourceObject']>) {
          return { type, id, attributes: {} }
        }
      }
      const { get } = await serve({ models: { tag }, apis: { tag: { serializer: Silent } } })
      expect((await get('/api/tag?filter[constructor]=history', NDJSON)).text).toBe(
        '{"id":"1","constructor":null}\n',
      )
    })

    it('fails as a document does, where its serializer fails', async () => {
      const { get, logger } = await serve({ apis: { person: { serializer: Failing } } })
      expect((await get('/api/person', CSV)).status).toBe(500)
      expect(logger.text()).toContain('no text')
    })

    it('is not there for lists whose documents have postprocessors', async () => {
      const postprocessors = (...kinds: PostprocessorKind[]) => ({
        postprocessors: Object.fromEntries(kinds.map((kind) => [kind, [() => undefined]])),
      })
      const { get, served } = await serve({
        apis: {
          person: postprocessors('GET_COLLECTION', 'GET_RESOURCE'),
          article: postprocessors('GET_TO_MANY_RELATION'),
        },
      })
      const paths = ['/api/person', '/api/article/1/tags', '/api/article', '/api/person/1/author_articles']
      for (const fields of [CSV, NDJSON]) {
        const found = await Promise.all(paths.map(async (path) => (await get(path, fields)).status))
        expect(found).toEqual([406, 406, 200, 200])
      }
      const { paths: documented } = (await served.ask('/openapi.json')).json
      const typesOf = (path: string) => Object.keys(documented[path].get.responses[200].content)
      expect(typesOf('/api/person')).not.toContain('text/csv')
      expect(typesOf('/api/article')).toContain('text/csv')
      const all = await serve({ manager: postprocessors('GET_COLLECTION') })
      expect((await all.get('/api/tag', CSV)).status).toBe(406)
    })

    it('of the only resource is a 404 for none and for several, as its document', async () => {
      const { get } = await serve()
      for (const fields of [CSV, NDJSON, {}]) {
        expect(errorsOf(await get('/api/person?filter[single]=1', fields))).toEqual([
          '404 Multiple results found',
        ])
        const none = await get('/api/person?filter[single]=1&filter[name]=none', fields)
        expect(errorsOf(none)).toEqual(['404 No result found'])
        const { status, headers } = await get('/api/person?filter[single]=1&filter[name]=Ben', fields)
        expect([status, headers.get('location')]).toEqual([200, '/api/person/2'])
      }
      const { text } = await get('/api/article/1/tags?filter[single]=1&filter[name]=history', CSV)
      expect(text).toBe('id,name\r\n1,history\r\n')
    })

    it('never has what a client may not see', async () => {
      const { get } = await serve({
        apis: { person: { can: ({ field }) => field !== 'email' }, tag: { can: () => false } },
      })
      expect((await get('/api/person', CSV)).text).not.toMatch(/email|example/)
      expect(errorsOf(await get('/api/tag', CSV))[0]).toMatch(/^403/)
    })
  },
  ['sqlite'],
)

describeEachDatabase(
  'the text of a cell',
  ({ open }) => {
    it('that is a formula gets an apostrophe by `csv: { escapeFormulas: true }`, a number never (FJ-151)', async () => {
      const opened = await open()
      await opened.run(`create table cell (id {id}, text varchar(40), amount decimal(8, 2), whole integer);
          insert into cell (text, amount, whole) values ('=cmd|'' /C calc''!A0', -5.5, -5), ('-5', 1, 1)`)
      const models = await introspect(opened.db)
      const plain = await serveLibrary({ ...opened, models })
      expect((await plain.get('/api/cell', CSV)).text).toBe(
        "id,text,amount,whole\r\n1,=cmd|' /C calc'!A0,-5.50,-5\r\n2,-5,1.00,1\r\n",
      )
      const escaped = await serveLibrary(
        { ...opened, models },
        { manager: { csv: { escapeFormulas: true } } },
      )
      expect((await escaped.get('/api/cell', CSV)).text).toBe(
        "id,text,amount,whole\r\n1,'=cmd|' /C calc'!A0,-5.50,-5\r\n2,-5,1.00,1\r\n",
      )
      expect((await escaped.get('/api/cell', NDJSON)).text).toContain(`"=cmd|' /C calc'!A0"`)
    })
  },
  ['sqlite', 'postgres'],
)

describeEachDatabase('an export in the order of texts', ({ open }) => {
  it('that are too long for a cursor has all rows, as many as one statement reads and more', async () => {
    const opened = await open()
    const { db } = opened
    await opened.run(`create table page (id {id}, text varchar(8000) not null);
      insert into page (text) values ('${'x'.repeat(8000)}')`)
    for (let count = 0; count < 9; count += 1)
      await sql`insert into page (text) select text from page`.execute(db)
    const { get } = await serveLibrary({ ...opened, models: await introspect(db) })
    const { status, text } = await get('/api/page?sort=-text&fields[page]=', CSV)
    const lines = text.trimEnd().split('\r\n').slice(1)
    expect([status, lines.length, new Set(lines).size]).toEqual([200, 512, 512])
    const cursors = await get('/api/page?sort=text', {
      accept:
        'application/vnd.api+json; profile="https://jsonapi.org/profiles/ethanresnick/cursor-pagination/"',
    })
    expect([cursors.status, cursors.text.includes('too long for a cursor')]).toEqual([400, true])
  })
})

/** 16,384 rows of 1,000 characters: more than the buffers of a socket hold. */
const DOUBLED = 14
const ALL_STATEMENTS = Math.ceil(2 ** DOUBLED / 500)

describeEachDatabase('an export of many rows', ({ open }) => {
  let opened: OpenDatabase
  const fill = async () => {
    await opened.run(`create table note (id {id}, text varchar(1000) not null);
      insert into note (text) values ('${'x'.repeat(1000)}')`)
    for (let count = 0; count < DOUBLED; count += 1)
      await sql`insert into note (text) select text from note`.execute(opened.db)
  }
  /** The signals of the exports, which are aborted when the reader has left. */
  const signals: AbortSignal[] = []
  const remember: Processor = ({ request }) => {
    if (request.headers.accept === 'text/csv')
      signals.unshift((request as { signal?: unknown }).signal as AbortSignal)
  }
  const start = async () =>
    serveLibrary(
      { ...opened, models: await introspect(opened.db) },
      { manager: { methods: ['GET', 'POST'], preprocessors: { GET_COLLECTION: [remember] } } },
    )
  beforeAll(async () => {
    opened = await open()
    await opened.run('create table word (id {id}, text varchar(9))')
    await fill()
  })

  /** A reader that has the first bytes, and does not read on; resolves when the server has stopped to read rows. */
  async function stalled({ served, get, statements }: LibraryApi) {
    const controller = new AbortController()
    const { signal } = controller
    const response = await fetch(`${served.url}/api/note`, { headers: CSV, signal })
    const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>
    await reader.read()
    let ofExport = 0
    do {
      await get('/api/word')
      ofExport = statements.filter((statement) => statement.includes('note')).length
    } while (ofExport > 0)
    return { reader, leave: () => controller.abort() }
  }
  async function rest(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<number> {
    for (let bytes = 0; ; ) {
      const { done, value } = await reader.read()
      if (done) return bytes
      bytes += value.length
    }
  }

  it('reads pages by their keys, each row once', async () => {
    const { get, statements } = await start()
    const { text } = await get('/api/note?fields[note]=', CSV)
    const lines = text.trimEnd().split('\r\n')
    expect([lines[0], lines.length, new Set(lines).size]).toEqual(['id', 2 ** DOUBLED + 1, 2 ** DOUBLED + 1])
    expect(statements.length).toBe(ALL_STATEMENTS)
  })

  it('reads the database at the speed of its reader (FJ-149)', async () => {
    const api = await start()
    const { reader } = await stalled(api)
    const before = api.statements.length
    expect(await rest(reader)).toBeGreaterThan(1000)
    expect(api.statements.length - before).toBeGreaterThan(0)
    expect(api.statements.length - before).toBeLessThan(ALL_STATEMENTS)
  })

  it('holds no connection: others read and write meanwhile (FJ-150)', async () => {
    const api = await start()
    const exports = await Promise.all(Array.from({ length: 5 }, () => stalled(api))) // the pools have 4 connections
    const word = { data: { type: 'word', attributes: { text: 'new' } } }
    expect((await api.post('/api/word', word)).status).toBe(201)
    expect((await api.get('/api/word?filter[text]=new')).document.meta.total).toBe(1)
    for (const { leave } of exports) leave()
  })

  it('ends with its reader: no more statements (FJ-148)', async () => {
    const api = await start()
    const { reader, leave } = await stalled(api)
    leave()
    await expect(rest(reader)).rejects.toThrow()
    const [signal] = signals
    await new Promise((resolve) =>
      signal?.aborted ? resolve(null) : signal?.addEventListener('abort', resolve),
    )
    await api.get('/api/word') // forgets the statements from before
    let ofExport = 0
    for (let count = 0; count < 6; count += 1) {
      await api.get('/api/word')
      ofExport += api.statements.filter((statement) => statement.includes('note')).length
    }
    expect(ofExport).toBeLessThan(2) // one may have been running
  })

  it('that the database breaks off is cut, never complete; its reason is in the log alone (FJ-148)', async () => {
    const api = await start()
    const { reader } = await stalled(api)
    await opened.run('drop table note')
    await expect(rest(reader)).rejects.toThrow()
    expect(api.logger.text()).toContain('note')
    expect((await api.get('/api/word')).status).toBe(200)
    const { status, text } = await api.get('/api/note', CSV)
    expect(status).toBe(500)
    expect(text).not.toContain('note')
    await fill()
  })
})
