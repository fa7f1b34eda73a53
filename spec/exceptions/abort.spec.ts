import { describe, expect, it } from 'vitest'
import { abort } from '../../lib/exceptions/abort.ts'
import * as clientErrors from '../../lib/exceptions/client-errors.ts'
import { HttpException } from '../../lib/exceptions/http-exception.ts'
import * as serverErrors from '../../lib/exceptions/server-errors.ts'

const { NotFound } = clientErrors

const thrownBy = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}

describe('abort', () => {
  it('throws the class of the status with detail and members', () => {
    const error = thrownBy(() => abort(404, 'No such reading', { id: 7, headers: { 'x-a': '1' } }))
    expect(error).toBeInstanceOf(NotFound)
    expect((error as HttpException).toProblem()).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'No such reading',
      id: 7,
    })
    expect((error as HttpException).headers).toEqual({ 'x-a': '1' })
  })

  it.each(Object.values({ ...clientErrors, ...serverErrors }))('throws a %o for its status', (Exception) => {
    const { status } = new Exception()
    expect(thrownBy(() => abort(status))).toBeInstanceOf(Exception)
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
