/** One class per common server error status. */
import { type ExceptionMembers, HttpException } from './http-exception.ts'

/** The server failed; the cause is only in the log. RFC 9110 §15.6.1. */
export class InternalServerError extends HttpException {
  override readonly name: string = 'InternalServerError'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(500, detail, members)
  }
}

/** The server does not have the functionality. RFC 9110 §15.6.2. */
export class NotImplemented extends HttpException {
  override readonly name: string = 'NotImplemented'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(501, detail, members)
  }
}

/** An upstream server sent an invalid response. RFC 9110 §15.6.3. */
export class BadGateway extends HttpException {
  override readonly name: string = 'BadGateway'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(502, detail, members)
  }
}

/** The server is temporarily unavailable; send `Retry-After` in `members.headers`. RFC 9110 §15.6.4. */
export class ServiceUnavailable extends HttpException {
  override readonly name: string = 'ServiceUnavailable'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(503, detail, members)
  }
}

/** An upstream server did not respond in time. RFC 9110 §15.6.5. */
export class GatewayTimeout extends HttpException {
  override readonly name: string = 'GatewayTimeout'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(504, detail, members)
  }
}
