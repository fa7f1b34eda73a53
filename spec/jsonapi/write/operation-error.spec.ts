/** Errors of one of several operations: the pointers are those of the request, and reports have what was thrown. */
import { expect, it } from 'vitest'
import { originalOf, wrap } from '../../../lib/exceptions/wrap.ts'
import { BadGateway, type HttpException } from '../../../lib/index.ts'
import { withinOperation } from '../../../lib/jsonapi/write/operation-error.ts'

class MailAway extends BadGateway {}

it('is reported as the error that was thrown, of whatever class', () => {
  const cause = new Error('connect ECONNREFUSED')
  const thrown = new MailAway('No mail', { cause })
  for (const [error, original] of [
    [thrown, thrown],
    [wrap(cause), cause],
  ]) {
    const moved = withinOperation(error, ['atomic:operations', 1]) as HttpException
    expect(originalOf(moved)).toBe(original)
    expect(moved.errors).toEqual([expect.objectContaining({ pointer: '#/atomic:operations/1' })])
  }
})
