import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { type AggregateFunction, resolveFunctions } from '../../../lib/jsonapi/query/function-evaluation.ts'
import { rowCondition } from '../../../lib/jsonapi/query/row-sql.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { errorOf } from '../../support/query-errors.ts'
import { openWorld, resourceOf, type World } from '../../support/query-world.ts'

describeEachDatabase('functions', (database) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(database)
  })

  async function evaluate(
    functions: readonly (readonly [name: string, field: string])[],
    {
      where = sql<boolean>`1 = 1`,
      own = {} as Readonly<Record<string, AggregateFunction>>,
      type = 'person',
    } = {},
  ): Promise<readonly unknown[]> {
    const scope = world.scope()
    const resource = resourceOf(type)
    const text = JSON.stringify(functions.map(([name, field]) => ({ name, field })))
    const evaluations = resolveFunctions(text, resource, 't', scope, own)
    const columns = evaluations.map(({ expression }, index) => sql`${expression} as ${sql.id(String(index))}`)
    const base = rowCondition(resource, 't', scope) ?? sql`1 = 1`
    const { rows } = await sql<
      Record<string, unknown>
    >`select ${sql.join(columns)} from ${sql.id(type)} as t where ${base} and ${where}`.execute(world.db)
    return evaluations.map(({ serialize }, index) => serialize(rows[0]?.[String(index)]))
  }

  it('are evaluated in the order of the request (RES-257)', async () => {
    expect(
      await evaluate([
        ['sum', 'age'],
        ['count', 'id'],
        ['avg', 'age'],
        ['min', 'age'],
        ['max', 'age'],
      ]),
    ).toEqual([120, 5, 30, 20, 40])
    expect(
      await evaluate([
        ['count', 'age'],
        ['count', 'settings'],
        ['count', 'is_admin'],
      ]),
    ).toEqual([4, 4, 4])
  })

  it('have the notation of their attribute: dates are ISO 8601, decimals are strings (RES-264)', async () => {
    expect(
      await evaluate([
        ['max', 'born'],
        ['min', 'born'],
      ]),
    ).toEqual(['2000-02-29', '1980-01-01'])
    expect(
      await evaluate([
        ['max', 'balance'],
        ['sum', 'balance'],
        ['avg', 'balance'],
      ]),
    ).toEqual(['10.00', '18.10', 4.525])
    expect(
      await evaluate([
        ['max', 'height'],
        ['min', 'token'],
        ['max', 'upper'],
      ]),
    ).toEqual([2.25, '00000000-0000-4000-8000-000000000001', 'CLEO'])
    expect((await evaluate([['min', 'seen']]))[0]).toContain('2018-03-18T06:00:00')
  })

  it('have an average with all digits of a JSON number', async () => {
    const where = sql<boolean>`t.id in (1, 2, 5)`
    const [age, balance] = await evaluate(
      [
        ['avg', 'age'],
        ['avg', 'balance'],
      ],
      { where },
    )
    expect(age).toBe(80 / 3)
    expect(balance).toBeCloseTo(9.1 / 3, 12)
  })

  it('of no row are null, and 0 for count (RES-264)', async () => {
    const where = sql<boolean>`1 = 0`
    expect(
      await evaluate(
        [
          ['sum', 'age'],
          ['count', 'id'],
          ['avg', 'age'],
          ['max', 'born'],
          ['sum', 'balance'],
        ],
        { where },
      ),
    ).toEqual([null, 0, null, null, null])
  })

  it('count ids of several columns', async () => {
    expect(
      await evaluate(
        [
          ['count', 'id'],
          ['max', 'number'],
        ],
        { type: 'seat' },
      ),
    ).toEqual([3, 2])
  })

  it('may be added to (RES-263)', async () => {
    const own = {
      span: (operand: Parameters<AggregateFunction>[0]) => sql`max(${operand}) - min(${operand})`,
    }
    expect((await evaluate([['span', 'age']], { own })).map(Number)).toEqual([20])
  })
})

describe('the functions of a request', () => {
  const refusalOf = (text: string | undefined) => {
    const error = errorOf(() =>
      resolveFunctions(text, resourceOf('person'), 't', { dialect: 'sqlite' } as never),
    )
    expect(error).toMatchObject({ status: 400, parameter: 'functions' })
    return error.detail
  }
  const one = (name: unknown, field: unknown) => JSON.stringify([{ name, field }])

  it('have to be there, as a JSON list (RES-258)', () => {
    expect(refusalOf(undefined)).toBe('Must provide `functions` query parameter')
    for (const text of ['', '[', '{}', '1', '"sum"'])
      expect(refusalOf(text), text).toBe('Unable to decode JSON in `functions` query parameter')
  })

  it('may be none: [] or null (RES-258)', () => {
    for (const text of ['[]', 'null'])
      expect(resolveFunctions(text, resourceOf('person'), 't', { dialect: 'sqlite' } as never)).toEqual([])
  })

  it('have a name and a field (RES-259)', () => {
    expect(refusalOf('[{"field":"age"}]')).toBe('Missing `name` key in function object')
    expect(refusalOf('[{"name":"sum"}]')).toBe('Missing `field` key in function object')
    expect(refusalOf('[null]')).toBe('Missing `name` key in function object')
    expect(refusalOf(one('sum', 'shoe'))).toBe('unknown field "shoe"')
    expect(refusalOf(one('median', 'age'))).toBe('unknown function "median"')
  })

  it('are of hidden fields as of unknown ones (FJ-46)', () => {
    expect(refusalOf(one('max', 'secret'))).toBe('unknown field "secret"')
  })

  it.each([
    'constructor',
    'random() from person; drop table person --',
    'SUM',
    'load_extension',
    '__proto__',
  ])('are in a list of names: %s is no SQL (RES-263)', (name) => {
    expect(refusalOf(one(name, 'age'))).toBe(`unknown function ${JSON.stringify(name)}`)
  })

  it('fit the kind of their field', () => {
    for (const [name, field] of [
      ['sum', 'name'],
      ['avg', 'born'],
      ['max', 'is_admin'],
      ['min', 'settings'],
      ['count', 'initial'],
      ['count', 'articleTitles'],
    ])
      expect(refusalOf(one(name, field)), name).toBe(`the function "${name}" cannot be used with "${field}"`)
  })

  it('are at most 50', () => {
    expect(refusalOf(JSON.stringify(Array(51).fill({ name: 'max', field: 'age' })))).toBe(
      'more than 50 functions',
    )
  })
})
