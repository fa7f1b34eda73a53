import { describe, expect, it } from 'vitest'
import { fieldsOf } from '../../lib/http/headers.ts'

describe('fieldsOf', () => {
  it('accepts a Headers, pairs or a record', () => {
    const headers = new Headers([
      ['Set-Cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['X-A', '1'],
    ])
    expect(fieldsOf(headers)).toEqual({ 'set-cookie': ['a=1', 'b=2'], 'x-a': '1' })
    expect(
      fieldsOf([
        ['A', '1'],
        ['a', '2'],
      ]),
    ).toEqual({ a: ['1', '2'] })
    expect(fieldsOf({ A: 1, B: ['x', 'y'], C: undefined })).toEqual({ a: '1', b: ['x', 'y'] })
    expect(fieldsOf(undefined)).toEqual({})
  })
})
