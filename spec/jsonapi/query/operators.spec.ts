import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { conditionSql } from '../../../lib/jsonapi/query/condition-sql.ts'
import { registerOperator } from '../../../lib/jsonapi/query/operators.ts'
import { resolveFilters } from '../../../lib/jsonapi/query/resolve-filter.ts'
import { Resource } from '../../../lib/jsonapi/resource/resource.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { errorOf } from '../../support/query-errors.ts'
import { openWorld, resourceOf, type World } from '../../support/query-world.ts'

const parameter = 'filter[objects]'

describeEachDatabase('operators of texts', (database) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(database)
    const names = [
      'a_b',
      'a%b',
      'axb',
      'a\\b',
      'back\\',
      'a*b',
      'a?b',
      'a[b]',
      'a|b',
      'ÄÖ',
      '',
      'line\nbreak',
    ]
    const values = names.map((name, index) => sql`(${index + 1}, ${name})`)
    await sql`delete from tag`.execute(world.db)
    await sql`insert into tag (id, name) values ${sql.join(values)}`.execute(world.db)
  })

  const names = async (op: string, val: unknown): Promise<readonly unknown[]> => {
    const ids = await world.find('tag', [{ name: 'name', op, val }])
    const { rows } = await sql<{ id: number; name: string }>`select id, name from tag`.execute(world.db)
    return ids.map((id) => rows.find((row) => row.id === id)?.name)
  }

  it('like takes a pattern that means the same on all databases (RES-175, FJ-40)', async () => {
    expect(await names('like', 'a_b')).toEqual(['a_b', 'a%b', 'axb', 'a\\b', 'a*b', 'a?b', 'a|b'])
    expect(await names('like', 'a%b')).toEqual(['a_b', 'a%b', 'axb', 'a\\b', 'a*b', 'a?b', 'a|b'])
    expect(await names('like', 'A_B')).toEqual([])
    expect(await names('like', '_Ö')).toEqual(['ÄÖ'])
    expect(await names('like', '%break')).toEqual(['line\nbreak'])
    expect(await names('like', '')).toEqual([''])
  })

  it('like takes a character after a backslash for itself (FJ-40, FJ-41)', async () => {
    expect(await names('like', 'a\\_b')).toEqual(['a_b'])
    expect(await names('like', 'a\\%b')).toEqual(['a%b'])
    expect(await names('like', 'a\\\\b')).toEqual(['a\\b'])
    expect(await names('like', '%\\')).toEqual(['back\\'])
    expect(await names('like', 'a*b')).toEqual(['a*b'])
    expect(await names('like', 'a[b]')).toEqual(['a[b]'])
    expect(await names('like', 'a|b')).toEqual(['a|b'])
  })

  it('ilike ignores case (RES-166)', async () => {
    expect(await names('ilike', 'A\\_B')).toEqual(['a_b'])
    expect(await names('ilike', 'AX%')).toEqual(['axb'])
    expect(await names('ilike', 'A|B')).toEqual(['a|b'])
  })

  it('not_like is the rest, without NULL (RES-166, FJ-33)', async () => {
    expect(await names('not_like', '%a%')).toEqual(['ÄÖ', ''])
    expect(await world.find('person', [{ name: 'name', op: 'not_like', val: 'A%' }])).not.toContain(1)
  })

  it('contains, starts_with and ends_with take every character literally (FJ-40, FJ-41)', async () => {
    expect(await names('contains', '_')).toEqual(['a_b'])
    expect(await names('contains', '%')).toEqual(['a%b'])
    expect(await names('contains', '\\')).toEqual(['a\\b', 'back\\'])
    expect(await names('starts_with', 'a[')).toEqual(['a[b]'])
    expect(await names('starts_with', 'A')).toEqual([])
    expect(await names('ends_with', '\\')).toEqual(['back\\'])
    expect(await names('ends_with', '*b')).toEqual(['a*b'])
  })

  it('eq finds a backslash literally (FJ-41)', async () => {
    expect(await names('eq', 'back\\')).toEqual(['back\\'])
    expect(await names('eq', 'a\\b')).toEqual(['a\\b'])
  })

  it('are for texts: a number has no pattern', async () => {
    const context = { dialect: database.dialect, parameter }
    expect(
      errorOf(() => resolveFilters([{ name: 'age', op: 'like', val: '1%' }], resourceOf('person'), context)),
    ).toMatchObject({
      status: 400,
      detail: 'invalid filter object: Unable to construct query: the operator "like" expects a text',
    })
    expect(await world.find('person', [{ name: 'token', op: 'ends_with', val: '02' }])).toEqual([2])
  })

  it('can be added for all managers, and replaced for one (RES-186)', async () => {
    registerOperator('divisible_by', (operand, value) => sql`${operand} % ${value} = 0`)
    registerOperator('is_even', (operand) => sql`${operand} % 2 = 0 or 1 = 0`)
    expect(await world.find('person', [{ name: 'age', op: 'divisible_by', val: 20 }])).toEqual([2, 4])
    expect(
      await world.find('person', [
        { name: 'id', op: 'is_even' },
        { name: 'id', op: 'lt', val: 4 },
      ]),
    ).toEqual([2])
    expect(await world.find('person', [{ not: { name: 'id', op: 'is_even' } }])).toEqual([1, 3, 5])
  })
})

