/**
 * Removal of the oldest entries of a Map, one by one.
 *
 * A new iterator for each would pass over the places of all that were removed: Map keeps them until it grows.
 */

/** A function that removes the entry that was added first, each time it is called. */
export function evictOldest<K>(map: Map<K, unknown>): () => void {
  let keys = map.keys()
  return () => {
    let next = keys.next()
    if (next.done) {
      keys = map.keys()
      next = keys.next()
    }
    if (!next.done) map.delete(next.value)
  }
}
