/**
 * text/event-stream: events, wherever the chunks are cut.
 *
 *     event: reading⏎data: {"celsius":⏎data: 20}⏎⏎  →  { event: 'reading', data: { celsius: 20 } }
 *
 * WHATWG HTML §9.2.5, §9.2.6. An event that is cut off by the end is no event.
 */
import type { Reading } from './items.ts'
import { lineReader } from './lines.ts'

/** An event as it came. */
export interface ReceivedEvent<T = unknown> {
  /** Default `message`. */
  readonly event: string
  /** The last one that was said: what to send as `Last-Event-ID` to go on from here. */
  readonly id: string
  /** JSON; text that is none stays text. */
  readonly data: T
}

/**
 * @param make What becomes of an event.
 * @param fail makes of the data of an `error` event what is thrown.
 */
export function sseReading<T>(make: (event: ReceivedEvent) => T, fail: (data: string) => Error): Reading<T> {
  const read = lineReader(/\r\n|\r|\n/)
  let wasReturn = false
  let event = ''
  let id = ''
  let data: string[] = []
  return function* (chunk = '') {
    const text = wasReturn && chunk[0] === '\n' ? chunk.slice(1) : chunk
    if (chunk) wasReturn = chunk.endsWith('\r') // a line feed that follows belongs to it
    for (const line of read(text)) {
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) as RegExpExecArray
      if (field === 'data') data.push(value)
      else if (field === 'event') event = value
      else if (field === 'id' && !value.includes('\0')) id = value
      if (line) continue
      if (data[0] !== undefined) {
        const whole = data.join('\n')
        if (event === 'error') throw fail(whole)
        yield make({ event: event || 'message', id, data: jsonOrText(whole) })
      }
      event = ''
      data = []
    }
  }
}

/** Text that is no JSON stays as it is; no JSON text is its own value. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
