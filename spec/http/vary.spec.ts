import { describe, expect, it } from 'vitest'
import { unionOf } from '../../lib/http/vary.ts'

describe('unionOf', () => {
  it('contains each field once, ignoring case (RFC 9110 §12.5.5)', () => {
    expect(unionOf('Origin', 'Accept')).toBe('Origin, Accept')
    expect(unionOf('origin, Accept', 'Origin, accept')).toBe('Origin, accept')
    expect(unionOf('*', 'Accept')).toBe('*')
  })
})
