/**
 * application/x-ndjson: a JSON text per line.
 *
 *     [{ id: 1 }, { id: 2 }] → {"id":1}⏎{"id":2}⏎
 *
 * Data other than a collection is one line. JSON text contains no line breaks.
 */
import { jsonText } from '../json/json-text.ts'
import { dataRenderer } from './bytes.ts'
import type { RenderFunction } from './renderer.ts'
import { type RowFormat, renderRows } from './rows.ts'
import { isCollection } from './source.ts'

const lines: RowFormat = {
  rows: (rows) => {
    let text = ''
    for (const row of rows) text += `${jsonText(row)}\n`
    return text
  },
}

/** A line of JSON per row; asynchronous rows are streamed. */
export function ndjson(): RenderFunction {
  return dataRenderer((data) => (isCollection(data) ? renderRows(data, lines) : lines.rows([data])))
}
