/**
 * application/json, and every `+json` type without a renderer of its own.
 *
 * RFC 8259: UTF-8, and no charset parameter (§11).
 */

import type { ReadableStream } from 'node:stream/web'
import { jsonText } from '../json/json-text.ts'
import { dataRenderer } from './bytes.ts'
import type { RenderFunction } from './renderer.ts'
import { streamRows } from './rows.ts'
import { isSource } from './source.ts'

/** JSON of any value; asynchronous rows are streamed as an array. */
export function json(
  options: { /** Spaces per level. Default none. */ readonly space?: number } = {},
): RenderFunction {
  const { space } = options
  return dataRenderer((data) => (isSource(data) ? jsonRows(data) : jsonText(data, space)))
}

/** The rows as chunks of a JSON array. */
export function jsonRows(source: AsyncIterable<unknown> | ReadableStream<unknown>): AsyncIterable<string> {
  let separator = ''
  return streamRows(source, {
    head: () => '[',
    rows: (rows) => {
      let text = ''
      for (const row of rows) {
        text += separator + jsonText(row)
        separator = ','
      }
      return text
    },
    tail: () => ']',
  })
}
