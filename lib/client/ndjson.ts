/** application/x-ndjson: a JSON text per line. */
import type { ItemParser } from './items.ts'
import { lineReader } from './lines.ts'

export function ndjsonParser<T>(): ItemParser<T> {
  const read = lineReader('\n')
  return function* (text) {
    for (const line of read(text)) if (line.trim()) yield JSON.parse(line) as T
  }
}
