/**
 * Parses the operations of a JSON Patch.
 *
 *     { "op": "move", "from": "/a/0", "path": "/b" }  →  { op: 'move', from: ['a', '0'], path: ['b'], value: undefined }
 *
 * RFC 6902 §4 (operations), RFC 6901 §3, §4 (pointers).
 */
import { parsePointer } from '../json/json-pointer.ts'

export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test'
  /** The tokens of the pointer, unescaped. */
  readonly path: readonly string[]
  /** Empty for operations that have none. */
  readonly from: readonly string[]
  /** Undefined for operations that have none. */
  readonly value: unknown
}

/** The member that each operation requires besides its path. */
const MEMBERS: Readonly<Record<string, 'from' | 'value' | undefined>> = {
  add: 'value',
  remove: undefined,
  replace: 'value',
  move: 'from',
  copy: 'from',
  test: 'value',
}

/** Names that lead out of a document, to prototypes that all objects share. */
const FORBIDDEN = ['__proto__', 'constructor', 'prototype']

/** Parses one operation; a malformed one gives a message. Unknown members are ignored (RFC 6902 §4). */
export function parsePatchOperation(item: unknown, maxDepth: number): PatchOperation | string {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return 'An operation is an object'
  const { op, path, from, value } = item as Readonly<Record<string, unknown>>
  if (typeof op !== 'string' || !Object.hasOwn(MEMBERS, op)) {
    return `The member op is one of ${Object.keys(MEMBERS).join(', ')}`
  }
  const requiredMember = MEMBERS[op]
  if (requiredMember && !Object.hasOwn(item, requiredMember))
    return `The operation ${op} has a member ${requiredMember}`
  const to = tokensOf(path)
  const source = requiredMember === 'from' ? tokensOf(from) : []
  if (!to) return 'The member path is a JSON Pointer'
  if (!source) return 'The member from is a JSON Pointer'
  if (to.length > maxDepth || source.length > maxDepth) return `A path has at most ${maxDepth} levels`
  if ([...to, ...source].some((token) => FORBIDDEN.includes(token))) {
    return `A path may not lead through ${FORBIDDEN.join(', ')}`
  }
  if (op === 'move' && to.length > source.length && source.every((token, index) => token === to[index])) {
    return 'A value cannot be moved into itself' // RFC 6902 §4.4
  }
  return {
    op: op as PatchOperation['op'],
    path: to,
    from: source,
    value: requiredMember === 'value' ? value : undefined,
  }
}

/** The tokens of a JSON Pointer; undefined for other values, and for an escape that does not exist. */
function tokensOf(text: unknown): string[] | undefined {
  return typeof text === 'string' && !/~(?![01])/.test(text) ? parsePointer(text) : undefined
}
