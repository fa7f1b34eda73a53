import { describe, expect, it } from 'vitest'
import { isJsonRows, isRows } from '../../lib/http/row-media-type.ts'

describe('isJsonRows', () => {
  it.each([
    ['application/x-ndjson', true],
    ['application/ndjson; charset=utf-8', true],
    ['application/jsonl', true],
    ['application/json-seq', true],
    ['application/geo+json-seq', true],
    ['application/json', false],
    ['application/problem+json', false],
    ['text/csv', false],
  ])('of %s is %s', (contentType, expected) => {
    expect(isJsonRows(contentType)).toBe(expected)
  })
})

describe('isRows', () => {
  it.each([
    ['application/x-ndjson', true],
    ['text/csv', true],
    ['text/event-stream', true],
    ['application/json', false],
    ['application/text', false],
  ])('of %s is %s', (contentType, expected) => {
    expect(isRows(contentType)).toBe(expected)
  })
})
