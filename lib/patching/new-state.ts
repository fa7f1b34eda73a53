/** The new state after a patch: the output of the schema for what the patch has changed, else the current state. */
import { canonicalForm } from '../json/canonical-form.ts'
import { itemTreeOf, type MemberTree } from '../schema/member-tree.ts'
import { isPlain, type PlainRecord, put } from '../schema/record.ts'
import { ANYTHING, NEW, type Origin, type StateOrigins } from './state-origins.ts'

export class NewState {
  readonly #origins: StateOrigins

  constructor(origins: StateOrigins) {
    this.#origins = origins
  }

  /** The new value of a place. @param before The view of the value that was there. */
  merge(before: unknown, patched: unknown, output: unknown, place: MemberTree | undefined): unknown {
    if (isPlain(patched) && isPlain(output))
      return this.#mergeMembers(this.#originAt(before, patched, place), patched, output, place)
    if (!Array.isArray(patched) || !Array.isArray(output) || output.length !== patched.length) return output
    const origin = (Array.isArray(before) && this.#origins.of(before)) || NEW
    return this.#origins.isKept(before, patched, place)
      ? origin.value
      : this.#mergeItems(origin, patched, output, place)
  }

  /**
   * The origin whose hidden members a record has: of the record that was at the place before, also where a patch replaces
   * it by another. A record that is moved here brings its own if the schema hides the same members here.
   */
  #originAt(before: unknown, patched: PlainRecord, place: MemberTree | undefined): Origin {
    const moved = patched === before ? undefined : this.#origins.moved(patched, place)
    return moved ?? this.#origins.ofRecord(before)
  }

  #mergeMembers(
    origin: Origin,
    patched: PlainRecord,
    output: PlainRecord,
    place: MemberTree | undefined,
  ): PlainRecord {
    const { state, view } = origin
    const { hidden, tree } = this.#origins.after(origin, patched, output, place)
    const merged: PlainRecord = {}
    for (const name of new Set([...Object.keys(state), ...Object.keys(output)])) {
      const known = tree && this.#origins.treeOf(tree, name)
      const isAbsent = !Object.hasOwn(view, name) && !origin.hidden.has(name)
      if (hidden.has(name)) put(merged, name, state[name])
      else if (Object.hasOwn(patched, name) && this.#origins.isKept(view[name], patched[name], known))
        put(merged, name, this.#complete(state[name], view[name], output[name]))
      else if (Object.hasOwn(output, name))
        put(merged, name, this.merge(view[name], patched[name], output[name], known))
      else if (isAbsent) put(merged, name, state[name])
    }
    return merged
  }

  /** A member that the patch has not changed; of a plain record a copy, with the defaults that only the output has. */
  #complete(value: unknown, view: unknown, output: unknown): unknown {
    const origin = this.#origins.of(view)
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
    const treeAt = (index: number) => place && (itemTreeOf(place, index) ?? ANYTHING)
    const sentAgain = this.#origins.of(patched) === origin ? undefined : this.#itemsSentAgain(view)
    return patched.map((item, index) => {
      const known = treeAt(index)
      if (this.#origins.isKept(view[index], item, known)) return state[index]
      const found = this.#origins.of(item) ? item : sentAgain?.(item)
      const from = found === undefined ? undefined : indexes.get(found)
      if (from === undefined || treeAt(from) !== known)
        return this.merge(undefined, item, output[index], known)
      return this.#origins.isKept(found, found, known)
        ? state[from]
        : this.merge(found, found, output[index], known)
    })
  }

  /** Finds items that the patch has not changed but sends again, each once, in the order of the list. */
  #itemsSentAgain(view: PlainRecord): (item: unknown) => unknown {
    const items = new Map<string, unknown[]>()
    for (const item of Object.values(view).reverse()) {
      if (!this.#origins.of(item) || !this.#origins.isKept(item, item, undefined)) continue
      const form = canonicalForm(item)
      const equal = items.get(form)
      if (equal) equal.push(item)
      else items.set(form, [item])
    }
    const isPossible = (item: unknown) => items.size > 0 && typeof item === 'object' && item !== null
    return (item) => (isPossible(item) ? items.get(canonicalForm(item))?.pop() : undefined)
  }
}
