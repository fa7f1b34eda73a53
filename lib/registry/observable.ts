/** Something that says when it changed, so that what was computed from it is computed anew. */
export class Observable {
  readonly #listeners = new Set<() => void>()

  /** Calls `listener` after every change. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  protected changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
