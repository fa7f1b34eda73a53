/** Models that are declared or refined. */
import { sql } from 'kysely'
import {
  defineModel,
  introspect,
  type Model,
  type ModelDefinition,
  type ModelRefinement,
} from 'mazurka/jsonapi'
import { beforeAll, describe, expect, it } from 'vitest'
import { describeEachDatabase } from '../support/databases.ts'
import { openLibrary } from '../support/library.ts'

const person = defineModel({
  table: 'person',
  columns: {
    id: 'integer',
    name: { kind: 'string', maxLength: 80 },
    email: { kind: 'string', isUnique: true },
    nick: { kind: 'string', isUnique: true, isNullable: true },
    kind: { kind: 'enum', values: ['staff', 'guest'] },
    type: 'string',
    boss_id: { kind: 'integer', isNullable: true },
    row_version: 'integer',
  },
  relations: {
    boss: { target: 'person', local: 'boss_id', inverse: 'staff' },
    staff: { target: 'person', isMany: true, remote: 'boss_id', inverse: 'boss' },
  },
  computed: { initial: { type: { kind: 'string' }, sql: ({ ref }) => sql`substr(${ref('name')}, 1, 1)` } },
  proxies: { bossName: 'boss.name' },
  version: 'row_version',
})

describe('defineModel', () => {
  it('takes a part that is undefined for one that is not refined', () => {
    const refinement = { type: undefined, version: undefined, columns: undefined } as object
    expect(defineModel(person, refinement)).toEqual(person)
  })

  it('declares a model with the defaults of its table', () => {
    expect(person).toMatchObject({
      name: 'person',
      type: 'person',
      table: 'person',
      primaryKey: ['id'],
      id: ['id'],
    })
    expect(person.columns.id).toEqual({
      name: 'id',
      kind: 'integer',
      type: 'integer',
      isNullable: false,
      isUnique: true,
      hasDefault: true,
      isGenerated: false,
    })
    expect(person.columns.boss_id).toMatchObject({ isNullable: true, hasDefault: false })
    expect(person.attributes).toMatchObject({ id: 'id', name: 'name', type: 'person_type' })
    expect(person.relations.boss).toEqual({
      name: 'boss',
      target: 'person',
      isMany: false,
      local: ['boss_id'],
      remote: ['id'],
      isOwner: true,
      isNullable: true,
      isUnique: false,
      inverse: 'staff',
    })
    expect(person.relations.staff).toMatchObject({
      isMany: true,
      local: ['id'],
      remote: ['boss_id'],
      isOwner: false,
    })
    expect(person.version).toBe('row_version')
  })

  it('declares a composite key, and many-to-many relations', () => {
    const line = defineModel({
      table: 'line',
      primaryKey: ['order_id', 'number'],
      columns: { order_id: 'integer', number: 'integer' },
      relations: {
        tags: {
          target: 'tag',
          isMany: true,
          through: { table: 'line_tag', left: ['order_id', 'number'], right: 'tag_id' },
        },
      },
    })
    expect(line.columns.number).toMatchObject({ isUnique: false, hasDefault: false })
    expect(line.relations.tags).toMatchObject({
      local: ['order_id', 'number'],
      remote: ['id'],
      through: { table: 'line_tag', left: ['order_id', 'number'], right: ['tag_id'] },
      isNullable: true,
    })
  })

  it('leaves the model that it refines as it is', () => {
    const before = structuredClone({ ...person, computed: {} })
    defineModel(person, {
      type: 'people',
      relations: { boss: null, staff: { name: 'team' } },
      attributes: { name: 'x' },
    })
    expect({ ...person, computed: {} }).toEqual(before)
  })

  it('adds to a model, and changes and removes parts of it', () => {
    const refined = defineModel(person, {
      type: 'people',
      columns: { name: 'json', extra: { kind: 'date', hasDefault: true } },
      attributes: { email: 'address' },
      relations: {
        boss: { name: 'chief', isReadOnly: true },
        staff: null,
        pet: { target: 'animal', local: 'email', remote: 'owner_email', isOwner: false },
      },
      computed: { shout: { get: ({ name }) => String(name).toUpperCase() } },
      baseQuery: ({ ref }) => sql`${ref('kind')} = 'staff'`,
    })
    expect(Object.keys(refined.relations)).toEqual(['chief', 'pet'])
    expect(refined.relations.chief).toMatchObject({
      name: 'chief',
      target: 'person',
      local: ['boss_id'],
      isReadOnly: true,
    })
    expect(refined.relations.pet).toMatchObject({ isMany: false, isOwner: false, local: ['email'] })
    expect(refined.columns.name).toMatchObject({ kind: 'json', maxLength: 80 })
    expect(refined.attributes).toMatchObject({ email: 'address', extra: 'extra', name: 'name' })
    expect(Object.keys(refined.computed)).toEqual(['initial', 'shout'])
    expect(refined.baseQuery).toBeTypeOf('function')
    expect(refined.version).toBe('row_version')
  })

  it('takes a column that is NOT NULL and UNIQUE as the id, and no other (FJ-97)', () => {
    const byEmail = defineModel(person, { id: 'email' })
    expect(byEmail.id).toEqual(['email'])
    expect(byEmail.attributes.id).toBe('person_id')
    expect(defineModel(byEmail, {}).id).toEqual(['email'])
    for (const id of ['nick', 'name', ['email', 'name']]) {
      expect(() => defineModel(person, { id })).toThrow(
        'it has to be the primary key or a column that is NOT NULL and UNIQUE',
      )
    }
  })

  it('makes models of rows that share a table (RES-022, RES-306)', () => {
    const base = defineModel(person, { discriminator: { column: 'kind' } })
    const guest = defineModel(base, { discriminator: { column: 'kind', value: 'guest' } })
    expect(base.discriminator).toEqual({ column: 'kind' })
    expect(guest).toMatchObject({ name: 'guest', type: 'guest', table: 'person' })
    expect(guest.discriminator).toEqual({ column: 'kind', value: 'guest', base: 'person' })
    expect(
      defineModel(base, {
        name: 'visitor',
        type: 'visitors',
        discriminator: { column: 'kind', value: 'guest' },
      }),
    ).toMatchObject({ name: 'visitor', type: 'visitors' })
  })

  it('never serves a field as type or id (FJ-86)', () => {
    for (const name of ['id', 'type']) {
      expect(() => defineModel(person, { attributes: { name } })).toThrow('cannot be named id or type')
      expect(() => defineModel(person, { computed: { [name]: { get: () => 1 } } })).toThrow(
        'cannot be named id or type',
      )
      expect(() => defineModel(person, { relations: { boss: { name } } })).toThrow(
        'cannot be named id or type',
      )
    }
  })

  it('serves no two fields under one name (FJ-141)', () => {
    expect(() => defineModel(person, { relations: { boss: { onDelete: 'RESTRICT' } } })).toThrow(
      "cannot have onDelete: 'RESTRICT'; use 'cascade', 'set null', 'set default', 'restrict', 'no action'",
    )
    expect(() => defineModel(person, { attributes: { name: 'email' } })).toThrow(
      "'person' has two fields 'email'",
    )
    expect(() => defineModel(person, { computed: { name: { get: () => 1 } } })).toThrow("two fields 'name'")
    expect(() => defineModel(person, { relations: { staff: { name: 'boss' } } })).toThrow(
      "two relations 'boss'",
    )
    const moved = defineModel(person, { relations: { boss: { name: 'boss_id' } } })
    expect(moved.attributes.boss_id).toBe('boss_id_2')
  })

  it.each<[ModelRefinement | Record<string, unknown>, string]>([
    [
      { attribute: {} },
      "The definition of 'person' has the unknown option 'attribute': did you mean 'attributes'?",
    ],
    [
      { columns: { name: 'text' } },
      "The column 'name' of 'person' has the kind 'text', not one of string, integer",
    ],
    [{ columns: { name: 'strng' } }, "did you mean 'string'?"],
    [
      { columns: { name: { kind: 'string', maxLenght: 40 } } },
      "The column 'name' of 'person' has the unknown option 'maxLenght': did you mean 'maxLength'?",
    ],
    [
      { columns: { name: { kind: 'decimal', precision: 10 } } },
      "The column 'name' of 'person' has the unknown option 'precision'",
    ],
    [
      { columns: { name: { kind: 'string', isNullable: 'no' } } },
      "The column 'name' of 'person' cannot have isNullable: 'no'; use true or false",
    ],
    [
      { computed: { x: { get: () => 1, type: { kind: 'string', length: 3 } } } },
      "The computed attribute 'x' of 'person', in 'type', has the unknown option 'length'",
    ],
    [
      { relations: { pet: { target: 'a', through: { tabel: 'a', left: 'a', right: 'b' } } } },
      "The relation 'pet' of 'person', in 'through', has the unknown option 'tabel': did you mean 'table'?",
    ],
    [
      { attributes: { nam: 'x' } },
      "The attributes of 'person' has the unknown column 'nam': did you mean 'name'?",
    ],
    [{ attributes: { name: 'a b' } }, "is 'a b': a name has letters, digits, - and _"],
    [{ id: 'emial' }, "The id of 'person' has the unknown column 'emial': did you mean 'email'?"],
    [{ version: 'versoin' }, "The version of 'person' has the unknown column 'versoin'"],
    [{ type: '' }, "The type of 'person' is ''"],
    [{ relations: { bos: null } }, "The relation 'bos' of 'person' does not exist: did you mean 'boss'?"],
    [
      { relations: { bos: { name: 'x' } } },
      "The relation 'bos' of 'person' has no target: did you mean 'boss'?",
    ],
    [{ relations: { pet: { target: 'a', local: 'pet_id' } } }, "has the unknown column 'pet_id'"],
    [{ relations: { pet: { target: 'a' } } }, "The relation 'pet' of 'person' has no columns"],
    [
      { relations: { pet: { target: 'a', local: 'name', remote: ['a', 'b'] } } },
      '1 local and 2 remote columns',
    ],
    [
      { relations: { pet: { target: 'a', locl: 'name' } } },
      "has the unknown option 'locl': did you mean 'local'?",
    ],
    [
      { proxies: { x: 'bos.name' } },
      "The proxy 'x' of 'person' has the unknown relation 'bos': did you mean 'boss'?",
    ],
    [{ proxies: { x: 'boss' } }, "The proxy 'x' of 'person' is 'boss', not 'relation.attribute'"],
    [{ proxies: { x: 'boss.boss.name' } }, "not 'relation.attribute'"],
    [{ computed: { x: {} } }, "The computed attribute 'x' of 'person' has neither sql nor get nor set"],
    [{ computed: { x: { get: 'name' } } }, "is a function, not 'name'"],
    [{ computed: { x: { gte: () => 1 } } }, "has the unknown option 'gte': did you mean 'get'?"],
    [{ computed: { x: { get: () => 1, type: { kind: 'text' } } } }, "has the kind 'text'"],
    [{ baseQuery: true }, "The baseQuery of 'person' is a function, not true"],
    [
      { discriminator: { column: 'knd' } },
      "The discriminator of 'person' has the unknown column 'knd': did you mean 'kind'?",
    ],
    [{ discriminator: { column: 'kind', value: 'boss' } }, "has the value 'boss', not one of staff, guest"],
    [{ name: 'person', discriminator: { column: 'kind', value: 'staff' } }, 'has itself as its base'],
  ])('refuses %j', (refinement, message) => {
    const refine = () => defineModel(person, refinement as ModelRefinement)
    expect(refine).toThrow(TypeError)
    expect(refine).toThrow(message)
  })

  it.each<[Record<string, unknown>, string]>([
    [{ columns: { id: 'integer' } }, 'A model needs the name of its table'],
    [{ table: 'x', columns: { name: 'string' } }, "The primary key of 'x' has the unknown column 'id'"],
    [{ table: 'x', columns: { id: 'integer' }, primaryKey: [] }, "The primary key of 'x' has no columns"],
    [
      { table: 'x', columns: { id: 'integer' }, tables: 1 },
      "The definition of 'x' has the unknown option 'tables'",
    ],
  ])('refuses the model %j', (definition, message) => {
    expect(() => defineModel(definition as unknown as ModelDefinition)).toThrow(message)
  })
})

