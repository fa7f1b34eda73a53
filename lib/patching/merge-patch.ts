/**
 * JSON Merge Patch: what changes, in the shape of what there is; null takes away.
 *
 *     { "a": 1, "b": { "c": 2 } }  +  { "b": { "c": null, "d": 3 } }  →  { "a": 1, "b": { "d": 3 } }
 *
 * RFC 7396 §2.
 */
import { jsonValue } from '../json/json-value.ts'

/**
 * The target with the patch applied, as fresh JSON values: neither is changed, and a Date in the target is
 * the text a client would have seen. A member `__proto__` is left out.
 *
 * @throws {TypeError} for a target that is a cycle.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  return merge(jsonValue(target), patch)
}

/** Changes a target that is ours already. */
function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return jsonValue(patch)
  const merged = isObject(target) ? target : {}
  for (const [name, member] of Object.entries(patch)) {
    if (name === '__proto__') continue
    if (member === null) delete merged[name]
    else merged[name] = merge(Object.hasOwn(merged, name) ? merged[name] : undefined, member)
  }
  return merged
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
