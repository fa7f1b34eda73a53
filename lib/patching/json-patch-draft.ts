/**
 * A document on its way from one state to the next.
 *
 *     ['a', 'b']  ·  { op: 'move', from: ['0'], path: ['1'] }  →  ['b', 'a']
 *
 * `rfc6902` takes what stands on a prototype for a member, any text for an index, and forgets that a move
 * shifts an array before it inserts. So it is told only what has been found to be possible.
 *
 * RFC 6902 §4 (what each operation wants to find), RFC 6901 §4 (members and indexes).
 */
import { applyPatch, Pointer } from 'rfc6902'
import { UnprocessableContent } from '../exceptions/client-errors.ts'
import { isSameJson } from '../json/json-value.ts'
import type { PatchOperation } from './json-patch-operation.ts'

/** Characters of JSON that copies may add: copying the document into itself doubles it each time. */
const MAX_COPIED = 1_048_576

/** Levels that copies and moves may add. */
const MAX_DEEPENED = 1000

/** Where something stands. */
interface Location {
  readonly parent: object
  readonly value: unknown
}

const NOTHING_THERE = 'No resource at the path'

/** One patch at work on one document. */
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

  /** Why it cannot be done; undefined when it is. */
  apply({ op, path, from, value }: PatchOperation): string | undefined {
    if (op === 'move' || op === 'copy') return this.#transfer(op, from, path)
    if (op === 'add')
      return this.#canAdd(path) ? this.#do({ op, path: pointerOf(path), value }) : NOTHING_THERE
    const there = this.#find(path)
    if (!there) return NOTHING_THERE
    if (op === 'test') return isSameJson(there.value, value) ? undefined : 'The value at the path is another'
    if (op === 'replace') return this.#do({ op, path: pointerOf(path), value })
    return path.length === 0
      ? 'The whole document cannot be removed'
      : this.#do({ op, path: pointerOf(path) })
  }

  #transfer(op: 'move' | 'copy', from: readonly string[], path: readonly string[]): string | undefined {
    const source = this.#find(from)
    if (!source) return 'No resource at the path of from'
    const target = op === 'move' ? unshifted(from, source, path) : path
    if (!this.#canAdd(target, op === 'move' ? source.parent : undefined)) return NOTHING_THERE
    this.#grow(op === 'copy' ? source.value : undefined, path.length - from.length)
    return this.#do({ op, from: pointerOf(from), path: pointerOf(target) })
  }

  #do(operation: Parameters<typeof applyPatch>[1][number]): undefined {
    const [error] = applyPatch(this.#holder, [operation])
    if (error) throw error
  }

  /** @throws {UnprocessableContent} 422, before it is too much. */
  #grow(copied: unknown, levels: number): void {
    if (copied !== undefined) this.#copied += JSON.stringify(copied).length
    this.#deepened += Math.max(levels, 0)
    if (this.#copied > MAX_COPIED) throw new UnprocessableContent('The patch copies too much')
    if (this.#deepened > MAX_DEEPENED) throw new UnprocessableContent('The patch nests too deep')
  }

  /** What stands at a path; only own members and items count. */
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

  /** Whether something can be put at a path. @param leaving an array that an item is taken out of before. */
  #canAdd(path: readonly string[], leaving?: object): boolean {
    const key = path.at(-1)
    if (key === undefined) return true
    const parent = this.#find(path.slice(0, -1))?.value
    if (!Array.isArray(parent)) return typeof parent === 'object' && parent !== null
    return key === '-' || (isIndex(key) && Number(key) <= parent.length - (parent === leaving ? 1 : 0))
  }
}

/**
 * The path of a move's target as it is before the move: RFC 6902 §4.4 has the value removed first, and
 * what stood behind it in an array moves up.
 */
function unshifted(
  from: readonly string[],
  { parent }: Location,
  path: readonly string[],
): readonly string[] {
  const place = from.length - 1
  const passed = path[place]
  const isThrough = Array.isArray(parent) && path.length > from.length && passed !== undefined
  if (!isThrough || !isIndex(passed) || from.slice(0, -1).some((token, index) => token !== path[index]))
    return path
  return Number(passed) < Number(from[place]) ? path : path.with(place, String(Number(passed) + 1))
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

/** Within the holder. */
function pointerOf(path: readonly string[]): string {
  return new Pointer(['', '', ...path]).toString()
}
