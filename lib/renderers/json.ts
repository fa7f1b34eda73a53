/**
 * application/json, and every `+json` type without a renderer of its own.
 *
 * RFC 8259: UTF-8, and no charset parameter (§11).
 */

import { jsonText } from '../json/json-text.ts'
import { factory } from '../registry/factory.ts'
import { checkOptions } from '../registry/options.ts'
import { dataRenderer } from './bytes.ts'
import type { RenderFunction } from './renderer.ts'
import { type RowFormat, renderRows } from './rows.ts'
import { isLazy } from './source.ts'

/** JSON of any value; rows that are not in memory are streamed as an array. @throws {TypeError} for an invalid option. */
export const json = /* @__PURE__ */ factory(
  'json',
  (
    options: { /** Spaces per level, 10 at most. Default none. */ readonly space?: number } = {},
  ): RenderFunction => {
    checkOptions('json', options, { space: 'count' })
    const { space } = options
    return dataRenderer((data) =>
      isLazy(data) && !('toJSON' in data) ? renderRows(data, arrayFormat(space)) : jsonText(data, space),
    )
  },
)

/** Rows as the members of a JSON array, as `JSON.stringify` writes them. @param space spaces per level. */
function arrayFormat(space?: number): RowFormat {
  let separator = ''
  return {
    head: () => '[',
    rows: (rows) => {
      const text = separator + jsonText(rows, space).slice(1, space ? -2 : -1)
      separator = ','
      return text
    },
    tail: () => (space && separator ? '\n]' : ']'),
  }
}
