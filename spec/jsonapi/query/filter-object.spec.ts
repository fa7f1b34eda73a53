import { describe, expect, it } from 'vitest'
import { parseFilterObjects, splitValues } from '../../../lib/jsonapi/query/filter-object.ts'
import { errorOf } from '../../support/query-errors.ts'

const parse = (text: string) => parseFilterObjects(text, 'filter[objects]')

describe('filter[objects]', () => {
  it('is a JSON list (RES-160)', () => {
    expect(parse('[{"name":"id","op":"eq","val":1}]')).toEqual([{ name: 'id', op: 'eq', val: 1 }])
    expect(parse('[]')).toEqual([])
  })

  it.each(['', '[', '{"name"}', "[{'name': 1}]", 'undefined'])(
    'is refused where it is no JSON: %s (RES-160)',
    (text) => {
      expect(errorOf(() => parse(text))).toEqual({
        status: 400,
        parameter: 'filter[objects]',
        detail: 'Unable to decode filter objects as JSON list',
      })
    },
  )

  it.each(['{}', 'null', '1', '"a"', 'true'])('is refused where it is no list: %s (RES-161)', (text) => {
    expect(errorOf(() => parse(text))).toMatchObject({
      status: 400,
      parameter: 'filter[objects]',
      detail: expect.stringContaining('Unable to construct query'),
    })
  })
})

describe('the values of a simple filter', () => {
  it.each([
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    ['', ['']],
    [',', ['', '']],
    ['a\\,b', ['a,b']],
    ['a\\,b,c', ['a,b', 'c']],
    ['a\\\\,b', ['a\\', 'b']],
    ['a\\\\\\,b', ['a\\,b']],
    ['C:\\\\dir', ['C:\\\\dir']],
    ['a\\', ['a\\']],
    ['a"b', ['a"b']],
    ['[x]\\n', ['[x]\\n']],
  ])('of %s are split at commas that no backslash escapes (FJ-34, FJ-35, RES-191)', (text, values) => {
    expect(splitValues(text)).toEqual(values)
  })
})
