/** Readers of coercion: functions that convert a value, and how they are combined. */
import { MISS } from './scalar.ts'

/** The converted value or {@link MISS}; in strict mode, a part that cannot be converted makes the whole a miss. */
export type Read = (value: unknown, isStrict: boolean) => unknown

/** Its function is set after its creation, so that a schema may contain itself. */
export interface Reader {
  read: Read
}

/** Applies all readers, one after the other. */
export function all(readers: readonly Reader[]): Read {
  const [only] = readers
  if (only && readers.length === 1) return (value, isStrict) => only.read(value, isStrict)
  return (value, isStrict) => {
    let read: unknown = MISS
    for (const reader of readers) {
      const next = reader.read(read === MISS ? value : read, isStrict)
      if (next !== MISS) read = next
      else if (isStrict) return MISS
    }
    return read
  }
}

/**
 * Misses a text that is the only part of itself: where a list may contain itself, a text would be a list of one, of that text,
 * without end.
 */
export function outsideText(read: Read): Read {
  let outer: unknown
  return (value, isStrict) => {
    if (typeof value !== 'string') return read(value, isStrict)
    if (value === outer) return MISS
    const before = outer
    outer = value
    try {
      return read(value, isStrict)
    } finally {
      outer = before
    }
  }
}
