/** Deep merge of plain objects: member by member; every other value is replaced, arrays included. */
import { isPlain, type PlainRecord, put } from '../../schema/record.ts'

/**
 * A new value; neither argument is changed. An undefined `over` changes nothing.
 *
 * @param expand The target of a `$ref` in `base`, so that members can be merged over it. A `$ref` in `over` replaces
 * `base`.
 */
export function deepMerge(
  base: unknown,
  over: unknown,
  expand: (reference: string) => unknown = () => undefined,
): unknown {
  if (over === undefined) return base
  if (!isPlain(over) || typeof over.$ref === 'string' || !isPlain(base)) return over
  const target = typeof base.$ref === 'string' ? expand(base.$ref) : undefined
  const merged: PlainRecord = { ...(isPlain(target) ? target : base) }
  for (const name of Object.keys(over)) {
    const own = Object.hasOwn(merged, name) ? merged[name] : undefined
    put(merged, name, deepMerge(own, over[name], expand))
  }
  return merged
}
