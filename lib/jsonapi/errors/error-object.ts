/**
 * Error objects: what a client learns of an exception.
 *
 *     new NotFound('No such person')  →  [{ status: '404', title: 'Not Found', detail: 'No such person' }]
 *
 * JSON:API 1.1, "Error Objects".
 */
import type { HttpException } from '../../exceptions/http-exception.ts'
import { type ErrorItem, reasonOf } from '../../http/problem.ts'
import { parseFragment } from '../../json/json-pointer.ts'
import { MultipleExceptions } from './multiple-exceptions.ts'
import { pointerTo } from './pointer.ts'

/** The origin of an error: one of the members. */
export interface ErrorSource {
  /** JSON Pointer to a value of the request document: `/data/attributes/name`. */
  readonly pointer?: string
  /** The name of a query parameter. */
  readonly parameter?: string
  /** The name of a header field. */
  readonly header?: string
}

export interface ErrorObject {
  /** Identifier of this occurrence, as the log has it. */
  readonly id?: string
  /** `type`: of the kind of error; `about`: of this occurrence. */
  readonly links?: Readonly<Record<string, unknown>>
  readonly status?: string
  readonly code?: string
  readonly title?: string
  readonly detail?: string
  readonly source?: ErrorSource
  readonly meta?: Readonly<Record<string, unknown>>
}

/** Members of an exception that error objects have in places of their own. */
interface KnownMembers {
  readonly id?: string
  readonly error_id?: string
  readonly code?: string | number
  readonly links?: Readonly<Record<string, unknown>>
  readonly source?: ErrorSource
  readonly meta?: Readonly<Record<string, unknown>>
}

/**
 * One error object per item of `errors`, else one; of several exceptions those of all.
 *
 * @param errorId of the report; an exception that was thrown before has another in its members.
 */
export function errorObjectsOf(exception: HttpException, errorId?: string): ErrorObject[] {
  if (exception instanceof MultipleExceptions) {
    const { error_id } = exception.members as KnownMembers
    return exception.exceptions.flatMap((one) => errorObjectsOf(one, errorId ?? error_id))
  }
  const {
    errors,
    type,
    title = reasonOf(exception.status),
    instance,
    status: _,
    ...others
  } = exception.members
  const {
    headers: __,
    cause: ___,
    error_id,
    id = errorId ?? error_id,
    code,
    links,
    source,
    meta,
    ...extensions
  } = others as typeof others & KnownMembers
  const allLinks = { ...(instance && { about: instance }), ...(type && { type }), ...links }
  const allMeta = { ...extensions, ...meta }
  const members = {
    ...(id !== undefined && { id }),
    ...(Object.keys(allLinks).length > 0 && { links: allLinks }),
    status: String(exception.status),
    ...(code !== undefined && { code: String(code) }),
    title,
  }
  const last = Object.keys(allMeta).length > 0 && { meta: allMeta }
  if (errors && errors.length > 0) return errors.map((item) => ({ ...members, ...membersOf(item), ...last }))
  const { detail } = exception
  const origin = source ?? headerOf(extensions)
  return [{ ...members, ...(detail !== undefined && { detail }), ...(origin && { source: origin }), ...last }]
}

/** The members that one item of `errors` has of its own. */
function membersOf(item: ErrorItem): ErrorObject {
  const source = sourceOf(item)
  const code = item.code === undefined ? undefined : { code: String(item.code) }
  return { ...code, detail: item.detail, ...(source && { source }) }
}

function sourceOf({ pointer, in: location, parameter }: ErrorItem): ErrorSource | undefined {
  if (pointer !== undefined) return { pointer: pointerTo(parseFragment(pointer) ?? []) } // RFC 6901 §6
  if (location === 'query' && parameter !== undefined) return { parameter }
  if (location === 'header' && parameter !== undefined) return { header: parameter }
  return location === 'cookie' ? { header: 'Cookie' } : undefined
}

/** The field that a 406 or a 415 is about. */
function headerOf(extensions: Readonly<Record<string, unknown>>): ErrorSource | undefined {
  if ('acceptable' in extensions) return { header: 'Accept' }
  return 'supported' in extensions ? { header: 'Content-Type' } : undefined
}
