import { beforeAll, beforeEach, expect, it } from 'vitest'
import { DefaultDeserializer, type DeserializerOptions } from '../../../lib/jsonapi/write/deserializer.ts'
import { lockResource } from '../../../lib/jsonapi/write/update.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { errorsOf, statusOf } from '../../support/write-errors.ts'
import { openWorld, resourcesOf, type World } from '../../support/write-world.ts'

describeEachDatabase(
  'a document',
  (database) => {
    let world: World
    let resources = resourcesOf()
    beforeAll(async () => {
      world = await openWorld(database)
      await world.reset()
    })
    beforeEach(() => {
      resources = resourcesOf()
    })

    const read = (type: string, document: unknown, options: DeserializerOptions = {}, id?: string) =>
      world.write(async (context) => {
        const resource = resources(type)
        const row = id === undefined ? undefined : await lockResource(context, resource, id)
        const current = row && id !== undefined ? { id, row } : undefined
        return new DefaultDeserializer(resource, options).deserialize(document, context, current)
      })
    const data = (members: object, type = 'article') => ({ data: { type, ...members } })

    it('without data, with a list, with null members is refused with its pointer (RES-200, RES-215, RES-216, JA-105, JA-106)', async () => {
      expect(await errorsOf(read('article', {}))).toEqual([400, ['# missing "data" element']])
      expect(await errorsOf(read('article', []))).toEqual([400, ['# The document must be a JSON object']])
      const one = '#/data The "data" element must be one resource object'
      expect(await errorsOf(read('article', { data: [] }))).toEqual([400, [one]])
      expect(await errorsOf(read('article', { data: null }))).toEqual([400, [one]])
      expect(await errorsOf(read('article', { data: {} }))).toEqual([400, ['#/data missing "type" element']])
      for (const name of ['attributes', 'relationships']) {
        for (const value of [null, [], 'x']) {
          const error = `#/data/${name} The "${name}" element must be an object`
          expect(await errorsOf(read('article', data({ [name]: value })))).toEqual([400, [error]])
        }
      }
    })

    it('with another type is a conflict, also with that of a subtype or of the base (RES-201, JA-121)', async () => {
      const errors = await errorsOf(read('article', data({}, 'person')))
      expect(errors).toEqual([409, ['#/data/type expected type "article" but got type "person"']])
      expect(await statusOf(read('animal', data({}, 'cat')))).toBe(409)
      expect(await statusOf(read('cat', data({}, 'animal')))).toBe(409)
    })

    it('of an update is checked in the order type, id, value of the id (RES-225, RES-226, FJ-76, JA-127, JA-145, JA-146)', async () => {
      const update = (resource: object) => errorsOf(read('article', { data: resource }, {}, '1'))
      expect(await update({ id: '2' })).toEqual([400, ['#/data missing "type" element']])
      expect(await update({ type: 'person' })).toEqual([400, ['#/data missing "id" element']])
      expect(await update({ type: 'person', id: '2' })).toEqual([
        409,
        ['#/data/type expected type "article" but got type "person"'],
      ])
      expect(await update({ type: 'article', id: 1 })).toEqual([
        409,
        ['#/data/id The "id" element of the resource object must be a JSON string'],
      ])
      expect(await update({ type: 'article', id: '2' })).toEqual([409, ['#/data/id ID must be 1, not 2']])
    })

    it('has ids as JSON strings, in data and in linkage alike (RES-203, RES-214, RES-254, FJ-82)', async () => {
      const allowed = { allowClientGeneratedIds: true }
      expect(await errorsOf(read('person', data({ id: 9 }, 'person'), allowed))).toEqual([
        409,
        ['#/data/id The "id" element of the resource object must be a JSON string'],
      ])
      const relationships = { author: { data: { type: 'person', id: 1 } } }
      expect(await errorsOf(read('article', data({ attributes: { title: 'x' }, relationships })))).toEqual([
        409,
        [
          '#/data/relationships/author/data/id The "id" element of a resource identifier must be a JSON string',
        ],
      ])
    })

    it('has all unknown fields reported at once, also one in the wrong member (RES-206, RES-229, RES-233, JA-124, JA-185)', async () => {
      const document = data({
        attributes: { title: 'x', nope: 1, author: 2, 'a/b': 3, constructor: 4 },
        relationships: { body: { data: null }, nope: { data: null } },
      })
      expect(await errorsOf(read('article', document))).toEqual([
        400,
        [
          '#/data/attributes/nope model has no attribute "nope"',
          '#/data/attributes/author model has no attribute "author"',
          '#/data/attributes/a~1b model has no attribute "a/b"',
          '#/data/attributes/constructor model has no attribute "constructor"',
          '#/data/relationships/body model has no relationship "body"',
          '#/data/relationships/nope model has no relationship "nope"',
        ],
      ])
    })

    it('has no foreign keys among its attributes: the relationship has them (RES-080, JA-26)', async () => {
      const document = data({ attributes: { title: 'x', author_id: 1 } })
      expect(await errorsOf(read('article', document))).toEqual([
        400,
        ['#/data/attributes/author_id model has no attribute "author_id"'],
      ])
    })

    it('may have write-only fields, but not hidden or read-only ones (RES-209, RES-313)', async () => {
      const options = { exclude: ['age', 'email'], writeOnly: ['email'], readOnly: ['tenant'] }
      resources = resourcesOf({}, { person: options })
      const person = (attributes: object) => read('person', data({ attributes }, 'person'))
      expect((await person({ name: 'x', email: 'x@example.org' })).columns).toMatchObject({
        email: 'x@example.org',
      })
      expect(await errorsOf(person({ name: 'x', age: 1 }))).toEqual([
        400,
        ['#/data/attributes/age model has no attribute "age"'],
      ])
      expect(await errorsOf(person({ name: 'x', tenant: 1 }))).toEqual([
        403,
        ['#/data/attributes/tenant The attribute "tenant" is read-only'],
      ])
    })

    it('cannot set computed attributes without a setter, nor methods (RES-207, RES-208, RES-229, FJ-85)', async () => {
      const loud = { get: ({ name }: Readonly<Record<string, unknown>>) => `${String(name)}!` }
      resources = resourcesOf(
        { person: { computed: { loud } } },
        { person: { additionalAttributes: { method: () => 1 } } },
      )
      expect(
        await errorsOf(read('person', data({ attributes: { name: 'x', loud: 'y', method: 1 } }, 'person'))),
      ).toEqual([
        403,
        [
          '#/data/attributes/loud The attribute "loud" is read-only',
          '#/data/attributes/method The attribute "method" is read-only',
        ],
      ])
    })

    it('has its missing fields reported at the nearest parent that exists (RES-217, FJ-73, FJ-125, FJ-127)', async () => {
      resources = resourcesOf({ person: { attributes: { name: 'fullName' } } })
      expect(await errorsOf(read('comment', data({}, 'comment')))).toEqual([
        400,
        ['#/data The attribute "text" is required', '#/data The relationship "article" is required'],
      ])
      expect(await errorsOf(read('person', data({ attributes: { age: 1 } }, 'person')))).toEqual([
        400,
        ['#/data/attributes The attribute "fullName" is required'],
      ])
      const nothing = data(
        { attributes: { text: 'x' }, relationships: { article: { data: null } } },
        'comment',
      )
      expect(await errorsOf(read('comment', nothing))).toEqual([
        400,
        ['#/data/relationships/article/data The relationship "article" must not be null'],
      ])
      expect(await errorsOf(read('person', data({ attributes: { fullName: null } }, 'person')))).toEqual([
        400,
        ['#/data/attributes/fullName The attribute "fullName" must not be null'],
      ])
    })

    it('has all faults of its linkage reported, with the pointer of each (RES-211, FJ-124, FJ-154, JA-107)', async () => {
      const linkage = (relationships: object) =>
        errorsOf(read('article', data({ attributes: { title: 'x' }, relationships })))
      expect(await linkage({ author: {}, tags: null })).toEqual([
        400,
        [
          '#/data/relationships/author missing "data" element in linkage object for relationship "author"',
          '#/data/relationships/tags missing relationship object for "tags"',
        ],
      ])
      expect(await linkage({ author: { data: [] }, tags: { data: null } })).toEqual([
        400,
        [
          '#/data/relationships/author/data data in linkage object for relationship "author" must be one resource identifier, or null',
          '#/data/relationships/tags/data data in linkage object for relationship "tags" must be a list; maybe you intended to provide an empty list?',
        ],
      ])
      const missing = (name: string) => `missing "${name}" element in linkage object for relationship "tags"`
      const tags = { data: [{ id: '1' }, { type: 'tag', id: '1' }, { type: 'tag' }, 7] }
      expect(await linkage({ tags })).toEqual([
        400,
        [
          `#/data/relationships/tags/data/0 ${missing('type')}`,
          `#/data/relationships/tags/data/2 ${missing('id')}`,
          `#/data/relationships/tags/data/3 ${missing('type')}`,
        ],
      ])
      expect(await linkage({ author: { data: { type: 'tag', id: '1' } } })).toEqual([
        409,
        [
          '#/data/relationships/author/data/type expected type "person" but got type "tag" in linkage object for relationship "author"',
        ],
      ])
    })

    it('of an update needs linkage in each relationship, and a flag to replace members (RES-231, RES-232, JA-132, JA-133, JA-134, JA-143)', async () => {
      const update = (relationships: object, options?: DeserializerOptions) =>
        errorsOf(read('article', data({ id: '1', relationships }), options, '1'))
      expect(await update({ author: null })).toEqual([
        400,
        [
          '#/data/relationships/author missing relationship object for "author" in resource of type "article" with ID "1"',
        ],
      ])
      expect(await update({ author: {} })).toEqual([
        400,
        ['#/data/relationships/author missing "data" element in linkage object for relationship "author"'],
      ])
      expect(await update({ tags: { data: 'nonsense' } })).toEqual([
        403,
        ['#/data/relationships/tags Not allowed to replace a to-many relationship'],
      ])
      expect(await update({ tags: { data: null } }, { allowToManyReplacement: true })).toEqual([
        400,
        [
          '#/data/relationships/tags/data data in linkage object for relationship "tags" must be a list; maybe you intended to provide an empty list?',
        ],
      ])
      const missing = { data: ['8', '9'].map((id) => ({ type: 'tag', id })) }
      expect(await update({ tags: missing }, { allowToManyReplacement: true })).toEqual([
        404,
        [
          '#/data/relationships/tags/data/0 No resource of type tag found with ID 8',
          '#/data/relationships/tags/data/1 No resource of type tag found with ID 9',
        ],
      ])
    })

    it('accepts the identifiers of subtypes where a relation names the base, and no foreign type (FJ-130)', async () => {
      const animals = (...data: object[]) =>
        read('person', {
          data: { type: 'person', attributes: { name: 'x' }, relationships: { animals: { data } } },
        })
      const { links } = await animals(
        { type: 'cat', id: '1' },
        { type: 'dog', id: '2' },
        { type: 'animal', id: '2' },
      )
      expect(links[0]?.members.map(({ id, resource }) => [resource.type, id])).toEqual([
        ['cat', '1'],
        ['dog', '2'],
        ['animal', '2'],
      ])
      expect(await statusOf(animals({ type: 'dog', id: '1' }))).toBe(404)
      expect(await statusOf(animals({ type: 'tag', id: '1' }))).toBe(409)
    })

    it('may have members that begin with an at sign, and a local id (JA-58)', async () => {
      const members = { lid: 'a', attributes: { name: 'x', '@note': 1 }, relationships: { '@x': 1 } }
      expect(await read('person', data(members, 'person'))).toMatchObject({
        lid: 'a',
        columns: { name: 'x' },
      })
      const relationships = { author: { data: { type: 'person', lid: 'a' } } }
      expect(await errorsOf(read('article', data({ attributes: { title: 'x' }, relationships })))).toEqual([
        400,
        ['#/data/relationships/author/data/lid No earlier operation has created a person with this lid'],
      ])
    })
  },
  ['sqlite'],
)
