/**
 * JSON Merge Patch: the members to change, nested as in the document; null removes a member.
 *
 *     { "a": 1, "b": { "c": 2 } }  +  { "b": { "c": null, "d": 3 } }  →  { "a": 1, "b": { "d": 3 } }
 *
 * RFC 7396 §2.
 */
import { jsonValue } from '../json/json-value.ts'

/**
 * Applies a patch to a target of JSON values, which is changed, as {@link jsonValue} makes them: a Date in the patched
 * state is then the string that clients see. A member `__proto__` is ignored.
 *
 * @returns the target, or what takes its place; it shares nothing with the patch.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return jsonValue(patch)
  const merged = isObject(target) ? target : {}
  for (const [name, member] of Object.entries(patch)) {
    if (name === '__proto__') continue
    if (member === null) delete merged[name]
    else merged[name] = mergePatch(Object.hasOwn(merged, name) ? merged[name] : undefined, member)
  }
  return merged
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
