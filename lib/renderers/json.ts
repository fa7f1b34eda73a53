/**
 * application/json, and every `+json` type without a renderer of its own.
 *
 * RFC 8259: UTF-8, and no charset parameter (§11).
 */

import { jsonRows } from './json-rows.ts'
import { jsonText } from './json-text.ts'
import type { RenderFunction } from './renderer.ts'
import { isSource } from './source.ts'

/** JSON of any value; an async source is an array sent row by row. */
export function json(
  options: { /** Spaces per level. Default none. */ readonly space?: number } = {},
): RenderFunction {
  const { space } = options
  return (data) => (isSource(data) ? jsonRows(data) : jsonText(data, space))
}
