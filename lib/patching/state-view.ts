/**
 * The state of a patch as clients see it: JSON values, with the members that the schema knows.
 *
 *     { name: 'Ada', born: Date, password_hash: '…' }  →  { name: 'Ada', born: '1970-…' }
 *
 * A patch changes the view in place. The new state has the output of the schema for what the patch has changed, and
 * the values of the current state for everything else: hidden members, Dates, values that a transform would change a
 * second time.
 */
import { canonicalForm } from '../json/canonical-form.ts'
import { checkDepth, plain } from '../json/json-value.ts'
import { emptyTree, itemTreeOf, type MemberTree, memberOf } from '../schema/member-tree.ts'
import { isPlain, type PlainRecord, put } from '../schema/record.ts'

/** The origin of an object of the view. */
interface Origin {
  /** The value of the state. */
  readonly value: unknown
  /** Its members, hidden ones too: of its JSON form if it has `toJSON`. */
  readonly state: PlainRecord
  /** The members of the view, before the patch. */
  readonly view: PlainRecord
  /** Names of the members of the state that the schema does not know. */
  readonly hidden: ReadonlySet<string>
}

export class StateView {
  /** JSON, which a patch may change. */
  readonly document: unknown
  readonly #origins = new WeakMap<object, Origin>()
  readonly #isClosed: boolean

  /**
   * @param tree The members that the schema knows. Default: all.
   * @param isClosed Whether those that it merely allows are hidden: a policy refuses or drops them.
   * @throws {TypeError} for a cycle.
   */
  constructor(state: unknown, tree: MemberTree = ANYTHING, isClosed = false) {
    this.#isClosed = isClosed
    this.document = this.#copy(state, '', tree, 0) ?? null
  }

  /**
   * The new state: the output of the schema for what a patch has changed, else the current state.
   *
   * @param places The members that the schema knows at each place. Without them, values that a patch moves to another
   * object or list have no hidden members.
   */
  newState(patched: unknown, output: unknown, places?: MemberTree): unknown {
    return this.#merge(this.document, patched, output, places)
  }

  /** The changes of a patch, in the form of a merge patch (RFC 7396): null for removed members. */
  changes(patched: unknown, output: unknown): unknown {
    return this.#difference(this.document, patched, output)
  }

  /** The members of a merge patch with the output of the schema, also those that it sets to the value they have. */
  sent(patch: unknown, output: unknown): unknown {
    return this.#sent(this.document, patch, output)
  }

  #sent(before: unknown, patch: unknown, output: unknown): unknown {
    if (!isPlain(patch) || !isPlain(output)) return output
    const { view, hidden } = this.#originOf(before) ?? NEW
    const sent: PlainRecord = {}
    for (const name of Object.keys(patch)) {
      if (hidden.has(name)) continue
      if (Object.hasOwn(output, name)) put(sent, name, this.#sent(view[name], patch[name], output[name]))
      else if (patch[name] === null && Object.hasOwn(view, name)) put(sent, name, null)
    }
    return sent
  }

