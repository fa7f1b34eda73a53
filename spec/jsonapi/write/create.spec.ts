import { type SqlBool, sql } from 'kysely'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { Row } from '../../../lib/jsonapi/reading/selection.ts'
import { createResource } from '../../../lib/jsonapi/write/create.ts'
import { DefaultDeserializer, type DeserializerOptions } from '../../../lib/jsonapi/write/deserializer.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { errorsOf, statusOf } from '../../support/write-errors.ts'
import { openWorld, resourcesOf, type World } from '../../support/write-world.ts'

describeEachDatabase('a POST of a resource', (database) => {
  let world: World
  let resources = resourcesOf()
  beforeAll(async () => {
    world = await openWorld(database)
  })
  beforeEach(async () => {
    resources = resourcesOf()
    await world.reset()
  })

  const post = (type: string, document: unknown, options: DeserializerOptions = {}): Promise<Row> =>
    world.write(async (context) => {
      const resource = resources(type)
      const change = await new DefaultDeserializer(resource, options).deserialize(document, context)
      return createResource(context, resource, change)
    })
  const data = (members: object, type = 'article') => ({ data: { type, ...members } })

  it('stores attributes, and returns the row with its generated id (RES-197, RES-198)', async () => {
    const row = await post('person', data({ attributes: { name: 'Zoë', age: 7 } }, 'person'))
    expect(row).toMatchObject({ name: 'Zoë', age: 7, email: null })
    expect(await world.rows('person')).toContainEqual(expect.objectContaining({ id: row.id, name: 'Zoë' }))
  })

  it('links to-one and to-many relationships, without a flag, a repeated member once (RES-210, FJ-92)', async () => {
    const relationships = {
      author: { data: { type: 'person', id: '2' } },
      tags: { data: ['1', '3', '3'].map((id) => ({ type: 'tag', id })) },
    }
    const { id } = await post('article', data({ attributes: { title: 'New' }, relationships }))
    const rows = await world.rows('article_tag')
    expect(rows.filter((row) => row.article_id === id).map((row) => row.tag_id)).toEqual([1, 3])
    expect(await world.rows('article')).toContainEqual(expect.objectContaining({ id, author_id: 2 }))
  })

  it('takes to-many members whose key is in their own row (RES-210)', async () => {
    const relationships = { articles: { data: ['3', '1'].map((id) => ({ type: 'article', id })) } }
    const { id } = await post('person', data({ attributes: { name: 'Z' }, relationships }, 'person'))
    expect((await world.rows('article')).map((row) => row.author_id)).toEqual([id, 1, id])
  })

  it('accepts null for a to-one relationship (RES-213)', async () => {
    const relationships = { author: { data: null } }
    const row = await post('article', data({ attributes: { title: 'New' }, relationships }))
    expect(row.author_id).toBeNull()
  })

  it('with defaults alone stores a row (RES-197)', async () => {
    expect(await post('loan', data({}, 'loan'))).toMatchObject({ reader: null })
  })

  it('with an id is refused unless ids of clients are allowed (RES-202, RES-203, FJ-83, JA-108, JA-109, JA-111, JA-120, JA-122)', async () => {
    const document = data({ id: 'news', attributes: { text: 'News' } }, 'page')
    const refused = '#/data/id Server does not allow client-generated IDs'
    expect(await errorsOf(post('page', document))).toEqual([403, [refused]])
    const allowed = { allowClientGeneratedIds: true }
    expect(await post('page', document, allowed)).toEqual(
      expect.objectContaining({ slug: 'news', text: 'News' }),
    )
    const conflict = '#/data/id A resource of type page with this ID exists'
    expect(await errorsOf(post('page', document, allowed))).toEqual([409, [conflict]])
  })

  it('maps the id of a client to the columns of the id (RES-204, FJ-98)', async () => {
    const document = data({ id: 'a%7Eb~9', attributes: { title: 'C' } }, 'book')
    const row = await post('book', document, { allowClientGeneratedIds: true })
    expect(row).toMatchObject({ shelf: 'a~b', place: 9 })
  })

  it('keeps ids of any script (RES-219)', async () => {
    const row = await post('page', data({ id: 'Žluťoučký/kůň' }, 'page'), { allowClientGeneratedIds: true })
    expect(row.slug).toBe('Žluťoučký/kůň')
  })

  it('needs the id where the database generates none', async () => {
    const document = data({}, 'page')
    expect(await errorsOf(post('page', document, { allowClientGeneratedIds: true }))).toEqual([
      400,
      ['#/data missing "id" element'],
    ])
    expect(await statusOf(post('page', document))).toBe(403)
  })

  it('never takes the id from the attributes (RES-205, JA-109)', async () => {
    const document = data({ attributes: { id: 99, name: 'x' } }, 'person')
    expect(await errorsOf(post('person', document))).toEqual([
      400,
      ['#/data/attributes/id model has no attribute "id"'],
    ])
    const page = data({ id: 'x', attributes: { slug: 'y' } }, 'page')
    expect(await errorsOf(post('page', page, { allowClientGeneratedIds: true }))).toEqual([
      403,
      ['#/data/attributes/slug The attribute "slug" is read-only'],
    ])
  })

  it('with linkage to rows that do not exist is a 404 and leaves no row (RES-212, FJ-71, FJ-81, FJ-84, JA-119)', async () => {
    const ids = ['1', '99', '01', '1e0', ' 1', '1.0', 'x']
    const relationships = { tags: { data: ids.map((id) => ({ type: 'tag', id })) } }
    const document = data({ attributes: { title: 'x' }, relationships })
    expect(await errorsOf(post('article', document))).toEqual([
      404,
      ids.slice(1).map((id, index) => {
        return `#/data/relationships/tags/data/${index + 1} No resource of type tag found with ID ${id}`
      }),
    ])
    expect(await world.rows('article')).toHaveLength(3)
  })

  it('cannot link rows that the base query hides, nor create one', async () => {
    resources = resourcesOf({ person: { baseQuery: ({ ref }) => sql<SqlBool>`${ref('tenant')} = 1` } })
    const relationships = { author: { data: { type: 'person', id: '3' } } }
    expect(await errorsOf(post('article', data({ attributes: { title: 'x' }, relationships })))).toEqual([
      404,
      ['#/data/relationships/author/data No resource of type person found with ID 3'],
    ])
    const person = (tenant: number) => post('person', data({ attributes: { name: 'x', tenant } }, 'person'))
    expect(await errorsOf(person(2))).toEqual([403, ['The new resource would not be visible to you']])
    expect(await person(1)).toMatchObject({ tenant: 1 })
  })

  it('of a subtype has its discriminator, which clients cannot set (RES-306, FJ-131)', async () => {
    expect(await post('cat', data({ attributes: { name: 'Tim' } }, 'cat'))).toMatchObject({ kind: 'cat' })
    const document = data({ attributes: { name: 'Tim', kind: 'dog' } }, 'cat')
    expect(await errorsOf(post('cat', document))).toEqual([
      403,
      ['#/data/attributes/kind The attribute "kind" is read-only'],
    ])
  })

  it('with a list of a proxy links rows, and creates those that are missing (RES-221, RES-304)', async () => {
    const attributes = { title: 'x', tagNames: ['red', 'new', 'new'] }
    const { id } = await post('article', data({ attributes }))
    const tags = await world.rows('tag')
    expect(tags.map(({ name }) => name)).toEqual(['red', 'green', 'blue', 'new'])
    const links = (await world.rows('article_tag')).filter((row) => row.article_id === id)
    expect(links.map((row) => row.tag_id)).toEqual([1, tags[3]?.id])
  })

  it('takes the partner of a one-to-one relationship from its former owner (FJ-94)', async () => {
    const relationships = { person: { data: { type: 'person', id: '1' } } }
    const { id } = await post('passport', data({ attributes: { number: 'P3' }, relationships }, 'passport'))
    const owners = (await world.rows('passport')).filter((row) => row.person_id === 1)
    expect(owners.map((row) => row.id)).toEqual([id])
    expect(await errorsOf(post('locker', data({ relationships }, 'locker')))).toEqual([
      409,
      ['#/data/relationships/person/data The person belongs to another locker, which cannot be without'],
    ])
  })

  it('sets a computed attribute that has a setter (RES-207, FJ-85)', async () => {
    const set = (value: unknown) => ({ name: String(value).toLowerCase() })
    resources = resourcesOf({
      person: { computed: { upper: { get: ({ name }) => String(name).toUpperCase(), set } } },
    })
    expect(await post('person', data({ attributes: { upper: 'ANN' } }, 'person'))).toMatchObject({
      name: 'ann',
    })
  })

  it('runs through a deserializer that renames fields first (RES-289, RES-292)', async () => {
    class Renaming extends DefaultDeserializer {
      override resourceObject(document: unknown) {
        const object = super.resourceObject(document)
        const { fullName, ...others } = object.attributes
        return { ...object, attributes: { ...others, name: fullName } }
      }
    }
    const row = await world.write(async (context) => {
      const document = data({ attributes: { fullName: 'x' } }, 'person')
      const change = await new Renaming(resources('person')).deserialize(document, context)
      return createResource(context, resources('person'), change)
    })
    expect(row.name).toBe('x')
  })
})
