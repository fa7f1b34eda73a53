/** The registrations of an app, by the first segment of their paths: one of many is found as fast as one of few. */
import type { Routes } from './routes.ts'

interface Registration {
  /** The number of registrations before it. */
  readonly index: number
  readonly routes: Routes
}

/** Lists are in the order of registration. */
export class Registrations {
  readonly all: Routes[] = []
  readonly #list: Registration[] = []
  /** Those whose paths begin with one text, beside those that have any. */
  readonly #below = new Map<string, Registration[]>()
  readonly #anywhere: Registration[] = []

  add(routes: Routes): void {
    const registration = { index: this.all.length, routes }
    const { firstSegment } = routes.compiled
    this.all.push(routes)
    this.#list.push(registration)
    if (firstSegment === undefined) {
      for (const list of [this.#anywhere, ...this.#below.values()]) list.push(registration)
      return
    }
    const list = this.#below.get(firstSegment) ?? [...this.#anywhere]
    list.push(registration)
    this.#below.set(firstSegment, list)
  }

  /** Those that may have an endpoint at a path; all for a target that is no path. */
  at(path: string): readonly Registration[] {
    if (!path.startsWith('/')) return this.#list
    const end = path.indexOf('/', 1)
    return this.#below.get(end < 0 ? path.slice(1) : path.slice(1, end)) ?? this.#anywhere
  }
}
