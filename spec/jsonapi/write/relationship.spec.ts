import { beforeAll, beforeEach, expect, it } from 'vitest'
import { NotFound } from '../../../lib/exceptions/client-errors.ts'
import type { Mode } from '../../../lib/jsonapi/write/change.ts'
import { type RelationshipOptions, updateRelationship } from '../../../lib/jsonapi/write/relationship.ts'
import { lockResource } from '../../../lib/jsonapi/write/update.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { errorsOf, statusOf } from '../../support/write-errors.ts'
import { openWorld, resourcesOf, type World } from '../../support/write-world.ts'

const ALLOWED = { allowToManyReplacement: true, allowDeleteFromToManyRelationships: true }

describeEachDatabase('a relationship URL', (database) => {
  let world: World
  let resources = resourcesOf()
  beforeAll(async () => {
    world = await openWorld(database)
  })
  beforeEach(async () => {
    resources = resourcesOf()
    await world.reset()
  })

  const request = (mode: Mode, path: string, document: unknown, options: RelationshipOptions = ALLOWED) =>
    world.write(async (context) => {
      const [type = '', id = '', name = ''] = path.split('/')
      const resource = resources(type)
      const row = await lockResource(context, resource, id)
      const relationship = resource.relationships.get(name)
      if (!row || !relationship) throw new NotFound()
      return updateRelationship(context, resource, row, relationship, mode, document, options)
    })
  const tags = (...ids: unknown[]) => ({ data: ids.map((id) => ({ type: 'tag', id })) })
  const links = async () =>
    (await world.rows('article_tag')).map((row) => `${row.article_id}-${row.tag_id} ${row.note}`)

  it('sets and clears a to-one relationship by PATCH, without a flag (RES-243, FJ-75, FJ-95, JA-153)', async () => {
    const authors = async () => (await world.rows('article')).map((row) => row.author_id)
    await request('replace', 'article/3/author', { data: { type: 'person', id: '2' } }, {})
    expect(await authors()).toEqual([1, 1, 2])
    await request('replace', 'article/3/author', { data: null }, {})
    expect(await authors()).toEqual([1, 1, null])
    expect((await world.rows('article')).map((row) => row.version)).toEqual([1, 1, 3])
  })

  it('replaces members by PATCH where it is allowed (RES-244, FJ-89, JA-157)', async () => {
    expect(await request('replace', 'article/1/tags', tags('2', '3'))).toBe(true)
    expect(await links()).toEqual(['1-2 mine', '1-3 kept', '2-1 mine'])
    expect(await request('replace', 'article/1/tags', tags('3', '2'))).toBe(false)
    expect((await world.rows('article'))[0]).toMatchObject({ version: 2 })
    expect(await errorsOf(request('replace', 'article/1/tags', { data: 'nonsense' }, {}))).toEqual([
      403,
      ['Not allowed to replace a to-many relationship'],
    ])
    expect(await request('replace', 'article/1/tags', tags())).toBe(true)
    expect(await links()).toEqual(['2-1 mine'])
  })

  it('adds members by POST, and never removes any (RES-247, FJ-90, FJ-91, FJ-92, JA-158, JA-159, JA-160, JA-161)', async () => {
    expect(await request('add', 'article/1/tags', tags('1', '3', '3'), {})).toBe(true)
    expect(await links()).toEqual(['1-1 mine', '1-2 mine', '1-3 kept', '2-1 mine'])
    expect(await request('add', 'article/1/tags', tags('1', '3'), {})).toBe(false)
    await request('add', 'person/2/articles', { data: [{ type: 'article', id: '1' }] }, {})
    expect((await world.rows('article')).map((row) => row.author_id)).toEqual([2, 1, null])
  })

  it('removes members by DELETE where it is allowed, ignoring others (RES-250, RES-251, FJ-90, JA-162, JA-163, JA-164)', async () => {
    expect(await errorsOf(request('remove', 'article/1/tags', 'nonsense', {}))).toEqual([
      403,
      ['Not allowed to delete from a to-many relationship'],
    ])
    await request('remove', 'article/1/tags', tags('1', '3'))
    expect(await links()).toEqual(['1-2 mine', '2-1 mine'])
    expect(await request('remove', 'article/1/tags', tags())).toBe(false)
    expect(await request('remove', 'article/1/tags', tags('9', 'nonsense'))).toBe(false)
    expect(await statusOf(request('add', 'article/1/tags', tags('9')))).toBe(404)
    const articles = { data: ['1', '3'].map((id) => ({ type: 'article', id })) }
    await request('remove', 'person/1/articles', articles)
    expect((await world.rows('article')).map((row) => row.author_id)).toEqual([null, 1, null])
  })

  it('changes the relation of the URL, not another to the same type (FJ-93)', async () => {
    const articles = { data: ['1', '2'].map((id) => ({ type: 'article', id })) }
    await request('add', 'person/1/edited', articles)
    await request('remove', 'person/1/edited', { data: [{ type: 'article', id: '1' }] })
    expect((await world.rows('article')).map((row) => [row.author_id, row.editor_id])).toEqual([
      [1, null],
      [1, 1],
      [null, null],
    ])
  })

  it('never removes members that cannot be without, unless told to (FJ-87)', async () => {
    const comments = { data: [{ type: 'comment', id: '1' }] }
    expect(await errorsOf(request('remove', 'article/1/comments', comments))).toEqual([
      403,
      ['#/data Members of "comments" cannot be removed: a comment always belongs to one'],
    ])
    await request('remove', 'article/1/comments', comments, { ...ALLOWED, deleteOrphans: true })
    expect((await world.rows('comment')).map(({ id }) => id)).toEqual([2])
  })

  it('is refused null and other forms with the pointer of the body (RES-231, RES-245, RES-249, RES-253, JA-153, JA-156)', async () => {
    expect(await errorsOf(request('replace', 'article/1/tags', { data: null }))).toEqual([
      400,
      ['#/data Cannot set null value on a to-many relationship'],
    ])
    expect(await errorsOf(request('add', 'article/1/tags', { data: null }))).toEqual([
      400,
      ['#/data The "data" element must be a list'],
    ])
    expect(await statusOf(request('add', 'article/1/tags', { data: { type: 'tag', id: '1' } }))).toBe(400)
    expect(await statusOf(request('replace', 'article/1/author', { data: [] }))).toBe(400)
    for (const document of [undefined, null, [], {}, 'x']) {
      expect(await errorsOf(request('add', 'article/1/tags', document))).toEqual([
        400,
        ['# missing "data" element'],
      ])
    }
    for (const mode of ['add', 'remove'] as const) {
      expect(await errorsOf(request(mode, 'article/1/author', { data: [] }))).toEqual([
        403,
        ['The relationship "author" has one member at most: PATCH sets or clears it'],
      ])
    }
  })

  it('reports each member that is wrong as the body has it (RES-246, RES-248, RES-253, FJ-126, JA-172, JA-173)', async () => {
    expect(await errorsOf(request('add', 'article/1/tags', tags('1', '3', '9', '8')))).toEqual([
      404,
      [
        '#/data/2 No resource of type tag found with ID 9',
        '#/data/3 No resource of type tag found with ID 8',
      ],
    ])
    expect(await links()).not.toContain('1-3 kept')
    expect(await errorsOf(request('add', 'article/1/tags', tags('1', 2)))).toEqual([
      409,
      ['#/data/1/id The "id" element of a resource identifier must be a JSON string'],
    ])
    const mixed = { data: [{ type: 'tag' }, { id: '1' }, { type: 'tag', id: '1' }, null] }
    expect(await errorsOf(request('add', 'article/1/tags', mixed))).toMatchObject([
      400,
      [/^#\/data\/0 /, /^#\/data\/1 /, /^#\/data\/3 /].map((pattern) => expect.stringMatching(pattern)),
    ])
    expect(
      await errorsOf(request('replace', 'article/1/author', { data: { type: 'tag', id: '1' } })),
    ).toEqual([
      409,
      ['#/data/type expected type "person" but got type "tag" in linkage object for relationship "author"'],
    ])
    expect(
      await statusOf(request('replace', 'article/1/author', { data: { type: 'person', id: '9' } })),
    ).toBe(404)
  })

  it('of a read-only relationship is refused (JA-171)', async () => {
    resources = resourcesOf({}, { article: { readOnly: ['tags'] } })
    expect(await errorsOf(request('add', 'article/1/tags', tags('3')))).toEqual([
      403,
      ['The relationship "tags" is read-only'],
    ])
  })

  it('compares all parts of a composite key (FJ-98, FJ-99)', async () => {
    await request('remove', 'book/a%7Eb~1/loans', { data: ['1', '2'].map((id) => ({ type: 'loan', id })) })
    expect((await world.rows('loan')).map((row) => row.place)).toEqual([null, 2])
    await request('replace', 'loan/2/book', { data: { type: 'book', id: 'a%7Eb~1' } })
    await request('add', 'book/a%7Eb~1/loans', { data: [{ type: 'loan', id: '1' }] })
    expect((await world.rows('loan')).map((row) => [row.shelf, row.place])).toEqual([
      ['a~b', 1],
      ['a~b', 1],
    ])
  })

  it('takes the partner of a one-to-one relationship as the resource URL does (FJ-94)', async () => {
    await request('replace', 'passport/2/person', { data: { type: 'person', id: '1' } }, {})
    expect((await world.rows('passport')).map((row) => row.person_id)).toEqual([null, 1])
    await request('replace', 'person/2/passport', { data: { type: 'passport', id: '2' } }, {})
    expect((await world.rows('passport')).map((row) => row.person_id)).toEqual([null, 2])
  })

  it('accepts a member that several requests add at once (FJ-90)', async () => {
    const results = await Promise.allSettled([
      request('add', 'article/3/tags', tags('1', '2', '3')),
      request('add', 'article/3/tags', tags('1', '2', '3')),
      request('add', 'article/3/tags', tags('3', '2')),
    ])
    expect(results.flatMap((r) => (r.status === 'rejected' ? [String(r.reason)] : []))).toEqual([])
    expect((await links()).filter((text) => text.startsWith('3-'))).toHaveLength(3)
  })

  it('adds thousands of members in a few statements', async () => {
    const first = 1000
    const ids = Array.from({ length: 2500 }, (_, index) => String(first + index))
    await world.write(async ({ db }) => {
      for (let start = 0; start < ids.length; start += 500) {
        const rows = ids.slice(start, start + 500).map((id) => ({ id: Number(id), name: `n${id}` }))
        await db.insertInto('tag').values(rows).execute()
      }
    })
    await request('replace', 'article/1/tags', tags(...ids))
    expect((await links()).filter((text) => text.startsWith('1-'))).toHaveLength(2500)
  })
})