describeEachDatabase('defineModel', (database) => {
  let models: Record<string, Model>
  beforeAll(async () => {
    const { db } = await openLibrary(database)
    models = await introspect(db, { names: { types: { article_tag: 'article_tag' } } })
  })

  it('makes a relation of a proxy that leads through an association (RES-303)', () => {
    const refined = defineModel(models.article as Model, { proxies: { labels: 'article_tags.tag' } }, models)
    expect(refined.relations.labels).toEqual({
      ...models.article?.relations.tags,
      name: 'labels',
      inverse: undefined,
    })
    expect(refined.proxies).toEqual({})
    const tag = defineModel(models.tag as Model, { proxies: { names: 'article_tags.article_id' } }, models)
    expect(tag.proxies).toEqual({ names: 'article_tags.article_id' })
  })

  it('makes it read-only where the association needs other values, and refuses to pass by a base query', () => {
    const noted = defineModel(models.article_tag as Model, { columns: { note: 'string' } })
    const through = (article_tag: Model) =>
      defineModel(
        models.article as Model,
        { proxies: { labels: 'article_tags.tag' } },
        { ...models, article_tag },
      )
    expect(through(noted).relations.labels?.isReadOnly).toBe(true)
    const optional = defineModel(models.article_tag as Model, {
      columns: { note: { kind: 'string', isNullable: true } },
    })
    expect(through(optional).relations.labels?.isReadOnly).toBeUndefined()
    const hidden = defineModel(noted, { baseQuery: () => undefined })
    expect(() => through(hidden)).toThrow("would pass by the base query of 'article_tag'")
    expect(() => defineModel(models.comment as Model, { proxies: { x: 'article.author' } }, models)).toThrow(
      'has to lead to rows that have keys of both tables',
    )
  })
})
