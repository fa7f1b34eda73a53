import { describe, expect, it } from 'vitest'
import { hasMoreParameters, parseParameters } from '../../lib/http/parameters.ts'

describe('parseParameters', () => {
  it.each([
    ['', {}],
    ['a=1&b=2&b=3&c=%C5%82+x', { a: '1', b: ['2', '3'], c: 'ł x' }],
    ['a&b=', { a: '', b: '' }],
    ['a=b=c', { a: 'b=c' }],
    ['&&a=1&', { a: '1' }],
    ['=1', { '': '1' }],
    ['%61=%zz&b=100%', { a: '%zz', b: '100%' }],
    ['a=%2B%26%3D', { a: '+&=' }],
    ['a=%ff', { a: '\ufffd' }],
    ['a[]=1&a.b=2', { 'a[]': '1', 'a.b': '2' }],
  ])('parses %j', (text, values) => {
    expect({ ...parseParameters(text) }).toEqual(values)
  })

  it('treats __proto__ as an ordinary name', () => {
    const values = parseParameters('__proto__=1&__proto__=2&toString=3')
    expect(Object.getPrototypeOf(values)).toBeNull()
    expect(Object.entries(values)).toEqual([
      ['__proto__', ['1', '2']],
      ['toString', '3'],
    ])
  })

  it('drops no parameters', () => {
    expect(
      Object.keys(parseParameters(Array.from({ length: 5000 }, (_, at) => `p${at}`).join('&'))),
    ).toHaveLength(5000)
  })
})

describe('hasMoreParameters', () => {
  it('counts the texts between ampersands', () => {
    expect(hasMoreParameters('', 0)).toBe(false)
    expect(hasMoreParameters('a=1&b=2', 2)).toBe(false)
    expect(hasMoreParameters('a=1&b=2&', 2)).toBe(true)
    expect(hasMoreParameters('&&&', 2)).toBe(true)
    expect(hasMoreParameters('a'.repeat(100), 2)).toBe(false)
  })
})
