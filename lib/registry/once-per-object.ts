/** Endpoints of one Api have one object of options: what is made from it is made once, and shared. */

/** A function that keeps its result for each object, as long as the object lives; other values are passed on. */
export function oncePerObject<K, V>(create: (key: K) => V): (key: K) => V {
  const known = new WeakMap<object, V>()
  return (key) => {
    if (typeof key !== 'object' || key === null) return create(key)
    const value = known.has(key) ? (known.get(key) as V) : create(key)
    known.set(key, value)
    return value
  }
}
