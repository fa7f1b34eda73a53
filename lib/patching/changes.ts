/** The changes of a patch, with the output of the schema, in the form of a merge patch (RFC 7396): null for removed members. */
import type { MemberTree } from '../schema/member-tree.ts'
import { isPlain, type PlainRecord, put } from '../schema/record.ts'
import { NEW, type Origin, type StateOrigins } from './state-origins.ts'

export class Changes {
  readonly #origins: StateOrigins

  constructor(origins: StateOrigins) {
    this.#origins = origins
  }

  /** The members that are different, and those of a merge patch. @param before The view of the place. */
  sent(
    before: unknown,
    patch: unknown,
    patched: unknown,
    output: unknown,
    place: MemberTree | undefined,
  ): unknown {
    if (!isPlain(patch) || !isPlain(patched) || !isPlain(output)) return output
    const origin = this.#origins.ofRecord(before)
    const { hidden, tree } = this.#origins.after(origin, patched, output, place)
    const sent = origin === NEW ? {} : this.#made(origin, patched, output, place)
    for (const name of Object.keys(patch)) {
      if (hidden.has(name) || !Object.hasOwn(output, name)) continue
      const known = tree && this.#origins.treeOf(tree, name)
      put(sent, name, this.sent(origin.view[name], patch[name], patched[name], output[name], known))
    }
    return sent
  }

  /** The members that are different. @param before The view of the place. */
  made(before: unknown, patched: unknown, output: unknown, place: MemberTree | undefined): unknown {
    const origin = this.#origins.ofRecord(before)
    return origin === NEW || !isPlain(patched) || !isPlain(output)
      ? output
      : this.#made(origin, patched, output, place)
  }

  #made(
    origin: Origin,
    patched: PlainRecord,
    output: PlainRecord,
    place: MemberTree | undefined,
  ): PlainRecord {
    const { view } = origin
    const { hidden, tree } = this.#origins.after(origin, patched, output, place)
    const changes: PlainRecord = {}
    const outputOf = (name: string) => (Object.hasOwn(output, name) ? output[name] : null)
    for (const name of origin.hidden) if (!hidden.has(name)) put(changes, name, outputOf(name))
    for (const name of Object.keys(view))
      if (!Object.hasOwn(patched, name)) put(changes, name, outputOf(name))
    for (const name of Object.keys(patched)) {
      if (hidden.has(name) || !Object.hasOwn(output, name)) continue
      const known = tree && this.#origins.treeOf(tree, name)
      if (this.#origins.isKept(view[name], patched[name], known)) continue
      put(changes, name, this.made(view[name], patched[name], output[name], known))
    }
    return changes
  }
}