  #copy(original: unknown, key: string, tree: MemberTree, depth: number): unknown {
    const value = plain(original, key)
    if (typeof value === 'function' || typeof value === 'symbol') return undefined
    if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
    if (typeof value !== 'object' || value === null) return value
    checkDepth(depth)
    const isList = Array.isArray(value)
    const state = value as PlainRecord
    const copy: PlainRecord | unknown[] = isList ? [] : {}
    const hidden = new Set<string>()
    for (const at of isList ? value.keys() : Object.keys(value)) {
      const name = String(at)
      const known = isList ? (itemTreeOf(tree, Number(at)) ?? ANYTHING) : this.#treeOf(tree, name)
      if (!known) {
        hidden.add(name)
        continue
      }
      const member = this.#copy(state[name], name, known, depth + 1)
      if (isList) (copy as unknown[]).push(member ?? null)
      else if (member !== undefined) (copy as PlainRecord)[name] = member
    }
    this.#origins.set(copy, { value: original, state, view: { ...copy } as PlainRecord, hidden })
    return copy
  }

  /**
   * The origin whose hidden members a value has: the value that was at the place before, also where a patch replaces an
   * object by another. A value that is moved here brings its own if the schema hides the same members here.
   */
  #originAt(before: unknown, patched: unknown, place: MemberTree | undefined): Origin {
    const own = this.#originOf(patched)
    if (own && patched === before) return own
    if (own && own.hidden.size > 0 && this.#hidesSame(own, place)) return movedOrigin(own)
    const isReplaced = Array.isArray(patched) ? Array.isArray(before) : isPlain(patched) && isPlain(before)
    return (isReplaced && this.#originOf(before)) || NEW
  }

  #hidesSame({ state, hidden }: Origin, place: MemberTree | undefined): boolean {
    if (!place) return false
    return Object.keys(state).every((name) => hidden.has(name) === !this.#treeOf(place, name))
  }

  /** The tree of a member of a record; undefined for a hidden one. */
  #treeOf(tree: MemberTree, name: string): MemberTree | undefined {
    if (name === '__proto__') return undefined
    return tree.members ? memberOf(tree, name, this.#isClosed) : ANYTHING
  }

  #originOf(value: unknown): Origin | undefined {
    return typeof value === 'object' && value !== null ? this.#origins.get(value) : undefined
  }

  /** The new value of a place. @param before The view of the value that was there. */
  #merge(before: unknown, patched: unknown, output: unknown, place: MemberTree | undefined): unknown {
    const origin = this.#originAt(before, patched, place)
    if (isPlain(patched) && isPlain(output)) return this.#mergeMembers(origin, patched, output, place)
    if (!Array.isArray(patched) || !Array.isArray(output) || output.length !== patched.length) return output
    return patched === before && this.#isSame(patched)
      ? origin.value
      : this.#mergeItems(origin, patched, output, place)
  }

  #mergeMembers(
    { state, view, hidden }: Origin,
    patched: PlainRecord,
    output: PlainRecord,
    place: MemberTree | undefined,
  ): PlainRecord {
    const merged: PlainRecord = {}
    for (const name of new Set([...Object.keys(state), ...Object.keys(output)])) {
      if (hidden.has(name)) put(merged, name, state[name])
      else if (Object.hasOwn(patched, name) && this.#isSameMember(view[name], patched[name]))
        put(merged, name, this.#complete(state[name], view[name], output[name]))
      else if (Object.hasOwn(output, name)) {
        const known = place && this.#treeOf(place, name)
        put(merged, name, this.#merge(view[name], patched[name], output[name], known))
      } else if (!Object.hasOwn(view, name)) put(merged, name, state[name])
    }
    return merged
  }

  /** A member that the patch has not changed; of a plain record a copy, with the defaults that only the output has. */
  #complete(value: unknown, view: unknown, output: unknown): unknown {
    const origin = this.#originOf(view)
    if (!isPlain(value) || origin?.state !== value || !isPlain(output)) return value // a list, a Date, toJSON
    const completed: PlainRecord = {}
    for (const name of new Set([...Object.keys(value), ...Object.keys(output)])) {
      const isKept = origin.hidden.has(name) || !Object.hasOwn(output, name)
      if (isKept) put(completed, name, value[name])
      else if (!Object.hasOwn(origin.view, name)) put(completed, name, output[name])
      else put(completed, name, this.#complete(value[name], origin.view[name], output[name]))
    }
    return completed
  }

  /** Items of the list that was there before, which the patch has not replaced, are its items at any index. */
  #mergeItems(
    origin: Origin,
    patched: readonly unknown[],
    output: readonly unknown[],
    place: MemberTree | undefined,
  ): unknown[] {
    const { state, view } = origin
    const indexes = new Map(Object.values(view).map((item, index) => [item, index]))
    const sentAgain = this.#originOf(patched) === origin ? NONE : this.#unchangedItems(view)
    const treeAt = (index: number) => place && (itemTreeOf(place, index) ?? ANYTHING)
    return patched.map((item, index) => {
      if (this.#isSameMember(view[index], item)) return state[index]
      const found = this.#originOf(item) ? item : sentAgain.get(canonicalForm(item))?.pop()
      const from = found === undefined ? undefined : indexes.get(found)
      if (from === undefined || treeAt(from) !== treeAt(index))
        return this.#merge(undefined, item, output[index], treeAt(index))
      return this.#isSame(found) ? state[from] : this.#merge(found, found, output[index], treeAt(index))
    })
  }

  /** Items of a list that the patch has not changed, the last ones first, by their JSON. */
  #unchangedItems(view: PlainRecord): ReadonlyMap<string, unknown[]> {
    const items = new Map<string, unknown[]>()
    for (const item of Object.values(view).reverse()) {
      if (!this.#originOf(item) || !this.#isSame(item)) continue
      const form = canonicalForm(item)
      const equal = items.get(form)
      if (equal) equal.push(item)
      else items.set(form, [item])
    }
    return items
  }

  #difference(before: unknown, patched: unknown, output: unknown): unknown {
    const origin = isPlain(before) ? this.#originOf(before) : undefined
    if (!origin || !isPlain(patched) || !isPlain(output)) return output
    const { view, hidden } = origin
    const changes: PlainRecord = {}
    for (const name of Object.keys(view))
      if (!Object.hasOwn(patched, name)) put(changes, name, Object.hasOwn(output, name) ? output[name] : null)
    for (const name of Object.keys(patched)) {
      if (hidden.has(name) || !Object.hasOwn(output, name)) continue
      if (this.#isSameMember(view[name], patched[name])) continue
      put(changes, name, this.#difference(view[name], patched[name], output[name]))
    }
    return changes
  }

  #isSameMember(before: unknown, after: unknown): boolean {
    return before === after && before !== undefined && this.#isSame(after)
  }

  /** Whether no member of an object of the view has changed, at any level. */
  #isSame(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return true
    const view = this.#origins.get(value)?.view
    if (!view) return false
    const names = Object.keys(value)
    if (names.length !== Object.keys(view).length) return false
    return names.every((name) => this.#isSameMember(view[name], (value as PlainRecord)[name]))
  }
}

/** The origin of a value that the state lacks. */
const NEW: Origin = { value: undefined, state: {}, view: {}, hidden: /* @__PURE__ */ new Set() }

/** The origin of a value that a patch has moved to another place: the members that the schema knows are new there. */
function movedOrigin({ state, hidden }: Origin): Origin {
  const kept: PlainRecord = {}
  for (const name of hidden) put(kept, name, state[name])
  return { ...NEW, state: kept, hidden }
}

/** Items of a list that is not sent again. */
const NONE: ReadonlyMap<string, unknown[]> = /* @__PURE__ */ new Map()

/** All members are known. */
const ANYTHING = /* @__PURE__ */ emptyTree()
