/**
 * The state of a patch as clients see it: JSON values, with the members that the schema knows.
 *
 *     { name: 'Ada', born: Date, password_hash: '…' }  →  { name: 'Ada', born: '1970-…' }
 *
 * A patch changes the view in place. The new state has the output of the schema for what the patch has changed, and
 * the values of the current state for everything else: hidden members, Dates, values that a transform would change a
 * second time. Of a union, a record has the members of the alternatives that it can match, before the patch and after.
 */
import { checkDepth, plain } from '../json/json-value.ts'
import { itemTreeOf, type MemberTree, treeFor } from '../schema/member-tree.ts'
import type { PlainRecord } from '../schema/record.ts'
import { Changes } from './changes.ts'
import { NewState } from './new-state.ts'
import { ANYTHING, type HidingOptions, NO_NAMES, StateOrigins } from './state-origins.ts'

export class StateView {
  /** JSON, which a patch may change. */
  readonly document: unknown
  readonly #origins: StateOrigins

  /**
   * @param tree The members that the schema knows. Default: all.
   * @throws {TypeError} for a cycle.
   */
  constructor(state: unknown, tree: MemberTree = ANYTHING, options: HidingOptions = {}) {
    this.#origins = new StateOrigins(options)
    this.document = this.#copy(state, '', tree, 0) ?? null
  }

  /**
   * The new state: the output of the schema for what a patch has changed, else the current state.
   *
   * @param places The members that the schema knows at each place. Without them, values that a patch moves to another
   * object or list have no hidden members.
   */
  newState(patched: unknown, output: unknown, places?: MemberTree): unknown {
    return new NewState(this.#origins).merge(this.document, patched, output, places)
  }

  /** The changes of a patch, in the form of a merge patch (RFC 7396): null for removed members. */
  changes(patched: unknown, output: unknown, places?: MemberTree): unknown {
    return new Changes(this.#origins).made(this.document, patched, output, places)
  }

  /** The members of a merge patch with the output of the schema, also those that it sets to the value they have. */
  sent(patch: unknown, patched: unknown, output: unknown, places?: MemberTree): unknown {
    return new Changes(this.#origins).sent(this.document, patch, patched, output, places)
  }

  #copy(original: unknown, key: string, place: MemberTree, depth: number): unknown {
    const value = plain(original, key)
    if (typeof value === 'function' || typeof value === 'symbol') return undefined
    if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
    if (typeof value !== 'object' || value === null) return value
    checkDepth(depth)
    const isList = Array.isArray(value)
    const state = value as PlainRecord
    const tree = isList ? place : treeFor(place, value)
    const copy: PlainRecord | unknown[] = isList ? [] : {}
    let hidden: Set<string> | undefined
    for (const at of isList ? value.keys() : Object.keys(value)) {
      const name = String(at)
      const known = isList ? (itemTreeOf(tree, Number(at)) ?? ANYTHING) : this.#origins.treeOf(tree, name)
      if (!known) {
        hidden = (hidden ?? new Set()).add(name)
        continue
      }
      const member = this.#copy(state[name], name, known, depth + 1)
      if (isList) (copy as unknown[]).push(member ?? null)
      else if (member !== undefined) (copy as PlainRecord)[name] = member
    }
    this.#origins.set(copy, {
      value: original,
      state,
      view: { ...copy } as PlainRecord,
      hidden: hidden ?? NO_NAMES,
      place,
    })
    return copy
  }
}
