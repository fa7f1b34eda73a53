import { describe, expect, it } from 'vitest'
import { abort } from '../../lib/exceptions/abort.ts'
import { MethodNotAllowed, NotFound } from '../../lib/exceptions/client-errors.ts'
import { HttpException } from '../../lib/exceptions/http-exception.ts'
import { InternalServerError, ServiceUnavailable } from '../../lib/exceptions/server-errors.ts'
import { wrap } from '../../lib/exceptions/wrap.ts'

const thrownBy = (act: () => unknown): unknown => {
  try {
    return act()
  } catch (error) {
    return error
  }
}

describe('abort', () => {
  it('throws the class of the status with detail and members', () => {
    const error = thrownBy(() => abort(404, 'No such reading', { id: 7, headers: { 'x-a': '1' } }))
    expect(error).toBeInstanceOf(NotFound)
    expect((error as NotFound).toProblem()).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'No such reading',
      id: 7,
    })
    expect((error as NotFound).headers).toEqual({ 'x-a': '1' })
  })

  it('throws a plain HttpException for a status without a class', () => {
    const error = thrownBy(() => abort(418))
    expect(error).toBeInstanceOf(HttpException)
    expect((error as HttpException).toProblem().title).toBe("I'm a Teapot")
  })

  it.each([200, 399, 600, 404.5, Number.NaN, '404'])('rejects the status %s', (status) => {
    expect(thrownBy(() => abort(status as number))).toBeInstanceOf(TypeError)
  })
})

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

describe('wrap', () => {
  it('returns an HttpException unchanged', () => {
    const error = new MethodNotAllowed()
    expect(wrap(error)).toBe(error)
  })

  it.each([
    null,
    undefined,
    'text',
    42,
    new Error('secret'),
    { status: 200 },
    { status: '404' },
    { statusCode: 999 },
  ])('converts %s into a 500 without details (section 0 row 3)', (thrown) => {
    const error = wrap(thrown)
    expect(error.toProblem()).toEqual({ type: 'about:blank', title: 'Internal Server Error', status: 500 })
    expect(error.cause).toBe(thrown)
  })

  it('keeps the status of foreign errors, and respects expose', () => {
    expect(wrap(Object.assign(new Error('Gone for good'), { statusCode: 410 })).toProblem()).toMatchObject({
      status: 410,
      detail: 'Gone for good',
    })
    expect(
      wrap(Object.assign(new Error('secret'), { status: 403, expose: false })).toProblem(),
    ).not.toHaveProperty('detail')
    expect(wrap(Object.assign(new Error('secret'), { status: 503 })).toProblem()).not.toHaveProperty('detail')
    expect(
      wrap(Object.assign(new Error('Busy'), { status: 503, expose: true, headers: { 'retry-after': '5' } })),
    ).toMatchObject({
      detail: 'Busy',
      headers: { 'retry-after': '5' },
    })
  })
})
