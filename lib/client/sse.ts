/**
 * text/event-stream: events from a text that arrives in chunks.
 *
 *     event: reading⏎data: {"celsius":⏎data: 20}⏎⏎  →  { event: 'reading', data: { celsius: 20 } }
 *
 * WHATWG HTML §9.2.5, §9.2.6. An incomplete event at the end of the stream is discarded.
 */
import type { ItemParser } from './items.ts'
import { lineReader } from './lines.ts'

/** An event with its name and id. */
export interface ReceivedEvent<T = unknown> {
  /** Default `message`. */
  readonly event: string
  /** The last event id: the `Last-Event-ID` to send to continue from here. */
  readonly id: string
  /** Parsed JSON; the text itself when it is not JSON. */
  readonly data: T
}

/**
 * A parser of events.
 *
 * @param map from an event to an item.
 * @param errorOf from the data of an `error` event to the error to throw.
 */
export function sseParser<T>(
  map: (event: ReceivedEvent) => T,
  errorOf: (data: string) => Error,
): ItemParser<T> {
  const read = lineReader(/\r\n|\r|\n/)
  let endedWithReturn = false
  let event = ''
  let id = ''
  let data: string[] = []
  return function* (chunk = '') {
    const text = endedWithReturn && chunk[0] === '\n' ? chunk.slice(1) : chunk
    if (chunk) endedWithReturn = chunk.endsWith('\r') // a CRLF may be split over two chunks
    for (const line of read(text)) {
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) as RegExpExecArray
      if (field === 'data') data.push(value)
      else if (field === 'event') event = value
      else if (field === 'id' && !value.includes('\0')) id = value
      if (line) continue
      if (data[0] !== undefined) {
        const whole = data.join('\n')
        if (event === 'error') throw errorOf(whole)
        yield map({ event: event || 'message', id, data: jsonOrText(whole) })
      }
      event = ''
      data = []
    }
  }
}

/** Parsed JSON; the text itself when it is not JSON. No JSON text parses to itself. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
