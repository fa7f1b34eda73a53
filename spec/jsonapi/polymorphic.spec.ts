/** Types of resources that share a table. */
import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { DefaultSerializer } from '../../lib/jsonapi/document/serializer.ts'
import type { ProcessorContext } from '../../lib/jsonapi/manager/processors.ts'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import type { Can } from '../../lib/jsonapi/resource/resource-options.ts'
import {
  describeLibrary,
  errorsOf,
  ids,
  included,
  type LibraryOptions,
  objects,
} from '../support/library-api.ts'

const TABLES = `
  create table zoo (id {id}, name varchar(20) not null);
  create table animal (
    id {id}, kind varchar(10) not null, name varchar(20), lives integer, barks {boolean},
    zoo_id integer, mother_id integer,
    foreign key (zoo_id) references zoo (id), foreign key (mother_id) references animal (id)
  );
  insert into zoo values (7, 'Wild'), (8, 'Empty');
  insert into animal (id, kind, name, lives, barks, zoo_id, mother_id) values
    (1, 'animal', 'Ameba', null, null, 7, null), (2, 'cat', 'Tom', 9, null, 7, null),
    (3, 'dog', 'Rex', null, true, 7, 2), (4, 'fish', 'Nemo', null, null, null, null);
`

class Barking extends DefaultSerializer {
  override resourceObject(...[instance, context]: Parameters<DefaultSerializer['resourceObject']>) {
    return { ...super.resourceObject(instance, context), meta: { sound: 'wuff' } }
  }
}

