/**
 * Functions that create parsers and renderers: given in place of their result, each is a mistake of the developer.
 *
 *     api.contentRenderer.renders('text/csv', csv)  →  TypeError: … is the function csv: call it, csv()
 */
const factories = new WeakSet<object>()

/** Marks a function that creates parsers or renderers, and names it: bundlers rename functions. */
export function factory<F extends object>(name: string, create: F): F {
  factories.add(create)
  return Object.defineProperty(create, 'name', { value: name })
}

/** @throws {TypeError} for a function marked by {@link factory}. */
export function throwIfFactory(where: string, value: unknown): void {
  if (typeof value !== 'function' || !factories.has(value)) return
  throw new TypeError(`${where} is the function ${value.name}: call it, ${value.name}()`)
}
