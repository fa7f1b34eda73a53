/** One description over another: records member by member, all else replaced, lists too. */
import { isPlain, type PlainRecord, put } from '../../schema/record.ts'

/**
 * Neither is changed; undefined says nothing.
 *
 * @param expand What a `$ref` stands for, so that something can be said over it. A `$ref` over anything replaces it.
 */
export function deepMerge(
  base: unknown,
  over: unknown,
  expand: (reference: string) => unknown = () => undefined,
): unknown {
  if (over === undefined) return base
  if (!isPlain(over) || typeof over.$ref === 'string' || !isPlain(base)) return over
  const whole = typeof base.$ref === 'string' ? expand(base.$ref) : undefined
  const merged: PlainRecord = { ...(isPlain(whole) ? whole : base) }
  for (const name of Object.keys(over)) {
    const own = Object.hasOwn(merged, name) ? merged[name] : undefined
    put(merged, name, deepMerge(own, over[name], expand))
  }
  return merged
}