describeLibrary('a base model and its types', (serveAll, library) => {
  let zoo: Model
  let animal: Model
  let cat: Model
  let dog: Model
  beforeAll(async () => {
    await library().run(TABLES)
    const models = await introspect(library().db)
    zoo = models.zoo as Model
    animal = defineModel(models.animal as Model, { discriminator: { column: 'kind' } })
    cat = defineModel(animal, { discriminator: { column: 'kind', value: 'cat' } })
    dog = defineModel(animal, {
      discriminator: { column: 'kind', value: 'dog' },
      computed: {
        loud: { get: ({ name }) => `${name}!` },
        upper: { type: { kind: 'string' }, sql: ({ ref }) => sql`upper(${ref('name')})` },
      },
    })
  })
  const serve = (options: LibraryOptions = {}) =>
    serveAll({
      models: { zoo, animal, cat, dog },
      ...options,
      apis: {
        person: null,
        article: null,
        comment: null,
        tag: null,
        cat: { exclude: ['barks'] },
        dog: { exclude: ['lives'], serializer: Barking },
        ...options.apis,
      },
    })
  const typesOf = ({ data }: { data: readonly { type: string; id: string }[] }) =>
    data.map(({ type, id }) => `${type}/${id}`)

  it('are listed together by the base, each with its own type and serializer (RES-108, RES-109, RES-306)', async () => {
    const { get } = await serve()
    const { document } = await get('/api/animal')
    expect(typesOf(document)).toEqual(['animal/1', 'cat/2', 'dog/3', 'animal/4'])
    const [ameba, tom, rex] = document.data
    expect(Object.keys(ameba.attributes)).toEqual(['kind', 'name', 'lives', 'barks'])
    expect(tom).toMatchObject({ attributes: { lives: 9 }, links: { self: '/api/cat/2' } })
    expect(Object.keys(tom.attributes)).not.toContain('barks')
    expect(rex).toMatchObject({
      attributes: { loud: 'Rex!', upper: 'REX', barks: true },
      meta: { sound: 'wuff' },
      relationships: {
        mother: { data: { type: 'cat', id: '2' }, links: { self: '/api/dog/3/relationships/mother' } },
      },
    })
    expect(document.meta.total).toBe(4)
  })

  it('are listed alone by the type (RES-306)', async () => {
    const { get } = await serve()
    expect(typesOf((await get('/api/cat')).document)).toEqual(['cat/2'])
    expect((await get('/api/dog')).document.meta.total).toBe(1)
  })

  it('are found at the URL of their exact type alone (RES-111, RES-306)', async () => {
    const { get } = await serve()
    expect((await get('/api/animal/1')).document.data.type).toBe('animal')
    expect((await get('/api/cat/2')).document.data.type).toBe('cat')
    for (const path of ['/api/animal/2', '/api/cat/1', '/api/cat/3', '/api/dog/2', '/api/animal/2/zoo'])
      expect([path, (await get(path)).status]).toEqual([path, 404])
    expect(errorsOf(await get('/api/animal/3'))).toEqual(['404 no resource of type animal with ID 3'])
  })

  it('have the concrete type on related URLs, in linkage and in included (FJ-129)', async () => {
    const { get } = await serve()
    const expected = ['animal/1', 'cat/2', 'dog/3']
    expect(typesOf((await get('/api/zoo/7/animals')).document)).toEqual(expected)
    expect(typesOf((await get('/api/zoo/7/relationships/animals')).document)).toEqual(expected)
    const reply = await get('/api/zoo/7?include=animals.mother')
    expect(typesOf(reply.document.data.relationships.animals)).toEqual(expected)
    expect(included(reply)).toEqual(expected)
    expect(typesOf((await get('/api/zoo/7')).document.data.relationships.animals)).toEqual(expected)
    expect((await get('/api/zoo/7/animals/2')).document.data.type).toBe('cat')
    expect((await get('/api/dog/3/mother')).document.data.type).toBe('cat')
    expect((await get('/api/dog/3/relationships/mother')).document.data).toEqual({ type: 'cat', id: '2' })
  })

  it('show the same resource whichever path leads to it (RES-092)', async () => {
    const { get } = await serve()
    const { data } = (await get('/api/dog/3')).document
    expect((await get('/api/animal')).document.data[2]).toEqual(data)
    expect((await get('/api/zoo/7/animals/3')).document.data).toEqual(data)
    const { included: around } = (await get('/api/zoo/7?include=animals')).document
    expect(around.find(({ type }: { type: string }) => type === 'dog')).toEqual(data)
  })

  it('are filtered and sorted by the fields of the base, with a constant number of statements', async () => {
    const { get, statements } = await serve()
    expect(ids(await get('/api/animal?filter[kind]=cat,dog&sort=-name'))).toEqual(['2', '3'])
    const filter = { name: 'animals', op: 'any', val: { name: 'kind', op: 'eq', val: 'dog' } }
    expect(ids(await get(`/api/zoo?${objects(filter)}`))).toEqual(['7'])
    await get('/api/zoo?include=animals&fields[animal]=name&fields[cat]=name&fields[dog]=name')
    expect(statements).toHaveLength(3)
  })

  it('take field sets by their own type (RES-130)', async () => {
    const { get } = await serve()
    const { data } = (await get('/api/animal?fields[cat]=lives&fields[animal]=')).document
    expect(data.map(({ attributes }: { attributes?: object }) => Object.keys(attributes ?? {}))).toEqual([
      [],
      ['lives'],
      ['kind', 'name', 'barks', 'loud', 'upper'],
      [],
    ])
  })

  it('are of the base type where they have no API', async () => {
    const { get } = await serve({ apis: { dog: null } })
    expect(typesOf((await get('/api/animal')).document)).toEqual([
      'animal/1',
      'cat/2',
      'animal/3',
      'animal/4',
    ])
    expect((await get('/api/animal/3')).status).toBe(200)
  })

  it('do not show the rows of a type that the client may not read', async () => {
    const can: Can = ({ type }) => type !== 'dog'
    const { get } = await serve({ manager: { can } })
    const { document } = await get('/api/animal')
    expect([typesOf(document), document.meta.total]).toEqual([['animal/1', 'cat/2', 'animal/4'], 3])
    expect(typesOf((await get('/api/zoo/7')).document.data.relationships.animals)).toEqual([
      'animal/1',
      'cat/2',
    ])
    expect(ids(await get('/api/zoo/7/animals'))).toEqual(['1', '2'])
  })

  it('have no field in a table that their own type hides', async () => {
    const { get } = await serve({ apis: { cat: { exclude: ['name', 'zoo'] } } })
    const query = '/api/animal?fields[animal]=name,lives,zoo&fields[dog]=name'
    expect((await get(query, { accept: 'text/csv' })).text.split('\r\n')).toEqual([
      'id,name,lives,zoo',
      '1,Ameba,,7',
      '2,,9,',
      '3,Rex,,',
      '4,Nemo,,',
      '',
    ])
    const { text } = await get('/api/zoo/7/animals?fields[animal]=name', { accept: 'application/x-ndjson' })
    expect(JSON.parse(text.split('\n')[1] as string)).toEqual({ id: '2', name: null })
  })

  describe('a field that one of them hides', () => {
    const hiding: LibraryOptions = {
      manager: { allowFunctions: true },
      apis: { cat: { can: ({ field }) => field !== 'lives' && field !== 'mother' } },
    }
    const any = (filter: object) => objects({ name: 'animals', op: 'any', val: filter })
    const max = (name: string) => encodeURIComponent(JSON.stringify([{ name: 'max', field: name }]))

    it('is unknown to filters, orders and functions of the base', async () => {
      const { get } = await serve(hiding)
      for (const path of [
        (name: string) => `/api/animal?filter[${name}]=9`,
        (name: string) => `/api/animal?${objects({ name, op: 'gt', val: 8 })}`,
        (name: string) => `/api/animal?${objects({ not: { name, op: 'is_null' } })}`,
        (name: string) => `/api/animal?${objects({ name: 'id', op: 'lt', field: name })}`,
        (name: string) => `/api/animal?sort=${name}`,
        (name: string) => `/api/animal?sort=zoo.id,${name}`,
        (name: string) => `/api/zoo?${any({ name, op: 'eq', val: 9 })}`,
        (name: string) => `/api/zoo/7/animals?sort=-${name}`,
        (name: string) => `/api/zoo?include=animals&filter[animals][${name}]=9`,
        (name: string) => `/api/eval/animal?functions=${max(name)}`,
      ]) {
        const [hidden, unknown] = [await get(path('lives')), await get(path('sevil'))]
        expect([hidden.status, hidden.text.replaceAll('lives', 'sevil')]).toEqual([400, unknown.text])
      }
    })

    it('is so where it is a relationship, which is not included either', async () => {
      const { get } = await serve({
        ...hiding,
        apis: { ...hiding.apis, dog: { defaultSort: ['mother.id'] } },
      })
      for (const query of [
        'filter[mother]=2',
        'sort=mother.name',
        objects({ name: 'mother', op: 'is_null' }),
      ])
        expect((await get(`/api/animal?${query}`)).status).toBe(400)
      await library().run('update animal set mother_id = 4 where id = 2')
      const reply = await get('/api/animal?include=mother')
      expect([reply.status, included(reply)]).toEqual([200, []])
      await library().run('update animal set mother_id = null where id = 2')
    })

    it('is known at the URLs of the types that show it, as are fields that all of them show', async () => {
      const { get } = await serve(hiding)
      expect(ids(await get('/api/dog?filter[mother]=2'))).toEqual(['3'])
      expect(ids(await get('/api/animal?filter[kind]=cat&filter[name]=Tom'))).toEqual(['2'])
      expect((await get('/api/cat?filter[lives]=9')).status).toBe(400)
    })

    it('is not in the default order, in lists of values of another type, and in the documentation', async () => {
      const named = defineModel(zoo, { proxies: { lives: 'animals.lives', names: 'animals.name' } })
      const { get, served } = await serve({
        models: { zoo: named, animal, cat, dog },
        apis: { animal: { defaultSort: ['-lives', '-id'] }, cat: { exclude: ['lives'] }, dog: null },
      })
      expect(ids(await get('/api/animal'))).toEqual(['4', '3', '2', '1'])
      const { attributes } = (await get('/api/zoo/7')).document.data
      expect(Object.keys(attributes)).toEqual(['name', 'names'])
      const { paths, components } = (await served.ask('/openapi.json')).json
      const { parameters } = paths['/api/animal'].get
      expect(JSON.stringify(parameters)).not.toContain('filter.lives')
      expect(JSON.stringify(components.schemas.animalFilter)).not.toContain('"lives"')
      expect(components.schemas.animalRow.properties.lives.type).toContain('null')
    })

    it('does not hinder the filters of processors', async () => {
      const preprocessors = {
        GET_COLLECTION: [
          ({ filters }: ProcessorContext) => filters?.push({ name: 'lives', op: 'eq', val: 9 }),
        ],
      }
      const { get } = await serve({ ...hiding, apis: { ...hiding.apis, animal: { preprocessors } } })
      expect(ids(await get('/api/animal'))).toEqual(['2'])
    })
  })

  it('have the base query of their own model, also where they are read by the base', async () => {
    const wild = defineModel(cat, { baseQuery: ({ ref }) => sql`${ref('lives')} < 9` })
    const { get } = await serve({ models: { zoo, animal, cat: wild, dog } })
    expect((await get('/api/cat/2')).status).toBe(404)
    const { document } = await get('/api/animal')
    expect([typesOf(document), document.meta.total]).toEqual([['animal/1', 'dog/3', 'animal/4'], 3])
    expect(included(await get('/api/zoo/7?include=animals'))).toEqual(['animal/1', 'dog/3'])
    expect(ids(await get('/api/zoo/7/animals'))).toEqual(['1', '3'])
    expect((await get('/api/dog/3')).document.data.relationships.mother.data).toBeNull()
    expect((await get('/api/dog/3/mother')).document.data).toBeNull()
    const filter = { name: 'animals', op: 'any', val: { name: 'kind', op: 'eq', val: 'cat' } }
    expect(ids(await get(`/api/zoo?${objects(filter)}`))).toEqual([])
    await library().run('update animal set lives = 8 where id = 2')
    expect(ids(await get('/api/animal'))).toEqual(['1', '2', '3', '4'])
    await library().run('update animal set lives = 9 where id = 2')
  })

  it('cannot be linked as a type that the client may not read, whether they exist or not', async () => {
    const can: Can = ({ type }) => type !== 'dog'
    const { patch, send } = await serve({ manager: { can, methods: ['GET', 'PATCH'] } })
    const mother = (id: string) => ({ data: { type: 'dog', id } })
    const fields = {
      accept: 'application/vnd.api+json;ext="https://jsonapi.org/ext/atomic"',
      'content-type': 'application/vnd.api+json;ext="https://jsonapi.org/ext/atomic"',
    }
    for (const id of ['3', '99']) {
      const detail = 'expected type "animal" but got type "dog" in linkage object for relationship "mother"'
      expect(errorsOf(await patch('/api/cat/2/relationships/mother', mother(id)))).toEqual([
        `409 /data/type Failed to deserialize object: ${detail}`,
      ])
      const ref = { type: 'cat', id: '2', relationship: 'mother' }
      const operations = { 'atomic:operations': [{ op: 'update', ref, ...mother(id) }] }
      expect((await send('POST /api/operations', operations, fields)).status).toBe(409)
    }
  })

  it('keep their type: the base does not write the discriminator of another', async () => {
    const { get, patch, post } = await serve({
      manager: { methods: ['GET', 'POST', 'PATCH'], allowClientGeneratedIds: true },
    })
    const animal = (members: object) => ({ data: { type: 'animal', ...members } })
    const refused = ['409 /data/attributes/kind The resource would be of another type than "animal"']
    expect(errorsOf(await patch('/api/animal/1', animal({ id: '1', attributes: { kind: 'cat' } })))).toEqual(
      refused,
    )
    expect(errorsOf(await post('/api/animal', animal({ id: '50', attributes: { kind: 'cat' } })))).toEqual(
      refused,
    )
    expect((await patch('/api/animal/1', animal({ id: '1', attributes: { kind: 'animal' } }))).status).toBe(
      204,
    )
    expect((await get('/api/cat')).document.meta.total).toBe(1)
  })

  it('have the type whose value they have to the letter, whatever the collation of the column ignores', async () => {
    const insert =
      "insert into animal (id, kind, name, lives) values (60, 'CAT', 'a', 1), (61, 'cat ', 'b', 1), (62, 'càt', 'c', 1);"
    await library().run(insert)
    try {
      const hidden = await serve({
        manager: { methods: ['GET', 'POST', 'PATCH', 'DELETE'] },
        apis: { cat: { exclude: ['lives'], can: ({ operation }) => operation !== 'delete' } },
      })
      expect(ids(await hidden.get('/api/cat'))).toEqual(['2'])
      const page = await hidden.get('/api/animal')
      expect(typesOf(page.document)).toEqual(
        expect.arrayContaining(['cat/2', 'animal/60', 'animal/61', 'animal/62']),
      )
      for (const id of ['60', '61', '62']) {
        expect((await hidden.get(`/api/cat/${id}`)).status).toBe(404)
        expect((await hidden.get(`/api/animal/${id}`)).document.data.attributes.lives).toBe(1)
      }
      const unread = await serve({ apis: { cat: { can: ({ operation }) => operation !== 'read' } } })
      expect(ids(await unread.get('/api/animal'))).toEqual(expect.arrayContaining(['60', '61', '62']))
      expect(ids(await unread.get('/api/animal'))).not.toContain('2')
    } finally {
      await library().run('delete from animal where id >= 60;')
    }
  })
})
