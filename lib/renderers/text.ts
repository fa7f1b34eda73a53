/** text/plain: data as text for people. */

import { inspect } from 'node:util'
import { jsonText } from '../json/json-text.ts'
import { factory } from '../registry/factory.ts'
import { dataRenderer } from './bytes.ts'
import type { RenderFunction } from './renderer.ts'
import { type RowFormat, renderRows } from './rows.ts'
import { isLazy } from './source.ts'

/** Text unchanged, objects as indented JSON with a line break at the end; rows that are not in memory line by line. */
export const text = /* @__PURE__ */ factory('text', (): RenderFunction => {
  return dataRenderer((data) => {
    if (isLazy(data)) return renderRows(data, lines)
    return typeof data === 'object' && data !== null ? `${textOf(data, 2)}\n` : textOf(data)
  })
})

const lines: RowFormat = { rows: (rows) => rows.map((row) => `${textOf(row)}\n`).join('') }

function textOf(value: unknown, space?: number): string {
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null) return jsonText(value, space)
  return typeof value === 'symbol' || typeof value === 'function' ? inspect(value) : String(value)
}
