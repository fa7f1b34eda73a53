/** text/plain: the data as a person would want to read it. */
import { inspect } from 'node:util'
import { jsonText } from './json-text.ts'
import type { RenderFunction } from './renderer.ts'

/** Text as it is, other values as indented JSON; an async source line by line. */
export function text(): RenderFunction {
  return (data) => {
    if (typeof data === 'object' && data !== null && Symbol.asyncIterator in data) {
      return lines(data as AsyncIterable<unknown>)
    }
    return `${textOf(data, 2)}\n`
  }
}

async function* lines(rows: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const row of rows) yield `${textOf(row)}\n`
}

function textOf(value: unknown, space?: number): string {
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null) return jsonText(value, space)
  return typeof value === 'symbol' || typeof value === 'function' ? inspect(value) : String(value)
}
