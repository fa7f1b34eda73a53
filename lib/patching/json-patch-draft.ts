/**
 * Applies patch operations to a document.
 *
 *     ['a', 'b']  ·  { op: 'move', from: ['0'], path: ['1'] }  →  ['b', 'a']
 *
 * The package `rfc6902` accepts inherited properties as members and any text as an index, and ignores that a
 * move removes an array item before it inserts it. So every operation is checked before `rfc6902` applies it.
 *
 * RFC 6902 §4 (requirements of each operation), RFC 6901 §4 (members and indexes).
 */
import { applyPatch, Pointer } from 'rfc6902'
import { UnprocessableContent } from '../exceptions/client-errors.ts'
import { isSameJson } from '../json/json-value.ts'
import type { PatchOperation } from './json-patch-operation.ts'

/** Characters of JSON that copies may add: copying the document into itself doubles it each time. */
const MAX_COPIED = 1_048_576

/** Levels that copies and moves may add. */
const MAX_DEEPENED = 1000

/** A value, with the object or array that has it. */
interface Location {
  readonly parent: object
  readonly value: unknown
}

const NO_VALUE = 'No value at the path'

/** One patch applied to one document. */
export class PatchDraft {
  /** The document is a member, so that it can be replaced like any other. */
  readonly #holder: { '': unknown }
  #copied = 0
  #deepened = 0

  constructor(document: unknown) {
    this.#holder = { '': document }
  }

  get document(): unknown {
    return this.#holder['']
  }

  /** Applies an operation. @returns the reason why it cannot be applied; undefined when it was. */
  apply({ op, path, from, value }: PatchOperation): string | undefined {
    if (op === 'move' || op === 'copy') return this.#transfer(op, from, path)
    if (op === 'add')
      return this.#canAdd(path) ? this.#applyChecked({ op, path: pointerOf(path), value }) : NO_VALUE
    const target = this.#find(path)
    if (!target) return NO_VALUE
    if (op === 'test')
      return isSameJson(target.value, value) ? undefined : 'The value at the path is different'
    if (op === 'replace') return this.#applyChecked({ op, path: pointerOf(path), value })
    return path.length === 0
      ? 'The whole document cannot be removed'
      : this.#applyChecked({ op, path: pointerOf(path) })
  }

  #transfer(op: 'move' | 'copy', from: readonly string[], path: readonly string[]): string | undefined {
    const source = this.#find(from)
    if (!source) return 'No value at the path of from'
    const target = op === 'move' ? pathBeforeMove(from, source, path) : path
    if (!this.#canAdd(target, op === 'move' ? source.parent : undefined)) return NO_VALUE
    this.#grow(op === 'copy' ? source.value : undefined, path.length - from.length)
    return this.#applyChecked({ op, from: pointerOf(from), path: pointerOf(target) })
  }

  #applyChecked(operation: Parameters<typeof applyPatch>[1][number]): undefined {
    const [error] = applyPatch(this.#holder, [operation])
    if (error) throw error
  }

  /** @throws {UnprocessableContent} 422, before the document gets too large. */
  #grow(copied: unknown, levels: number): void {
    if (copied !== undefined) this.#copied += JSON.stringify(copied).length
    this.#deepened += Math.max(levels, 0)
    if (this.#copied > MAX_COPIED) throw new UnprocessableContent('The patch copies too much')
    if (this.#deepened > MAX_DEEPENED) throw new UnprocessableContent('The patch nests too deep')
  }

  /** The value at a path; only own members and items are found. */
  #find(path: readonly string[]): Location | undefined {
    let parent: object = this.#holder
    let value: unknown = this.document
    for (const token of path) {
      if (typeof value !== 'object' || value === null || !holds(value, token)) return undefined
      parent = value
      value = (value as Record<string, unknown>)[token]
    }
    return { parent, value }
  }

  /** Whether a value can be added at a path. @param leaving the array that a move removes its value from. */
  #canAdd(path: readonly string[], leaving?: object): boolean {
    const key = path.at(-1)
    if (key === undefined) return true
    const parent = this.#find(path.slice(0, -1))?.value
    if (!Array.isArray(parent)) return typeof parent === 'object' && parent !== null
    return key === '-' || (isIndex(key) && Number(key) <= parent.length - (parent === leaving ? 1 : 0))
  }
}

/**
 * The path of a move's target as it is before the move: the value is removed first (RFC 6902 §4.4), so that
 * later items of its array move up.
 */
function pathBeforeMove(
  from: readonly string[],
  { parent }: Location,
  path: readonly string[],
): readonly string[] {
  const place = from.length - 1
  const itemToken = path[place]
  const isThrough = Array.isArray(parent) && path.length > from.length && itemToken !== undefined
  if (!isThrough || !isIndex(itemToken) || from.slice(0, -1).some((token, index) => token !== path[index]))
    return path
  return Number(itemToken) < Number(from[place]) ? path : path.with(place, String(Number(itemToken) + 1))
}

function holds(parent: object, token: string): boolean {
  return Array.isArray(parent)
    ? isIndex(token) && Number(token) < parent.length
    : Object.hasOwn(parent, token)
}

/** RFC 6901 §4: no sign, no leading zero. */
function isIndex(token: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(token)
}

/** The JSON Pointer of a path within the holder. */
function pointerOf(path: readonly string[]): string {
  return new Pointer(['', '', ...path]).toString()
}
