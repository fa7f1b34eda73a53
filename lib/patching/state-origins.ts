/** The origins of the objects in the view of a state: the values of the state, and the members that are hidden of them. */
import { emptyTree, itemTreeOf, type MemberTree, memberOf, treeFor } from '../schema/member-tree.ts'
import { type PlainRecord, put } from '../schema/record.ts'

/** The origin of an object of the view. */
export interface Origin {
  /** The value of the state. */
  readonly value: unknown
  /** Its members, hidden ones too: of its JSON form if it has `toJSON`. */
  readonly state: PlainRecord
  /** The members of the view, before the patch. */
  readonly view: PlainRecord
  /** Names of the members of the state that the schema does not know. */
  readonly hidden: ReadonlySet<string>
  /** The tree of its place, of all alternatives. */
  readonly place: MemberTree | undefined
}

/** A record after the patch. */
interface RecordAfter {
  /** Names of the members of the state that stay hidden. */
  readonly hidden: ReadonlySet<string>
  /** The tree of the alternatives that the record can match; undefined without a JSON Schema. */
  readonly tree: MemberTree | undefined
}

/** The treatment of members that the schema does not know. */
export interface HidingOptions {
  /** Whether members that the schema merely allows are hidden: a policy refuses or drops them. */
  readonly isClosed?: boolean
  /** Whether outputs have unknown members that a client has sent. */
  readonly isKeeping?: boolean
}

/** All members are known. */
export const ANYTHING = /* @__PURE__ */ emptyTree()

export const NO_NAMES: ReadonlySet<string> = /* @__PURE__ */ new Set()

/** The origin of a value that the state lacks. */
export const NEW: Origin = { value: undefined, state: {}, view: {}, hidden: NO_NAMES, place: undefined }

export class StateOrigins {
  readonly #origins = new Map<object, Origin>()
  /** Results of {@link #isSame}: each object around a change asks for all in it. */
  readonly #same = new Map<object, boolean>()
  readonly #isClosed: boolean
  readonly #isKeeping: boolean

  constructor({ isClosed = false, isKeeping = false }: HidingOptions) {
    this.#isClosed = isClosed
    this.#isKeeping = isKeeping
  }

  set(copy: object, origin: Origin): void {
    this.#origins.set(copy, origin)
  }

  of(value: unknown): Origin | undefined {
    return typeof value === 'object' && value !== null ? this.#origins.get(value) : undefined
  }

  /** The origin of the record that was at a place. */
  ofRecord(before: unknown): Origin {
    return (Array.isArray(before) ? undefined : this.of(before)) ?? NEW
  }

  /** The tree of a member of a record; undefined for a hidden one. */
  treeOf(tree: MemberTree, name: string): MemberTree | undefined {
    if (name === '__proto__') return undefined
    return tree.members ? memberOf(tree, name, this.#isClosed) : ANYTHING
  }

  /**
   * The record that takes the place of another. The output decides which alternatives it can match; hidden members whose
   * presence would let it match one that shows them do not stay.
   */
  after(
    origin: Origin,
    patched: PlainRecord,
    output: PlainRecord,
    place: MemberTree | undefined,
  ): RecordAfter {
    const { hidden } = origin
    if (!place) {
      const isHidden = (name: string) => this.#isKeeping || !Object.hasOwn(output, name)
      return { hidden: new Set([...hidden].filter(isHidden)), tree: undefined }
    }
    if (!place.choose) return { hidden: this.#unknownOf(hidden, place), tree: place }
    const treeWith = (kept: ReadonlySet<string>) => treeFor(place, recordAfter(origin, patched, output, kept))
    let fewer = this.#unknownOf(hidden, treeWith(NO_NAMES))
    for (;;) {
      const kept = fewer
      const tree = treeWith(kept)
      fewer = this.#unknownOf(kept, tree)
      if (fewer.size === kept.size) return { hidden: kept, tree }
    }
  }

  #unknownOf(names: ReadonlySet<string>, tree: MemberTree): ReadonlySet<string> {
    return names.size === 0 ? names : new Set([...names].filter((name) => !this.treeOf(tree, name)))
  }

  /** The origin of a record that a patch has moved, if the schema hides the same members of it at its new place. */
  moved(record: PlainRecord, place: MemberTree | undefined): Origin | undefined {
    const { state, hidden } = this.of(record) ?? NEW
    if (hidden.size === 0 || !place || !this.#hidesSame(record, place, false)) return undefined
    return { ...NEW, state: Object.fromEntries(Array.from(hidden, (name) => [name, state[name]])), hidden }
  }

  /** Whether a member that the view has is the same after the patch, with the same hidden members. */
  isKept(before: unknown, after: unknown, place: MemberTree | undefined): boolean {
    return before === after && before !== undefined && this.#isSame(after) && this.#hidesSame(after, place)
  }

  /** Whether no member of an object of the view has changed, at any level; asked after the patch. */
  #isSame(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return true
    const known = this.#same.get(value)
    if (known !== undefined) return known
    const view = this.#origins.get(value)?.view
    const names = view ? Object.keys(value) : []
    const isSame =
      view !== undefined &&
      names.length === Object.keys(view).length &&
      names.every((name) => {
        const member = (value as PlainRecord)[name]
        return view[name] === member && member !== undefined && this.#isSame(member)
      })
    this.#same.set(value, isSame)
    return isSame
  }

  /** Whether the schema hides the same members of a value of the state at a place. */
  #hidesSame(value: unknown, place: MemberTree | undefined, isDeep = true): boolean {
    const origin = this.of(value)
    if (!origin || !place || place === origin.place) return true
    const { state, view, hidden } = origin
    if (Array.isArray(value))
      return value.every((item, index) => this.#hidesSame(item, itemTreeOf(place, index) ?? ANYTHING))
    const tree = treeFor(place, state)
    return Object.keys(state).every((name) => {
      const known = this.treeOf(tree, name)
      return hidden.has(name) ? !known : known && (!isDeep || this.#hidesSame(view[name], known))
    })
  }
}

/** The members of a record after the patch, with some of those that were hidden. */
function recordAfter(
  { state, view }: Origin,
  patched: PlainRecord,
  output: PlainRecord,
  kept: ReadonlySet<string>,
): PlainRecord {
  const record: PlainRecord = {}
  for (const name of Object.keys(output)) if (!kept.has(name)) put(record, name, output[name])
  for (const name of Object.keys(state)) {
    const isUnchanged = Object.hasOwn(patched, name) && patched[name] === view[name]
    if (isUnchanged || kept.has(name)) put(record, name, state[name])
  }
  return record
}
