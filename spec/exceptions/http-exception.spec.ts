import { inspect } from 'node:util'
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

  it('is printed with its cause once, which its members have, too', () => {
    const cause = new Error('secret')
    const error = new ServiceUnavailable('Later', { cause, retry: true })
    const printed = inspect(error)
    expect(printed.match(/secret/g)).toHaveLength(1)
    expect(printed).toContain('retry: true')
    expect(error.members).toEqual({ cause, retry: true })
    expect(new ServiceUnavailable('Later', { ...error.members }).cause).toBe(cause)
  })
})
