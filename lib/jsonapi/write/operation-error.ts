/** Errors of one operation with the pointers of the whole request. */
import { exceptionOf } from '../../exceptions/abort.ts'
import { HttpException } from '../../exceptions/http-exception.ts'
import { asConversion, originalOf } from '../../exceptions/wrap.ts'
import { fragmentOf } from '../../json/json-pointer.ts'
import type { ErrorSource } from '../errors/error-object.ts'
import { MultipleExceptions } from '../errors/multiple-exceptions.ts'
import { pointerTo } from '../errors/pointer.ts'
import type { Path } from './issues.ts'

/** The error with its pointers below a path; an error without a pointer gets that of the operation. */
export function withinOperation(error: unknown, path: Path): unknown {
  if (!(error instanceof HttpException)) return error
  if (error instanceof MultipleExceptions) {
    return new MultipleExceptions(error.exceptions.map((one) => withinOperation(one, path) as HttpException))
  }
  return asConversion(withPointers(error, path), originalOf(error))
}

function withPointers(error: HttpException, path: Path): HttpException {
  const { status, detail, members } = error
  const source = members.source as ErrorSource | undefined
  if (source) {
    const pointer = source.pointer === undefined ? {} : { pointer: pointerTo(path) + source.pointer }
    return exceptionOf(status, detail, { ...members, source: { ...source, ...pointer } })
  }
  const place = fragmentOf(path)
  const errors = (error.errors ?? [{ detail: error.message, pointer: '#' }]).map((item) =>
    item.pointer === undefined ? item : { ...item, pointer: place + item.pointer.slice(1) },
  )
  return exceptionOf(status, detail, { ...members, errors })
}
