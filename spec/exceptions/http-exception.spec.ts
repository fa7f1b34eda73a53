import { describe, expect, it } from 'vitest'
import { NotFound } from '../../lib/exceptions/client-errors.ts'
import { InternalServerError, ServiceUnavailable } from '../../lib/exceptions/server-errors.ts'

describe('HttpException', () => {
  it('captures a stack for server errors only', () => {
    expect(new NotFound('x').stack).not.toContain('\n')
    expect(new InternalServerError('x').stack).toContain('\n')
    expect(new Error('x').stack).toContain('\n')
  })

  it('does not send its cause', () => {
    const cause = new Error('secret')
    const error = new ServiceUnavailable('Later', { cause })
    expect(error.cause).toBe(cause)
    expect(JSON.stringify(error.toProblem())).not.toContain('secret')
  })
})
