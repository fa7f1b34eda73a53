/**
 * text/event-stream: an event per row, sent when it comes.
 *
 *     { celsius: 20 } → data: {"celsius":20}⏎⏎
 *
 * WHATWG HTML §9.2 (server-sent events): §9.2.5 (the stream), §9.2.6 (what a client makes of it), §9.2.7
 * (a comment every 15 seconds keeps proxies from hanging up).
 */
import { wrap } from '../exceptions/wrap.ts'
import { jsonText } from '../json/json-text.ts'
import { plainOf } from './columns.ts'
import type { RenderFunction } from './renderer.ts'
import { batches, type RowFormat, renderRows } from './rows.ts'
import { isAsync, isCollection } from './source.ts'

export interface SseOptions {
  /** A comment is sent after this long without an event. Default 15; 0 sends none. */
  readonly heartbeatSeconds?: number
}

/** What an event says besides its data. Made by {@link event}. */
export interface ServerSentEvent {
  /** What the client listens for. Default `message`. */
  readonly event?: string
  /** What the client names as `Last-Event-ID` when it comes back. */
  readonly id?: string | number
  /** After how many milliseconds the client should come back. */
  readonly retry?: number
  /** Text is sent as it is, anything else as JSON. Without data no listener is called. */
  readonly data?: unknown
}

/** An event, told from data that happens to have a member of the same name. */
class NamedEvent implements ServerSentEvent {
  readonly event?: string
  readonly id?: string | number
  readonly retry?: number
  readonly data?: unknown

  constructor(members: ServerSentEvent) {
    Object.assign(this, members)
  }

  /** Other renderers know no events: they get the data. */
  toJSON(): unknown {
    return this.data
  }
}

/**
 * An event with a name, an id or a time to come back.
 *
 *     yield event({ event: 'reading', id: 7, data: reading })
 *
 * @throws {TypeError} for a name or id with a line end or NUL in it, or a `retry` that is no whole number.
 */
export function event(members: ServerSentEvent): ServerSentEvent {
  for (const name of ['event', 'id'] as const) {
    const text = members[name]
    if (text !== undefined && /[\r\n\0]/.test(String(text))) {
      throw new TypeError(`The ${name} of an event is a single line, not ${JSON.stringify(text)}`)
    }
  }
  const { retry } = members
  if (retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0)) {
    throw new TypeError(`The retry of an event is in whole milliseconds, not ${String(retry)}`)
  }
  return new NamedEvent(members)
}

/** Nobody may keep events, and nginx would otherwise hold them back until it has enough. */
const HEADERS = { 'cache-control': 'no-cache', 'x-accel-buffering': 'no' }

const OPENING = ':\n\n'

const events: RowFormat = { opening: OPENING, rows: (rows) => rows.map(eventText).join('') }

/**
 * An event per row, or one for a value that is no collection; the data is JSON.
 *
 * A source that fails in mid-stream is reported by an event `error` with a problem document, then the
 * connection breaks.
 *
 * @throws {TypeError} for `heartbeatSeconds` below 0.
 */
export function sse(options: SseOptions = {}): RenderFunction {
  const { heartbeatSeconds = 15 } = options
  if (!(heartbeatSeconds >= 0)) throw new TypeError(`A heartbeat of ${heartbeatSeconds} seconds is none`)
  return (data) => {
    if (!isCollection(data)) return { body: eventText(data), headers: HEADERS }
    const chunks = isAsync(data) ? batches(data, events) : renderRows(data, events)
    if (typeof chunks === 'string') return { body: chunks, headers: HEADERS }
    return { body: { [Symbol.asyncIterator]: () => new Events(chunks, heartbeatSeconds) }, headers: HEADERS }
  }
}

function eventText(row: unknown): string {
  if (!(row instanceof NamedEvent)) return `data: ${jsonText(plainOf(row))}\n\n`
  const { event: name, id, retry, data } = row
  let text = ''
  if (name !== undefined) text += `event: ${name}\n`
  if (id !== undefined) text += `id: ${id}\n`
  if (retry !== undefined) text += `retry: ${retry}\n`
  if (data === undefined) return `${text}\n`
  const lines = typeof data === 'string' ? data.split(/\r\n|\r|\n/) : [jsonText(plainOf(data))]
  return `${text}${lines.map((line) => `data: ${line}\n`).join('')}\n`
}

/** The chunks of a stream of events, with heartbeats between them and the failure told at the end. */
class Events implements AsyncIterator<string> {
  readonly #chunks: AsyncIterator<string>
  readonly #milliseconds: number
  #pending: Promise<IteratorResult<string>> | undefined
  #failure: { readonly error: unknown } | undefined
  #timer: NodeJS.Timeout | undefined
  #wake = (): void => {}
  #isSettled = false
  #isOpen = false

  constructor(chunks: AsyncIterable<string>, heartbeatSeconds: number) {
    this.#chunks = chunks[Symbol.asyncIterator]()
    this.#milliseconds = heartbeatSeconds * 1000
  }

  async next(): Promise<IteratorResult<string>> {
    if (this.#failure) throw this.#failure.error
    this.#pending ??= this.#ask()
    if (this.#milliseconds > 0 && !this.#isSettled && (await this.#isTime()))
      return { done: false, value: OPENING }
    try {
      const result = await this.#pending
      this.#isOpen = true
      return result
    } catch (error) {
      if (!this.#isOpen) throw error // nothing was sent: this can still be an ordinary answer
      this.#failure = { error }
      const value = `event: error\ndata: ${jsonText(wrap(error).toProblem())}\n\n`
      return { done: false, value }
    } finally {
      this.#pending = undefined
    }
  }

  async return(): Promise<IteratorResult<string>> {
    clearTimeout(this.#timer)
    await this.#chunks.return?.()
    return { done: true, value: undefined }
  }

  /** Asks for a chunk once, however many heartbeats it takes to come. */
  #ask(): Promise<IteratorResult<string>> {
    const pending = this.#chunks.next()
    this.#isSettled = false
    const settled = () => {
      this.#isSettled = true
      this.#wake()
    }
    pending.then(settled, settled)
    return pending
  }

  /** Whether the time for a heartbeat comes before the chunk. */
  #isTime(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#timer = setTimeout(resolve, this.#milliseconds, true).unref()
      this.#wake = () => {
        clearTimeout(this.#timer)
        resolve(false)
      }
    })
  }
}
