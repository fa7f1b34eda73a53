/**
 * Ends a request with an error, from anywhere below a handler.
 *
 *     store.get(id) ?? abort(404, 'No such reading')
 */
import {
  BadRequest,
  Conflict,
  ContentTooLarge,
  Forbidden,
  Gone,
  MethodNotAllowed,
  NotAcceptable,
  NotFound,
  PreconditionFailed,
  PreconditionRequired,
  RequestTimeout,
  TooManyRequests,
  Unauthorized,
  UnprocessableContent,
  UnsupportedMediaType,
} from './client-errors.ts'
import { type ExceptionMembers, HttpException } from './http-exception.ts'
import {
  BadGateway,
  GatewayTimeout,
  InternalServerError,
  NotImplemented,
  ServiceUnavailable,
} from './server-errors.ts'

type Child = new (detail?: string, members?: ExceptionMembers) => HttpException

const CHILDREN = new Map<number, Child>([
  [400, BadRequest],
  [401, Unauthorized],
  [403, Forbidden],
  [404, NotFound],
  [405, MethodNotAllowed],
  [406, NotAcceptable],
  [408, RequestTimeout],
  [409, Conflict],
  [410, Gone],
  [412, PreconditionFailed],
  [413, ContentTooLarge],
  [415, UnsupportedMediaType],
  [422, UnprocessableContent],
  [428, PreconditionRequired],
  [429, TooManyRequests],
  [500, InternalServerError],
  [501, NotImplemented],
  [502, BadGateway],
  [503, ServiceUnavailable],
  [504, GatewayTimeout],
])

/** The exception of a status, as an instance of its own class, so that `errorHandler(NotFound, …)` matches it. */
export function exceptionOf(status: number, detail?: string, members?: ExceptionMembers): HttpException {
  const Child = CHILDREN.get(status)
  return Child ? new Child(detail, members) : new HttpException(status, detail, members)
}

/**
 * Throws the exception of a status.
 *
 * @param status 400 to 599.
 * @param detail Description of this occurrence, for the client.
 * @param members `errors`, `headers`, `type`, `title`, and extension members of the problem document.
 * @throws {HttpException} always; {@link NotFound} for 404, and so on.
 */
export function abort(status: number, detail?: string, members?: ExceptionMembers): never {
  throw exceptionOf(status, detail, members)
}
