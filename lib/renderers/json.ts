/**
 * application/json, and every `+json` type without a renderer of its own.
 *
 * RFC 8259: UTF-8, and no charset parameter (§11).
 */
import { jsonRows } from './json-rows.ts'
import { jsonText } from './json-text.ts'
import type { RenderFunction } from './renderer.ts'

/** JSON of any value; an async source is an array sent row by row. */
export function json(
  options: { /** Spaces per level. Default none. */ readonly space?: number } = {},
): RenderFunction {
  const { space } = options
  return (data) => (isAsyncSource(data) ? jsonRows(data) : jsonText(data, space))
}

/** Whether data arrives over time: an async iterable, a web stream, a Node stream. */
function isAsyncSource(data: unknown): data is AsyncIterable<unknown> {
  return typeof data === 'object' && data !== null && Symbol.asyncIterator in data
}
