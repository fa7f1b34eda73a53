/** Results of functions of one object, made once: of the options that all endpoints of an Api share, of the columns of a model. */

/** A function that keeps its result for each object, as long as the object lives; other values are passed on. */
export function oncePerObject<K, V>(create: (key: K) => V): (key: K) => V {
  const known = new WeakMap<object, V>()
  return (key) => {
    if (typeof key !== 'object' || key === null) return create(key)
    if (!known.has(key)) known.set(key, create(key))
    return known.get(key) as V
  }
}
