import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { warnOnce } from '../../lib/walk/warn-once.ts'

describe('warnOnce', () => {
  const emit = vi.spyOn(process, 'emitWarning')
  beforeEach(() => void emit.mockImplementation(() => {}).mockClear())
  afterEach(() => void emit.mockRestore())

  it('emits one process warning per endpoint and code', () => {
    const [list, show] = [{ name: 'list' }, { name: 'show' }]
    for (let request = 0; request < 3; request++) {
      warnOnce(list, 'MAZURKA_A', 'a of list')
      warnOnce(list, 'MAZURKA_B', 'b of list')
      warnOnce(show, 'MAZURKA_A', 'a of show')
    }
    expect(emit.mock.calls).toEqual([
      ['a of list', { code: 'MAZURKA_A' }],
      ['b of list', { code: 'MAZURKA_B' }],
      ['a of show', { code: 'MAZURKA_A' }],
    ])
  })
})
