/** A JSON array that is sent while its rows are still coming. */
import type { ReadableStream } from 'node:stream/web'
import { jsonText } from './json-text.ts'
import { batches } from './rows.ts'

/** The chunks of a JSON array of all rows. */
export function jsonRows(source: AsyncIterable<unknown> | ReadableStream<unknown>): AsyncIterable<string> {
  let separator = ''
  return batches(source, {
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
