/** text/plain: data as text for people. */
import { inspect } from 'node:util'
import { jsonText } from '../json/json-text.ts'
import type { RenderFunction } from './renderer.ts'
import { type RowFormat, renderRows } from './rows.ts'
import { isLazy } from './source.ts'

/** Text unchanged, other values as indented JSON; rows that are not in memory line by line. */
export function text(): RenderFunction {
  return (data) => {
    if (isLazy(data)) return renderRows(data, lines)
    return `${textOf(data, 2)}\n`
  }
}

const lines: RowFormat = { rows: (rows) => rows.map((row) => `${textOf(row)}\n`).join('') }

function textOf(value: unknown, space?: number): string {
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null) return jsonText(value, space)
  return typeof value === 'symbol' || typeof value === 'function' ? inspect(value) : String(value)
}
