/** application/x-ndjson: a JSON text per line. */
import type { Reading } from './items.ts'
import { lineReader } from './lines.ts'

export function ndjsonReading<T>(): Reading<T> {
  const read = lineReader('\n')
  return function* (text) {
    for (const line of read(text)) if (line.trim()) yield JSON.parse(line) as T
  }
}
