/**
 * Errors of an application's own validation, as its models and schemas throw them.
 *
 *     validationExceptions: [ValidationError]  ·  error.errors = { email: 'is taken' }
 *     →  400, detail 'email: is taken', pointer /data/attributes/email
 */
import { BadRequest } from '../../exceptions/client-errors.ts'
import { HttpException } from '../../exceptions/http-exception.ts'
import { asConversion } from '../../exceptions/wrap.ts'
import type { ErrorItem } from '../../http/problem.ts'
import { fragmentOf } from '../../json/json-pointer.ts'
import { isPlain } from '../../schema/record.ts'
import { nearestPath } from './pointer.ts'

/** A class of errors whose messages are for clients. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters of a constructor are contravariant
export type ValidationClass = new (...parameters: any[]) => object

/** The request document that is not valid. */
interface ValidationError {
  /** Texts by field. */
  readonly errors?: unknown
  /** The issues of Standard Schema, and of the errors of its libraries. */
  readonly issues?: unknown
  readonly message?: unknown
}

interface Message {
  /** From the resource's fields down. */
  readonly path: readonly (string | number)[]
  readonly text: string
}

/**
 * The 400 of a validation error: one error object per message, with its field. Undefined for an error of another class.
 *
 * @param document for pointers to values that it has; without it pointers are those of attributes. Null: the request has none.
 *
 * The messages are in `errors`, texts by field; in `issues` with their paths; or in `message`.
 */
export function validationErrors(
  error: unknown,
  classes: readonly ValidationClass[],
  document?: unknown,
): BadRequest | undefined {
  const isListed = (one: ValidationClass) =>
    error instanceof one && (!(error instanceof HttpException) || isHttp(one)) // `Error` does not mean a 404
  if (!classes.some(isListed)) return undefined
  const errors = messagesOf(error as ValidationError).map((message) => itemOf(message, document))
  return asConversion(new BadRequest(undefined, { title: 'Validation error', errors, cause: error }))
}

function isHttp(one: ValidationClass): boolean {
  return one === HttpException || one.prototype instanceof HttpException
}

function messagesOf(error: ValidationError): Message[] {
  const { errors, issues, message } = error
  if (Array.isArray(issues) && issues.length > 0) return issues.map(messageOfIssue)
  if (isPlain(errors) && Object.keys(errors).length > 0)
    return Object.entries(errors).flatMap(([field, texts]) =>
      [texts].flat().map((text) => ({ path: [field], text: String(text) })),
    )
  return [{ path: [], text: typeof message === 'string' && message !== '' ? message : String(error) }]
}

function messageOfIssue(issue: { readonly message?: unknown; readonly path?: readonly unknown[] }): Message {
  const path = (issue.path ?? []).map((part) => {
    const key = typeof part === 'object' && part !== null && 'key' in part ? part.key : part
    return typeof key === 'number' ? key : String(key)
  })
  return { path, text: String(issue.message) }
}

function itemOf({ path, text }: Message, document: unknown): ErrorItem {
  const [field] = path
  if (field === undefined) return { detail: text }
  if (document === null) return { detail: `${path.join('.')}: ${text}` }
  const attribute = ['data', 'attributes', ...path]
  const relationship = ['data', 'relationships', ...path]
  const isRelationship = nearestPath(document, relationship).length > 2
  const full = isRelationship ? relationship : attribute
  const pointer = fragmentOf(document === undefined ? full : nearestPath(document, full))
  return { detail: `${path.join('.')}: ${text}`, pointer }
}
