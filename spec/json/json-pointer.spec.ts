import { describe, expect, it } from 'vitest'
import { fragmentOf, parseFragment, parsePointer } from '../../lib/json/json-pointer.ts'

describe('fragmentOf', () => {
  it.each<[path: (string | number)[], pointer: string]>([
    [[], '#'],
    [['foo'], '#/foo'],
    [['foo', 0], '#/foo/0'],
    [[''], '#/'],
    [['a/b'], '#/a~1b'],
    [['c%d'], '#/c%25d'],
    [['e^f'], '#/e%5Ef'],
    [['g|h'], '#/g%7Ch'],
    [['i\\j'], '#/i%5Cj'],
    [['k"l'], '#/k%22l'],
    [[' '], '#/%20'],
    [['m~n'], '#/m~0n'],
    [['~1', '/~'], '#/~01/~1~0'],
    [['#', '[ł]'], '#/%23/%5B%C5%82%5D'],
    [['a?b', 'c@d:e'], '#/a?b/c@d:e'],
  ])('writes %j as %s and reads it again (RFC 6901 §6)', (path, pointer) => {
    expect(fragmentOf(path)).toBe(pointer)
    expect(parseFragment(pointer)).toEqual(path.map(String))
  })

  it('writes half a surrogate pair as the replacement character', () => {
    expect(fragmentOf(['a\ud800b', '\udc00', '😀'])).toBe('#/a%EF%BF%BDb/%EF%BF%BD/%F0%9F%98%80')
  })
})

describe('parsePointer', () => {
  it.each<[text: string, tokens: string[] | undefined]>([
    ['', []],
    ['/', ['']],
    ['/foo/0', ['foo', '0']],
    ['/a~1b/m~0n/c%25d', ['a/b', 'm~n', 'c%25d']],
    ['/~01/~10', ['~1', '/0']],
    ['/a~b/~', ['a~b', '~']],
    ['foo', undefined],
    ['#/foo', undefined],
  ])('reads %j as %j (RFC 6901 §3, §4)', (text, tokens) => {
    expect(parsePointer(text)).toEqual(tokens)
  })
})

describe('parseFragment', () => {
  it.each<[reference: string, tokens: string[] | undefined]>([
    ['#/c%25d/%7E1', ['c%d', '/']],
    ['#/100%', ['100%']],
    ['#anchor', undefined],
    ['/foo', undefined],
    ['https://example.org/#/foo', undefined],
  ])('reads %j as %j', (reference, tokens) => {
    expect(parseFragment(reference)).toEqual(tokens)
  })
})
