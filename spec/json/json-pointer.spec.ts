import { describe, expect, it } from 'vitest'
import { pointerOf } from '../../lib/json/json-pointer.ts'

describe('pointerOf', () => {
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
  ])('writes %j as %s (RFC 6901 §6)', (path, pointer) => {
    expect(pointerOf(path)).toBe(pointer)
  })

  it('has an answer for half a surrogate pair', () => {
    expect(pointerOf(['a\ud800b', '\udc00', '😀'])).toBe('#/a%EF%BF%BDb/%EF%BF%BD/%F0%9F%98%80')
  })
})
