import { describe, expect, it } from 'vitest'
import { problemOf, reasonOf } from '../../lib/http/problem.ts'

describe('problemOf', () => {
  it('has the members in the order of the RFC, without undefined ones (RFC 9457 §3.1)', () => {
    expect(Object.keys(problemOf(404, 'No such reading', { id: 7, instance: '/x', errors: [] }))).toEqual([
      'type',
      'title',
      'status',
      'detail',
      'instance',
      'errors',
      'id',
    ])
    expect(problemOf(404, undefined)).toEqual({ type: 'about:blank', title: 'Not Found', status: 404 })
  })
})

describe('reasonOf', () => {
  it('uses the reason phrases of RFC 9110', () => {
    expect([reasonOf(413), reasonOf(422), reasonOf(599)]).toEqual([
      'Content Too Large',
      'Unprocessable Content',
      'Status 599',
    ])
  })
})
