/** The state as a response by a JSON Schema sends it, for ETags. */
import { describe, expect, it } from 'vitest'
import { jsonSchema } from '../../lib/json-schema.ts'
import { ResponseValidator, type Validation } from '../../lib/responses/response-validator.ts'

const row = { type: 'object', properties: { id: { type: 'integer' }, at: { type: 'string' } } }
const rows = { type: 'array', items: row }

/** How many times a row is accessed in any way: each asks the handler of the proxy for its trap. */
const accessesBy = (use: (data: unknown) => unknown): number => {
  let accesses = 0
  const handler = new Proxy({}, { get: () => void accesses++ })
  use([new Proxy({ id: 1 }, handler)])
  return accesses
}

describe('a state that is represented', () => {
  const validator = (schema: object, validation: Validation) =>
    new ResponseValidator(jsonSchema({ ...schema }), validation, 'show', undefined)

  it.each<[title: string, schema: object, make: () => unknown]>([
    ['a row', row, () => ({ id: 1, at: '' })],
    ['rows', rows, () => [{ id: 1 }]],
    ['a Set of rows', rows, () => new Set([{ id: 1 }])],
    ['a row with an unknown member', row, () => ({ id: 1, secret: 2 })],
    ['a row of a class', row, () => Object.assign(new (class Row {})(), { id: 1, secret: 2 })],
    ['a row whose JSON form is valid', row, () => ({ at: new Date(0) })],
    ['a Map', row, () => new Map([['id', 1]])],
  ])('is what is sent: %s', (_, schema, make) => {
    expect(validator(schema, 'strip').represent(make())).toEqual(validator(schema, 'strip').of(make()))
    for (const validation of ['check', 'trust'] as const) {
      const state = make()
      expect(validator(schema, validation).represent(state)).toBe(state)
    }
  })

  it('is itself where it does not fit', () => {
    for (const state of [7, { id: 'one', secret: 1 }, new Set([1])])
      for (const schema of [row, rows]) expect(validator(schema, 'strip').represent(state)).toBe(state)
  })

  it('is checked as data of a response is: first for whether it is sent as it is', () => {
    for (const validation of ['strip', 'check'] as const) {
      const shows = validator(rows, validation)
      expect(accessesBy((data) => shows.represent(data))).toBe(accessesBy((data) => shows.of(data)))
    }
  })
})
