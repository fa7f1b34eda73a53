/**
 * application/x-ndjson: a JSON text per line.
 *
 *     [{ id: 1 }, { id: 2 }] → {"id":1}⏎{"id":2}⏎
 *
 * Data other than a collection is one line. JSON text contains no line breaks.
 */

import { jsonText } from '../json/json-text.ts'
import { factory } from '../registry/factory.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
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

export interface NdjsonOptions {
  /**
   * Ends a list with the line `{"end":true,"rows":2}`, so that a client detects a stream that was cut: some proxies
   * complete a broken response. Default false.
   */
  readonly end?: boolean
}

/**
 * A line of JSON per row; asynchronous rows are streamed.
 *
 * @throws {TypeError} for an unknown option, or an invalid value.
 */
export const ndjson = /* @__PURE__ */ factory('ndjson', (options: NdjsonOptions = {}): RenderFunction => {
  checkOptions('ndjson', options, { end: 'boolean' } satisfies Keys<NdjsonOptions>)
  const { end } = options
  return dataRenderer((data) => {
    if (!isCollection(data)) return lines.rows([data])
    return renderRows(data, end ? countedLines() : lines)
  })
})

/** Lines, with the number of rows in the last one. */
function countedLines(): RowFormat {
  let count = 0
  return {
    rows(rows) {
      count += rows.length
      return lines.rows(rows)
    },
    tail: () => `{"end":true,"rows":${count}}\n`,
  }
}
