/** One class per common client error status. */
import { type ExceptionMembers, HttpException } from './http-exception.ts'

/** The request is malformed: its JSON, path or a field. RFC 9110 §15.5.1. */
export class BadRequest extends HttpException {
  override readonly name: string = 'BadRequest'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(400, detail, members)
  }
}

/** Credentials are missing or wrong; send `WWW-Authenticate` in `members.headers`. RFC 9110 §15.5.2. */
export class Unauthorized extends HttpException {
  override readonly name: string = 'Unauthorized'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(401, detail, members)
  }
}

/** The client is authenticated and not allowed to do this. RFC 9110 §15.5.4. */
export class Forbidden extends HttpException {
  override readonly name: string = 'Forbidden'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(403, detail, members)
  }
}

/** No resource at this address. RFC 9110 §15.5.5. */
export class NotFound extends HttpException {
  override readonly name: string = 'NotFound'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(404, detail, members)
  }
}

/** The resource does not support the method; carries `Allow`, by default the path's other methods. RFC 9110 §15.5.6. */
export class MethodNotAllowed extends HttpException {
  override readonly name: string = 'MethodNotAllowed'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(405, detail, members)
  }
}

/** No available media type matches `Accept`; carries the list of them. RFC 9110 §15.5.7. */
export class NotAcceptable extends HttpException {
  override readonly name: string = 'NotAcceptable'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(406, detail, members)
  }
}

/** The content did not arrive in time. RFC 9110 §15.5.9. */
export class RequestTimeout extends HttpException {
  override readonly name: string = 'RequestTimeout'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(408, detail, members)
  }
}

/** The request conflicts with the resource's current state. RFC 9110 §15.5.10. */
export class Conflict extends HttpException {
  override readonly name: string = 'Conflict'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(409, detail, members)
  }
}

/** The resource was removed for good. RFC 9110 §15.5.11. */
export class Gone extends HttpException {
  override readonly name: string = 'Gone'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(410, detail, members)
  }
}

/** A precondition such as `If-Match` is false. RFC 9110 §15.5.13. */
export class PreconditionFailed extends HttpException {
  override readonly name: string = 'PreconditionFailed'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(412, detail, members)
  }
}

/** The content, encoded or decoded, is over the limit. RFC 9110 §15.5.14. */
export class ContentTooLarge extends HttpException {
  override readonly name: string = 'ContentTooLarge'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(413, detail, members)
  }
}

/** The content's media type or coding is not supported; carries the supported ones. RFC 9110 §15.5.16. */
export class UnsupportedMediaType extends HttpException {
  override readonly name: string = 'UnsupportedMediaType'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(415, detail, members)
  }
}

/** The content is well-formed and invalid; carries `errors`. RFC 9110 §15.5.21. */
export class UnprocessableContent extends HttpException {
  override readonly name: string = 'UnprocessableContent'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(422, detail, members)
  }
}

/** The endpoint requires a precondition and the request has none. RFC 6585 §3. */
export class PreconditionRequired extends HttpException {
  override readonly name: string = 'PreconditionRequired'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(428, detail, members)
  }
}

/** The client sends too many requests; send `Retry-After` in `members.headers`. RFC 6585 §4. */
export class TooManyRequests extends HttpException {
  override readonly name: string = 'TooManyRequests'
  constructor(detail?: string, members?: ExceptionMembers) {
    super(429, detail, members)
  }
}
