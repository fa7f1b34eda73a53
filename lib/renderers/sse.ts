/**
 * text/event-stream: an event per row, sent as soon as it is available.
 *
 *     { celsius: 20 } → data: {"celsius":20}⏎⏎
 *
 * WHATWG HTML §9.2 (server-sent events): §9.2.5 (the stream), §9.2.6 (its interpretation), §9.2.7 (a comment
 * every 15 seconds prevents timeouts of proxies).
 */

import { wrap } from '../exceptions/wrap.ts'
import { jsonText } from '../json/json-text.ts'
import { factory } from '../registry/factory.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import { dataRenderer } from './bytes.ts'
import { plainOf } from './columns.ts'
import type { Rendered, RenderFunction } from './renderer.ts'
import { type RowFormat, renderRows } from './rows.ts'
import { isCollection } from './source.ts'

export interface SseOptions {
  /** Seconds without an event before a comment is sent: 0 to 3,600. Default 15; 0 disables comments. */
  readonly heartbeatSeconds?: number
}

/** An event. Created by {@link event}. */
export interface ServerSentEvent {
  /** Event type for the client's listeners. Default `message`. */
  readonly event?: string
  /** The client sends it as `Last-Event-ID` when it reconnects. */
  readonly id?: string | number
  /** Milliseconds before the client reconnects: a whole number, 0 or more. */
  readonly retry?: number
  /** Text is sent unchanged, other values as JSON. Without data no listener is called. */
  readonly data?: unknown
}

/** An event, distinguished by its class from data with members of the same names. */
class NamedEvent implements ServerSentEvent {
  readonly event?: string
  readonly id?: string | number
  readonly retry?: number
  readonly data?: unknown

  constructor(members: ServerSentEvent) {
    Object.assign(this, members)
  }

  /** The data, for other renderers. */
  toJSON(): unknown {
    return this.data
  }
}

/**
 * Creates an event with a type, an id or a reconnection time.
 *
 *     yield event({ event: 'reading', id: 7, data: reading })
 *
 * @throws {TypeError} for a type or id with a line break or NUL, or a `retry` that is no whole number.
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

/** Caches must not reuse events, compression must not hold them back, and nginx must not buffer them. */
const HEADERS = { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' }

/** Proxies close a connection long before; timers of more than 24 days fire at once. */
const MAX_SECONDS = 3600

const OPENING = ':\n\n'

const events: RowFormat = { opening: OPENING, rows: (rows) => rows.map(eventText).join('') }

/**
 * An event per row, or one for data that is no collection; the data is JSON.
 *
 * When the source fails after the first event, the client gets an event `error` with a problem document, and
 * the connection is aborted.
 *
 * @throws {TypeError} for an unknown option, or `heartbeatSeconds` that is not a number from 0 to 3,600.
 */
export const sse = /* @__PURE__ */ factory('sse', (options: SseOptions = {}): RenderFunction => {
  checkOptions('sse', options, { heartbeatSeconds: true } satisfies Keys<SseOptions>)
  const { heartbeatSeconds = 15 } = options
  if (typeof heartbeatSeconds !== 'number' || !(heartbeatSeconds >= 0 && heartbeatSeconds <= MAX_SECONDS))
    throw new TypeError(`heartbeatSeconds is a number from 0 to 3,600, not ${heartbeatSeconds}`)
  return Object.assign(dataRenderer(renderEvents), { headers: HEADERS })

  function renderEvents(data: unknown): Rendered {
    const content = isCollection(data) ? renderRows(data, events) : eventText(data)
    if (typeof content === 'string') return { body: content, headers: HEADERS }
    return { body: { [Symbol.asyncIterator]: () => new Events(content, heartbeatSeconds) }, headers: HEADERS }
  }
})

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

/** The chunks of a stream of events, with heartbeats between them and an event for its error. */
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
    this.#pending ??= this.#nextChunk()
    if (this.#milliseconds > 0 && !this.#isSettled && (await this.#isHeartbeatDue()))
      return { done: false, value: OPENING }
    try {
      const result = await this.#pending
      this.#isOpen = true
      return result
    } catch (error) {
      if (!this.#isOpen) throw error // nothing was sent: the response can still be an error
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

  /** Requests the next chunk; its promise is kept while heartbeats are sent. */
  #nextChunk(): Promise<IteratorResult<string>> {
    const pending = this.#chunks.next()
    this.#isSettled = false
    const settled = () => {
      this.#isSettled = true
      this.#wake()
    }
    pending.then(settled, settled)
    return pending
  }

  /** Whether a heartbeat is due before the chunk is available. */
  #isHeartbeatDue(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#timer = setTimeout(resolve, this.#milliseconds, true).unref()
      this.#wake = () => {
        clearTimeout(this.#timer)
        resolve(false)
      }
    })
  }
}
