import { type SqlBool, sql } from 'kysely'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { NotFound, PreconditionFailed } from '../../../lib/exceptions/client-errors.ts'
import type { Row } from '../../../lib/jsonapi/reading/selection.ts'
import { DefaultDeserializer } from '../../../lib/jsonapi/write/deserializer.ts'
import type { MemberOptions } from '../../../lib/jsonapi/write/member.ts'
import { lockResource, type Updated, updateResource } from '../../../lib/jsonapi/write/update.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { errorsOf, statusOf } from '../../support/write-errors.ts'
import { openWorld, resourcesOf, type World } from '../../support/write-world.ts'

const OPTIONS = { allowToManyReplacement: true }

describeEachDatabase('a PATCH of a resource', (database) => {
  let world: World
  let resources = resourcesOf()
  beforeAll(async () => {
    world = await openWorld(database)
  })
  beforeEach(async () => {
    resources = resourcesOf()
    await world.reset()
  })

  const patch = (
    type: string,
    id: string,
    members: object,
    options: MemberOptions & { check?: (row: Row) => void } = {},
  ): Promise<Updated> =>
    world.write(async (context) => {
      const resource = resources(type)
      const row = await lockResource(context, resource, id)
      if (!row) throw new NotFound(`No resource found with type ${type} and ID ${id}`)
      options.check?.(row)
      const document = { data: { type, id, ...members } }
      const change = await new DefaultDeserializer(resource, OPTIONS).deserialize(document, context, {
        id,
        row,
      })
      return updateResource(context, resource, row, change, options)
    })
  const one = async (table: string, id: number) => (await world.rows(table)).find((row) => row.id === id)

  it('changes what it has and nothing else, and says that no more has changed (RES-223, FJ-72, FJ-78, JA-129)', async () => {
    const { hasChangedMore, row } = await patch('person', '1', { attributes: { age: 31 } })
    expect(hasChangedMore).toBe(false)
    expect(row).toMatchObject({ name: 'Ann', age: 31, email: 'ann@example.org' })
    expect(await one('person', 1)).toMatchObject({ name: 'Ann', age: 31 })
  })

  it('of an attribute to null stores null (FJ-73)', async () => {
    await patch('article', '2', { attributes: { body: null } })
    expect(await one('article', 2)).toMatchObject({ body: null, title: 'Two' })
    expect(await errorsOf(patch('article', '2', { attributes: { title: null } }))).toEqual([
      400,
      ['#/data/attributes/title The attribute "title" must not be null'],
    ])
  })

  it('without attributes and relationships changes nothing (RES-227)', async () => {
    expect((await patch('article', '1', {})).hasChangedMore).toBe(false)
    expect(await one('article', 1)).toMatchObject({ version: 1 })
  })

  it('with relationships alone is fine (RES-230, FJ-74, FJ-80, JA-130)', async () => {
    await patch('article', '1', { relationships: { author: { data: { type: 'person', id: '2' } } } })
    expect(await one('article', 1)).toMatchObject({ author_id: 2 })
    await patch('article', '1', { relationships: { author: { data: null } } })
    expect(await one('article', 1)).toMatchObject({ author_id: null })
  })

  it('counts the version on, and says that more has changed (RES-224, FJ-78)', async () => {
    const { hasChangedMore, row } = await patch('article', '1', { attributes: { title: 'x' } })
    expect([hasChangedMore, row.version]).toEqual([true, 2])
  })

  it('says that more has changed where a computed attribute may have (RES-224)', async () => {
    resources = resourcesOf({ person: { computed: { loud: { get: ({ name }) => `${String(name)}!` } } } })
    expect((await patch('person', '1', { attributes: { name: 'x' } })).hasChangedMore).toBe(true)
  })

  it('to the values that are stored is found and unchanged, also on MySQL (FJ-114)', async () => {
    const { hasChangedMore } = await patch('person', '1', { attributes: { name: 'Ann', age: 30 } })
    expect(hasChangedMore).toBe(false)
  })

  it('of a resource that does not exist is a 404 (RES-225, FJ-68, FJ-70, JA-142)', async () => {
    for (const id of ['99', '01', 'x', ' 1', '1.0', "1' or '1'='1"]) {
      expect(await errorsOf(patch('person', id, {}))).toEqual([
        404,
        [`No resource found with type person and ID ${id}`],
      ])
    }
  })

  it('finds ids by their exact text, whatever the collation (FJ-81)', async () => {
    expect(await statusOf(patch('page', 'HOME', {}))).toBe(404)
    expect((await patch('page', 'home', { attributes: { text: 'x' } })).row).toMatchObject({ text: 'x' })
  })

  it('of a row that the base query hides is a 404, and cannot hide a row', async () => {
    resources = resourcesOf({ person: { baseQuery: ({ ref }) => sql<SqlBool>`${ref('tenant')} = 1` } })
    expect(await statusOf(patch('person', '3', { attributes: { age: 1 } }))).toBe(404)
    expect(await errorsOf(patch('person', '1', { attributes: { tenant: 2 } }))).toEqual([
      403,
      ['The resource would not be visible to you any more'],
    ])
    expect(await one('person', 1)).toMatchObject({ tenant: 1 })
  })

  it('of a subtype is found at its own type alone (RES-306, FJ-131)', async () => {
    expect((await patch('cat', '1', { attributes: { name: 'x' } })).row).toMatchObject({ name: 'x' })
    expect(await statusOf(patch('animal', '1', {}))).toBe(404)
    expect(await statusOf(patch('dog', '1', {}))).toBe(404)
  })

  it('replaces members by their difference: join rows that stay keep their columns (RES-231, FJ-88, FJ-89)', async () => {
    const tags = (...ids: string[]) => ({
      relationships: { tags: { data: ids.map((id) => ({ type: 'tag', id })) } },
    })
    await patch('article', '1', tags('2', '3', '2'))
    const links = async () => (await world.rows('article_tag')).filter((row) => row.article_id === 1)
    expect(await links()).toEqual([
      { article_id: 1, tag_id: 2, note: 'mine' },
      { article_id: 1, tag_id: 3, note: 'kept' },
    ])
    await patch('article', '1', tags())
    expect(await links()).toEqual([])
    expect(await world.rows('tag')).toHaveLength(3)
  })

  it('replaces members whose key is in their own row (RES-231)', async () => {
    const articles = { data: ['2', '3'].map((id) => ({ type: 'article', id })) }
    await patch('person', '1', { relationships: { articles } })
    expect((await world.rows('article')).map((row) => row.author_id)).toEqual([null, 1, 1])
  })

  it('never deletes members that cannot be without, unless told to (FJ-87)', async () => {
    const comments = { relationships: { comments: { data: [{ type: 'comment', id: '2' }] } } }
    expect(await errorsOf(patch('article', '1', comments))).toEqual([
      403,
      [
        '#/data/relationships/comments/data Members of "comments" cannot be removed: a comment always belongs to one',
      ],
    ])
    expect(await world.rows('comment')).toHaveLength(2)
    await patch('article', '1', comments, { deleteOrphans: true })
    expect((await world.rows('comment')).map(({ id }) => id)).toEqual([2])
  })

  it('leaves members that the base query hides when it replaces the others', async () => {
    resources = resourcesOf({ tag: { baseQuery: ({ ref }) => sql<SqlBool>`${ref('name')} <> 'red'` } })
    await patch('article', '1', { relationships: { tags: { data: [] } } })
    expect((await world.rows('article_tag')).map((row) => [row.article_id, row.tag_id])).toEqual([
      [1, 1],
      [2, 1],
    ])
  })

  it('takes the partner of a one-to-one relationship from either side (FJ-94)', async () => {
    const person = { person: { data: { type: 'person', id: '1' } } }
    await patch('passport', '2', { relationships: person })
    expect((await world.rows('passport')).map((row) => row.person_id)).toEqual([null, 1])
    await patch('passport', '2', { relationships: person })
    await patch('person', '2', { relationships: { passport: { data: { type: 'passport', id: '2' } } } })
    expect((await world.rows('passport')).map((row) => row.person_id)).toEqual([null, 2])
    await patch('person', '2', { relationships: { passport: { data: null } } })
    expect((await world.rows('passport')).map((row) => row.person_id)).toEqual([null, null])
  })

  it('writes a list of a proxy by its difference (RES-304)', async () => {
    await patch('article', '1', { attributes: { tagNames: ['green', 'pink'] } })
    const names = new Map((await world.rows('tag')).map(({ id, name }) => [id, name]))
    const links = (await world.rows('article_tag')).filter((row) => row.article_id === 1)
    expect(links.map((row) => [names.get(row.tag_id), row.note])).toEqual([
      ['green', 'mine'],
      ['pink', 'kept'],
    ])
  })

  it('never changes the id, by attributes or by a relationship that is part of it (RES-234, FJ-77, JA-141)', async () => {
    expect(await statusOf(patch('page', 'home', { attributes: { slug: 'x' } }))).toBe(403)
    resources = resourcesOf({ loan: { id: ['shelf', 'place'] } })
    const book = (id: string) => ({ relationships: { book: { data: { type: 'book', id } } } })
    expect(await errorsOf(patch('loan', 'a%7Eb~1', book('2')))).toEqual([
      404,
      ['#/data/relationships/book/data No resource of type book found with ID 2'],
    ])
    resources = resourcesOf({ loan: { id: ['shelf', 'place'] }, book: { id: ['id'] } })
    expect(await errorsOf(patch('loan', 'a%7Eb~1', book('2')))).toEqual([
      403,
      ['#/data/relationships/book/data The relationship "book" is part of the id, which does not change'],
    ])
    await patch('loan', 'a%7Eb~1', book('1'))
  })

  it('translates the ids of linkage to the columns of the key (FJ-96, FJ-98)', async () => {
    await patch('loan', '1', { relationships: { book: { data: { type: 'book', id: 'a%7Eb~2' } } } })
    expect(await one('loan', 1)).toMatchObject({ shelf: 'a~b', place: 2 })
    resources = resourcesOf({ person: { id: ['email'] } })
    await patch('article', '1', {
      relationships: { author: { data: { type: 'person', id: 'bob@example.org' } } },
    })
    expect(await one('article', 1)).toMatchObject({ author_id: 2 })
  })

  it('changes nothing at all when one member of the document is wrong (RES-228, JA-104)', async () => {
    const relationships = { author: { data: null }, tags: { data: [] } }
    expect(await statusOf(patch('article', '1', { attributes: { nope: 1 }, relationships }))).toBe(400)
    expect(await one('article', 1)).toMatchObject({ author_id: 1, version: 1 })
    expect(await world.rows('article_tag')).toHaveLength(3)
  })

  it('checks its precondition under the lock: of two writers with one version, the second fails (FJ-112, FJ-113)', async () => {
    const check = (row: Row) => {
      if (row.version !== 1) throw new PreconditionFailed()
    }
    const results = await Promise.allSettled(
      ['a', 'b', 'c'].map((title) => patch('article', '1', { attributes: { title } }, { check })),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    expect(reasons).toEqual([expect.any(PreconditionFailed), expect.any(PreconditionFailed)])
    expect(await one('article', 1)).toMatchObject({ version: 2 })
  })

  it('refuses one that another holds for good with a conflict (FJ-94)', async () => {
    const relationships = { locker: { data: { type: 'locker', id: '1' } } }
    await patch('person', '2', { relationships })
    expect((await world.rows('locker')).map((row) => row.person_id)).toEqual([2])
    expect(await errorsOf(patch('person', '2', { relationships: { locker: { data: null } } }))).toEqual([
      403,
      [
        '#/data/relationships/locker/data Members of "locker" cannot be removed: a locker always belongs to one',
      ],
    ])
  })
})
