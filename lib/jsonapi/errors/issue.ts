/** Errors about one part of a request: a query parameter, or a member of its document. */
import { exceptionOf } from '../../exceptions/abort.ts'
import { BadRequest } from '../../exceptions/client-errors.ts'
import type { HttpException } from '../../exceptions/http-exception.ts'
import { fragmentOf } from '../../json/json-pointer.ts'

/** The error of a query parameter: 400 with `source.parameter`. */
export function parameterError(parameter: string, detail: string): BadRequest {
  return new BadRequest(detail, { errors: [{ detail, in: 'query', parameter }] })
}

/**
 * The error of a member of the request document, with `source.pointer`.
 *
 * @param path of a value that the document has: `['data', 'attributes', 'name']`. Empty: the whole document.
 */
export function memberError(
  status: number,
  path: readonly (string | number)[],
  detail: string,
): HttpException {
  return exceptionOf(status, detail, { errors: [{ detail, pointer: fragmentOf(path) }] })
}
