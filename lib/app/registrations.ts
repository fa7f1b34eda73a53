/** The registrations of an app, by the first segment of their paths: of many, a request asks few. */
import type { Routes } from './routes.ts'

interface AppRegistration {
  /** The number of registrations before it. */
  readonly index: number
  readonly routes: Routes
}

/** Lists are in the order of registration. */
export class AppRegistrations {
  readonly all: Routes[] = []
  readonly #list: AppRegistration[] = []
  /** Those whose paths begin with one text, and those that may have any. */
  readonly #byFirstSegment = new Map<string, AppRegistration[]>()
  readonly #withAnySegment: AppRegistration[] = []

  add(routes: Routes): void {
    const registration = { index: this.all.length, routes }
    const { firstSegment } = routes.compiled
    this.all.push(routes)
    this.#list.push(registration)
    if (firstSegment === undefined) {
      for (const list of [this.#withAnySegment, ...this.#byFirstSegment.values()]) list.push(registration)
      return
    }
    const list = this.#byFirstSegment.get(firstSegment) ?? [...this.#withAnySegment]
    list.push(registration)
    this.#byFirstSegment.set(firstSegment, list)
  }

  /** Those that may have an endpoint at a path; all for a target that is no path. */
  at(path: string): readonly AppRegistration[] {
    if (this.#list.length === 1 || !path.startsWith('/')) return this.#list
    const end = path.indexOf('/', 1)
    const firstSegment = end < 0 ? path.slice(1) : path.slice(1, end)
    return this.#byFirstSegment.get(firstSegment) ?? this.#withAnySegment
  }
}
