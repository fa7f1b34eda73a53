/**
 * application/x-ndjson: a JSON text per line.
 *
 *     [{ id: 1 }, { id: 2 }] → {"id":1}⏎{"id":2}⏎
 *
 * What is no collection is one line. JSON text has no line ends of its own.
 */
import { jsonText } from '../json/json-text.ts'
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

/** A line of JSON per row; streams whatever comes over time. */
export function ndjson(): RenderFunction {
  return (data) => (isCollection(data) ? renderRows(data, lines) : lines.rows([data]))
}
