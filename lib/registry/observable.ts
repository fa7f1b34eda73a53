/** Notifies listeners of changes, so that they recompute derived values. */
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