describeEachDatabase(
  'operators of networks',
  (database) => {
    let world: World
    beforeAll(async () => {
      world = await openWorld(database)
      await world.run('create table host (id integer primary key, address inet)')
      await sql`insert into host values (1, '10.0.0.1'), (2, '10.1.0.0/16'), (3, '192.0.2.1'), (4, null)`.execute(
        world.db,
      )
    })

    it('compare addresses of PostgreSQL: << <<= >> >>= <> && (RES-166)', async () => {
      const find = async (op: string, val: string) => {
        const context = { dialect: database.dialect, parameter }
        const condition = resolveFilters([{ name: 'address', op, val }], hosts(), context)
        if (!condition) throw new Error('no condition')
        const where = conditionSql(condition, 't', world.scope())
        const { rows } = await sql<{
          id: number
        }>`select id from host as t where ${where} order by id`.execute(world.db)
        return rows.map(({ id }) => id)
      }
      expect(await find('<<', '10.0.0.0/8')).toEqual([1, 2])
      expect(await find('<<=', '10.1.0.0/16')).toEqual([2])
      expect(await find('>>', '10.1.2.3')).toEqual([2])
      expect(await find('>>=', '10.0.0.1')).toEqual([1])
      expect(await find('<>', '10.0.0.1')).toEqual([2, 3])
      expect(await find('&&', '10.1.2.0/24')).toEqual([2])
      expect(await find('eq', '192.0.2.1')).toEqual([3])
    })
  },
  ['postgres'],
)

describe('operators of networks', () => {
  it.each(['<<', '<<=', '>>', '>>=', '<>', '&&'])(
    'are refused for other attributes and databases: %s',
    (op) => {
      for (const [resource, name, dialect] of [
        [resourceOf('person'), 'name', 'postgres'],
        [hosts(), 'address', 'sqlite'],
      ] as const) {
        const context = { dialect, parameter }
        expect(
          errorOf(() => resolveFilters([{ name, op, val: '10.0.0.1' }], resource, context)),
        ).toMatchObject({
          status: 400,
          parameter,
          detail: expect.stringContaining('a network address of PostgreSQL'),
        })
      }
    },
  )
})

describe('registerOperator', () => {
  it('refuses a name with a meaning of its own, and a value that is no function', () => {
    const build = () => sql<boolean>`1 = 1`
    expect(() => registerOperator('has', build)).toThrow(
      "An operator has a name other than 'has' and 'any', not 'has'",
    )
    expect(() => registerOperator('', build)).toThrow(TypeError)
    expect(() => registerOperator('near', 1 as never)).toThrow("The operator 'near' is a function")
  })
})

function hosts(): Resource {
  const flags = {
    isNullable: true,
    isUnique: false,
    hasDefault: false,
    isGenerated: false,
  }
  const columns = {
    id: { name: 'id', kind: 'integer', type: 'integer', ...flags },
    address: { name: 'address', kind: 'inet', type: 'inet', ...flags },
  } as const
  const { model, lookup } = resourceOf('tag')
  const host = { ...model, name: 'host', type: 'host', table: 'host', columns }
  return new Resource(host, { type: 'host', path: '/api/host', hasGet: true, id: ['id'], fields: {} }, lookup)
}
