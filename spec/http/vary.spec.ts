import { describe, expect, it } from 'vitest'
import { varyBy } from '../../lib/http/vary.ts'

describe('varyBy', () => {
  it('adds a field once, ignoring case (RFC 9110 §12.5.5)', () => {
    expect(varyBy('Origin', 'Accept')).toBe('Origin, Accept')
    expect(varyBy('origin, Accept', 'Origin, accept')).toBe('Origin, accept')
    expect(varyBy('*', 'Accept')).toBe('*')
  })
})
