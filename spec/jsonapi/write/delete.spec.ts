import { beforeAll, beforeEach, expect, it } from 'vitest'
import { deleteResource } from '../../../lib/jsonapi/write/delete.ts'
import { lockResource } from '../../../lib/jsonapi/write/update.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { openWorld, resourcesOf, type World } from '../../support/write-world.ts'

describeEachDatabase('a DELETE of a resource', (database) => {
  let world: World
  const resources = resourcesOf()
  beforeAll(async () => {
    world = await openWorld(database)
  })
  beforeEach(() => world.reset())

  const remove = (type: string, id: string) =>
    world.write(async (context) => {
      const row = await lockResource(context, resources(type), id)
      if (row) await deleteResource(context, resources(type), row)
      return row !== undefined
    })

  it('deletes its row and the rows of join tables, and keeps what it was joined to (RES-239, RES-241, FJ-88)', async () => {
    expect(await remove('article', '2')).toBe(true)
    expect((await world.rows('article')).map(({ id }) => id)).toEqual([1, 3])
    expect((await world.rows('article_tag')).map((row) => row.article_id)).toEqual([1, 1])
    expect(await remove('tag', '1')).toBe(true)
    expect(await world.rows('article')).toHaveLength(2)
  })

  it('sets optional foreign keys to it to NULL (RES-241)', async () => {
    await remove('locker', '1')
    await remove('person', '1')
    expect((await world.rows('article')).map((row) => row.author_id)).toEqual([null, null, null])
    expect((await world.rows('passport')).map((row) => row.person_id)).toEqual([null, null])
    await remove('book', 'a%7Eb~1')
    expect((await world.rows('loan')).map((row) => row.place)).toEqual([null, 2])
  })

  it('is refused by the database where a required key refers to it, and changes nothing (RES-241)', async () => {
    await expect(remove('article', '1')).rejects.toThrow(/foreign key/i)
    expect(await world.rows('article')).toHaveLength(3)
    expect(await world.rows('article_tag')).toHaveLength(3)
  })

  it('finds nothing that does not exist, or is of another type (RES-239, RES-242)', async () => {
    expect(await remove('article', '9')).toBe(false)
    expect(await remove('dog', '1')).toBe(false)
    expect(await remove('animal', '1')).toBe(false)
    expect(await remove('cat', '1')).toBe(true)
  })
})
