import { describe, expect, it } from 'vitest'
import { forbidsContent } from '../../lib/http/status.ts'

describe('forbidsContent', () => {
  it.each([204, 205, 304])('is true for %i (RFC 9110 §15.3.5, §15.3.6, §15.4.5)', (status) => {
    expect(forbidsContent(status)).toBe(true)
  })

  it.each([200, 201, 206, 301, 404, 500])('is false for %i', (status) => {
    expect(forbidsContent(status)).toBe(false)
  })
})
