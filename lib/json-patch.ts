/**
 * JSON Patch (RFC 6902); needs the package `rfc6902`.
 *
 * @module mazurka/json-patch
 */
export { type JsonPatchOptions, jsonPatch } from './patching/json-patch.ts'
export { Patch } from './patching/patch.ts'
