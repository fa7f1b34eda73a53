/**
 * JSON Merge Patch: the members to change, nested as in the document; null removes a member.
 *
 *     { "a": 1, "b": { "c": 2 } }  +  { "b": { "c": null, "d": 3 } }  →  { "a": 1, "b": { "d": 3 } }
 *
 * RFC 7396 §2.
 */
import { jsonValue } from '../json/json-value.ts'

/**
 * The target with the patch applied, as new JSON values: neither is changed, and a Date in the target is the
 * string that clients see. A member `__proto__` is ignored.
 *
 * @throws {TypeError} for a cyclic target.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  return mergeInto(jsonValue(target), patch)
}

/** The same for a target of JSON values, which is changed. */
export function mergeInto(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return jsonValue(patch)
  const merged = isObject(target) ? target : {}
  for (const [name, member] of Object.entries(patch)) {
    if (name === '__proto__') continue
    if (member === null) delete merged[name]
    else merged[name] = mergeInto(Object.hasOwn(merged, name) ? merged[name] : undefined, member)
  }
  return merged
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
