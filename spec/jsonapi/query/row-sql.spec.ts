import { sql } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import type { Model } from '../../../lib/jsonapi/model/model.ts'
import { conditionSql } from '../../../lib/jsonapi/query/condition-sql.ts'
import { rowCondition } from '../../../lib/jsonapi/query/row-sql.ts'
import { Scope } from '../../../lib/jsonapi/query/scope.ts'
import { Resource } from '../../../lib/jsonapi/resource/resource.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { openWorld, resourceOf, type World } from '../../support/query-world.ts'

describeEachDatabase('the rows of a resource', (database) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(database)
  })

  /** Tags as one type of several in their table, and only those that a condition admits. */
  const tags = (members: Partial<Model>): Resource => {
    const { model, settings, lookup } = resourceOf('tag')
    return new Resource({ ...model, ...members }, settings, lookup)
  }

  const idsOf = async (resource: Resource): Promise<readonly number[]> => {
    const where = rowCondition(resource, 't', new Scope(world.db, database.dialect)) ?? sql`1 = 1`
    const { rows } = await sql<{ id: number }>`select id from tag as t where ${where} order by id`.execute(
      world.db,
    )
    return rows.map(({ id }) => id)
  }

  it('are those of its own type, where the table has several; the base has all (RES-306)', async () => {
    const discriminator = { column: 'name', value: 'history', base: 'label' }
    expect(await idsOf(tags({ discriminator }))).toEqual([1])
    expect(await idsOf(tags({ discriminator: { column: 'name' } }))).toEqual([1, 2, 3])
  })

  it('meet the whole base query, an "or" in it too (FJ-48)', async () => {
    const baseQuery: Model['baseQuery'] = ({ ref }) => sql<boolean>`${ref('id')} = 1 or ${ref('id')} = 2`
    const discriminator = { column: 'name', value: 'machines', base: 'label' }
    expect(await idsOf(tags({ baseQuery }))).toEqual([1, 2])
    expect(await idsOf(tags({ baseQuery, discriminator }))).toEqual([2])
    expect(await idsOf(tags({ baseQuery: () => undefined }))).toEqual([1, 2, 3])
  })

  it('restrict a relationship to them', async () => {
    const article = resourceOf('article')
    const relationship = article.relationships.get('tags')
    if (!relationship) throw new Error('no tags')
    const target = tags({ discriminator: { column: 'name', value: 'history', base: 'label' } })
    const { name, relation, isMany, isWritable, isReadable, hasLinkage } = relationship
    const condition = {
      kind: 'related',
      relationship: { name, relation, isMany, isWritable, isReadable, hasLinkage, target },
    } as const
    const where = conditionSql(condition, 't', new Scope(world.db, database.dialect))
    const { rows } = await sql`select id from article as t where ${where}`.execute(world.db)
    expect(rows).toEqual([{ id: 1 }])
  })
})
