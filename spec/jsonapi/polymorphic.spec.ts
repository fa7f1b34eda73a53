/** Types of resources that share a table. */
import { sql } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import { DefaultSerializer } from '../../lib/jsonapi/document/serializer.ts'
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
})
