/** text/plain: the data as a person would want to read it. */
import { inspect } from 'node:util'
import { jsonText } from '../json/json-text.ts'
import type { RenderFunction } from './renderer.ts'
import { batches, type RowFormat } from './rows.ts'
import { isSource } from './source.ts'

/** Text as it is, other values as indented JSON; an async source line by line. */
export function text(): RenderFunction {
  return (data) => {
    if (isSource(data)) return batches(data, lines)
    return `${textOf(data, 2)}\n`
  }
}

const lines: RowFormat = { rows: (rows) => rows.map((row) => `${textOf(row)}\n`).join('') }

function textOf(value: unknown, space?: number): string {
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null) return jsonText(value, space)
  return typeof value === 'symbol' || typeof value === 'function' ? inspect(value) : String(value)
}
