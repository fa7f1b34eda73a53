/** Comparison of keys, whose columns have no order. */

/** Whether two keys have the same columns. */
export function areSameColumns(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name))
}
