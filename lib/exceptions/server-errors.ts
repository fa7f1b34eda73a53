/** One three-line child per status that a server's trouble commonly earns. */
import { type ExceptionMembers, HttpException } from './http-exception.ts'

/** Something here is broken; what it was stays in the log. RFC 9110 §15.6.1. */
export class InternalServerError extends HttpException {
  override readonly name: string = 'InternalServerError'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(500, detail, members)
  }
}

/** The server does not know how. RFC 9110 §15.6.2. */
export class NotImplemented extends HttpException {
  override readonly name: string = 'NotImplemented'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(501, detail, members)
  }
}

/** A server behind this one answered nonsense. RFC 9110 §15.6.3. */
export class BadGateway extends HttpException {
  override readonly name: string = 'BadGateway'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(502, detail, members)
  }
}

/** Not now; send `Retry-After` in `members.headers`. RFC 9110 §15.6.4. */
export class ServiceUnavailable extends HttpException {
  override readonly name: string = 'ServiceUnavailable'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(503, detail, members)
  }
}

/** A server behind this one did not answer in time. RFC 9110 §15.6.5. */
export class GatewayTimeout extends HttpException {
  override readonly name: string = 'GatewayTimeout'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(504, detail, members)
  }
}
