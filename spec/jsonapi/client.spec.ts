/** The client of mazurka/client with the endpoints of models, typed by the interface of a Kysely instance. */
import { type Generated, Kysely, SqliteDialect } from 'kysely'
import Sqlite from 'libsql'
import { expect, expectTypeOf, it } from 'vitest'
import { ClientError, client, type Filter, filters } from '../../lib/client.ts'
import { ApiManager, defineModel, introspect } from '../../lib/jsonapi.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'

interface Tables {
  person: { id: Generated<number>; name: string; email: string | null; born: Date | null }
  article: { id: Generated<number>; title: string; author_id: number | null }
}

const JSONAPI = 'application/vnd.api+json'

/** Persons and articles, with their clients. */
async function library() {
  const database = new Sqlite(':memory:')
  database.exec(`create table person (id integer primary key, name text not null, email text unique, born date);
    create table article (id integer primary key, title text not null, author_id integer references person (id));
    insert into person values (1, 'Ada', 'ada@example.org', '1815-12-10'), (2, 'Ben', null, null);
    insert into article values (1, 'Engines', 1), (2, 'Looms', 1)`)
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) })
  const models = await introspect(db)
  const app = polka()
  const manager = new ApiManager(app, { db, methods: ['GET', 'POST', 'PATCH', 'DELETE'] })
  const person = manager.createApi(models.person)
  const article = manager.createApi(models.article, { collectionName: 'texts', exclude: ['title'] })
  const { url } = await serve(app)
  const people = client<typeof person>(`${url}/api`)
  const both = client<[typeof person, typeof article]>(`${url}/api`)
  return { people, both, person, article, models }
}

it('reads a list that is typed by the columns, with their names in sort, fields and filter', async () => {
  const { people } = await library()
  const { data } = await people.get('/person', {
    accept: JSONAPI,
    query: {
      include: 'articles',
      sort: '-name',
      fields: { person: 'name,email', texts: '' },
      filter: {
        objects: filters<Tables['person']>([
          {
            or: [
              { name: 'name', op: 'like', val: 'A%' },
              { name: 'born', op: 'is_not_null' },
            ],
          },
          { name: 'articles', op: 'any', val: { name: 'id', op: 'in', val: [1, 2] } },
        ]),
      },
      page: { size: 5 },
    },
  })
  expectTypeOf(data.data[0]?.attributes.name).toEqualTypeOf<string | undefined>()
  expectTypeOf(data.data[0]?.attributes.born).toEqualTypeOf<string | null | undefined>()
  expectTypeOf(data.data[0]?.type).toEqualTypeOf<'person' | undefined>()
  expect(data.data.map(({ attributes }) => attributes.name)).toEqual(['Ada'])
  expect(data.included).toHaveLength(2)
  const named = await people.get('/person', { accept: JSONAPI, query: { filter: { name: 'Ben' } } })
  expect(named.data.data.map(({ id }) => id)).toEqual(['2'])
})

it('reads a list as CSV and as NDJSON', async () => {
  const { people } = await library()
  const { data: table } = await people.get('/person', { accept: 'text/csv' })
  expectTypeOf(table).toEqualTypeOf<string>()
  expect(table).toContain('Ada')
  const { data: rows } = await people.get('/person', { accept: 'application/x-ndjson' })
  const names: (string | undefined)[] = []
  for await (const row of rows) names.push(row.name)
  expect(names).toEqual(['Ada', 'Ben'])
})

it('creates, reads, updates and deletes a resource', async () => {
  const { people } = await library()
  const contentType = JSONAPI
  const { data, status } = await people.post('/person', {
    accept: JSONAPI,
    contentType,
    body: { data: { type: 'person', attributes: { name: 'Cleo' } } },
  })
  expect([status, data.data.attributes.name]).toEqual([201, 'Cleo'])
  const params = { id: data.data.id }
  const changed = await people.patch('/person/:id', {
    params,
    accept: JSONAPI,
    contentType,
    body: { data: { type: 'person', id: data.data.id, attributes: { email: 'cleo@example.org' } } },
  })
  expect(changed.status).toBe(204)
  const shown = await people.get('/person/:id', {
    params,
    accept: JSONAPI,
    query: { fields: { person: 'email' } },
  })
  expect(shown.data.data.attributes.email).toBe('cleo@example.org')
  const deleted = await people.delete('/person/:id', { params, accept: JSONAPI, ifMatch: shown })
  expectTypeOf(deleted.data).toEqualTypeOf<undefined>()
  expect(deleted.status).toBe(204)
  const gone = await people.get('/person/:id', { params, accept: JSONAPI, throws: false })
  expect(gone.ok || gone.error.problem.errors?.map(({ detail }) => detail)).toEqual([
    `no resource of type person with ID ${data.data.id}`,
  ])
})

it('reads and changes relations by their names', async () => {
  const { both } = await library()
  const related = await both.get('/person/:id/:relation', {
    params: { id: 1, relation: 'articles' },
    accept: JSONAPI,
  })
  expect([related.data.data].flat().map((one) => one?.id)).toEqual(['1', '2'])
  await both.patch('/texts/:id/relationships/:relation', {
    params: { id: 1, relation: 'author' },
    accept: JSONAPI,
    contentType: JSONAPI,
    body: { data: { type: 'person', id: '2' } },
  })
  const { data } = await both.get('/texts/:id/relationships/:relation', {
    params: { id: 1, relation: 'author' },
    accept: JSONAPI,
  })
  expect(data.data).toEqual({ type: 'person', id: '2' })
})

it('throws a ClientError with the detail of the first error', async () => {
  const { people } = await library()
  const query = { sort: 'born,nope' } as const
  const error = await people.get('/person', { accept: JSONAPI, query }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ClientError)
  expect(String(error)).toContain('400 Unable to construct query: no such field "nope"')
})

it('refuses other paths, columns, types and values at compile time', async () => {
  const { people, both, models } = await library()
  const calls = () => [
    // @ts-expect-error no such path
    people.get('/persons', { accept: JSONAPI }),
    // @ts-expect-error the media type is missing
    people.get('/person', {}),
    // @ts-expect-error no such column
    people.get('/person', { accept: JSONAPI, query: { sort: 'nope' } }),
    // @ts-expect-error no such column
    people.get('/person', { accept: JSONAPI, query: { filter: { nope: 1 } } }),
    // @ts-expect-error no such column
    people.get('/person', { accept: JSONAPI, query: { fields: { person: 'nope' } } }),
    // @ts-expect-error no such column
    filters<Tables['person']>([{ name: 'nope', op: 'eq', val: 1 }]),
    // @ts-expect-error another type
    people.post('/person', { accept: JSONAPI, contentType: JSONAPI, body: { data: { type: 'article' } } }),
    // @ts-expect-error hidden by the options
    both.get('/texts', { accept: JSONAPI, query: { sort: 'title' } }),
    // @ts-expect-error no such table
    models.nope,
  ]
  expect(calls).toBeTypeOf('function')
  expectTypeOf<Filter<{ age: number }>>().toExtend<object>()
})

it('leaves a database of unknown tables without types', async () => {
  // biome-ignore lint/suspicious/noExplicitAny: the tables are not known
  const db = new Kysely<any>({ dialect: new SqliteDialect({ database: new Sqlite(':memory:') }) })
  const models = await introspect(db)
  expect(models).toEqual({})
  expectTypeOf(models.person).toExtend<object | undefined>()
  const tag = defineModel({ table: 'tag', columns: { id: 'integer', name: 'string' } })
  const blueprint = new ApiManager(undefined, { db }).createApi(tag)
  expect(blueprint.name).toBe('tag')
})
