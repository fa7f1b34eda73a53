/**
 * The operations of an atomic request, checked as far as JSON goes.
 *
 *     { "op": "add", "data": { "type": "person", "lid": "a", "attributes": { … } } }
 *     { "op": "update", "ref": { "type": "article", "id": "1", "relationship": "author" }, "data": { "type": "person", "lid": "a" } }
 *
 * Extension https://jsonapi.org/ext/atomic, "Operation Objects".
 */
import { memberError } from '../errors/issue.ts'
import { type Issues, isObject, type Path } from './issues.ts'

/** The resource, collection or relationship that an operation is about. */
export interface Target {
  readonly type: string
  /** The URL of the collection, where the target is that of a URL: several APIs may have the type. */
  readonly collection?: string
  readonly id?: string
  /** The name of a resource that an earlier operation has created. */
  readonly lid?: string
  readonly relationship?: string
}

type TargetMember = 'ref' | 'href' | 'data'

export interface Operation {
  readonly op: 'add' | 'update' | 'remove'
  readonly target: Target
  /** The member that has the id or the lid of the target. */
  readonly targetIn: TargetMember
  readonly data: unknown
}

/** The target of a URL; undefined for the URL of another API. */
export type TargetOfUrl = (url: string) => Target | undefined

/** Undefined for an operation with an error. */
export function parseAtomicOperation(
  value: unknown,
  path: Path,
  targetOfUrl: TargetOfUrl,
  issues: Issues,
): Operation | undefined {
  const fail = (status: number, at: Path, detail: string) =>
    issues.add(memberError(status, [...path, ...at], detail))
  if (!isObject(value)) return fail(400, [], 'An operation must be an object')
  const { op, ref, href, data } = value
  if (op !== 'add' && op !== 'update' && op !== 'remove') {
    return fail(
      400,
      op === undefined ? [] : ['op'],
      'The "op" of an operation must be "add", "update" or "remove"',
    )
  }
  if (ref !== undefined && href !== undefined)
    return fail(400, [], 'An operation has "ref" or "href", not both')
  const target = targetOf(value, targetOfUrl, fail)
  if (!target) return undefined
  const targetIn = ref !== undefined ? 'ref' : href !== undefined ? 'href' : 'data'
  const hasId = target.id !== undefined || target.lid !== undefined
  const creates = op === 'add' && target.relationship === undefined
  if (creates && hasId && !isOfData(target, data))
    return fail(400, [targetIn], 'The target of an "add" is a collection, or has the id or lid of its data')
  if (!creates && !hasId) return fail(400, [targetIn], `The target of this "${op}" must have an id or a lid`)
  if (data === undefined && (op !== 'remove' || target.relationship !== undefined)) {
    return fail(400, [], 'missing "data" element')
  }
  return { op, target, targetIn, data }
}

/** Whether the new resource has the id or the lid of a target, as some clients send it. */
function isOfData({ id, lid }: Target, data: unknown): boolean {
  return isObject(data) && (id === undefined ? data.lid === lid : data.id === id)
}

type Fail = (status: number, at: Path, detail: string) => undefined

function targetOf(
  { op, ref, href, data }: Readonly<Record<string, unknown>>,
  targetOfUrl: TargetOfUrl,
  fail: Fail,
): Target | undefined {
  if (ref !== undefined) return targetOfRef(ref, fail)
  if (href !== undefined) {
    const target = typeof href === 'string' ? targetOfUrl(href) : undefined
    return (
      target ??
      fail(400, ['href'], 'The "href" must be the URL of a resource, collection or relationship of this API')
    )
  }
  if (op === 'remove') return fail(400, [], 'An operation "remove" must have a "ref" or an "href"')
  if (!isObject(data))
    return fail(
      400,
      data === undefined ? [] : ['data'],
      `The "${op}" of a resource must have a resource object`,
    )
  return op === 'add' ? identifierIn('data', { type: data.type }, fail) : identifierIn('data', data, fail)
}

function targetOfRef(ref: unknown, fail: Fail): Target | undefined {
  if (!isObject(ref)) return fail(400, ['ref'], 'A "ref" must be an object')
  const { relationship } = ref
  const target = identifierIn('ref', ref, fail)
  if (!target || relationship === undefined) return target
  if (typeof relationship === 'string') return { ...target, relationship }
  return fail(400, ['ref', 'relationship'], 'The "relationship" must be a string')
}

/** The rule for ids is that of documents: JSON strings. */
function identifierIn(
  member: TargetMember,
  { type, id, lid }: Readonly<Record<string, unknown>>,
  fail: Fail,
): Target | undefined {
  if (typeof type !== 'string') return fail(400, [member], 'missing "type" element')
  if (id !== undefined && lid !== undefined)
    return fail(400, [member], 'A target has an id or a lid, not both')
  if (id !== undefined && typeof id !== 'string')
    return fail(409, [member, 'id'], 'The "id" element of a target must be a JSON string')
  if (lid !== undefined && typeof lid !== 'string')
    return fail(400, [member, 'lid'], 'The "lid" must be a string')
  return { type, ...(id === undefined ? {} : { id }), ...(lid === undefined ? {} : { lid }) }
}
