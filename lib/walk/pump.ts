/**
 * Content that comes over time goes on the wire: at the client's speed, and no longer than it stays.
 */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Content } from '../renderers/renderer.ts'
import { iteratorOf } from '../renderers/source.ts'

/** Content in chunks. */
export type Source = Exclude<Content, string | Uint8Array>

/** A source in memory never waits: other requests get their turn this often. */
const TURN_MILLISECONDS = 10
/** How long a slow client may take to fetch what was written before a failure. */
const FLUSH_MILLISECONDS = 1000

/**
 * Writes all chunks of a source and ends the response.
 *
 * When the client leaves, the source is stopped, even while it is waited for, and that is no failure. When
 * the source fails after the head was sent, the connection is broken: the client must not take half for the
 * whole.
 *
 * @param start Writes the head; called when the first chunk is there, or the end. Without it the caller has.
 * @returns When the response was ended, or the client has left.
 * @throws whatever the source threw; a TypeError for a chunk that is neither text nor bytes.
 */
export function pump(response: ServerResponse, source: Source, start?: () => void): Promise<void> {
  return new Promise((resolve, reject) => new Pump(response, source, start, resolve, reject).run())
}

class Pump {
  readonly #response: ServerResponse
  readonly #source: Source
  readonly #resolve: () => void
  readonly #reject: (error: unknown) => void
  #chunks: AsyncIterator<unknown> | undefined
  #start: (() => void) | undefined
  #turn = performance.now()
  #isFull = false
  #isOver = false

  constructor(
    response: ServerResponse,
    source: Source,
    start: (() => void) | undefined,
    resolve: () => void,
    reject: (error: unknown) => void,
  ) {
    this.#response = response
    this.#source = source
    this.#start = start
    this.#resolve = resolve
    this.#reject = reject
  }

  run(): void {
    try {
      this.#chunks = iteratorOf<unknown>(this.#source)
    } catch (error) {
      return this.#onFailure(error)
    }
    if (this.#hasLeft()) return this.#onClose()
    this.#response.on('close', this.#onClose).on('drain', this.#onDrain)
    this.#pull()
  }

  readonly #pull = (): void => {
    try {
      Promise.resolve((this.#chunks as AsyncIterator<unknown>).next()).then(this.#onChunk, this.#onFailure)
    } catch (error) {
      this.#onFailure(error)
    }
  }

  readonly #onChunk = (result: IteratorResult<unknown>): void => {
    if (this.#isOver) return
    if (this.#hasLeft()) return this.#onClose()
    try {
      const { done, value } = result
      if (done) {
        this.#begin()
        this.#finish()
        this.#response.end()
        return this.#resolve()
      }
      this.#isFull = !this.#write(value)
      if (this.#isFull) return
    } catch (error) {
      this.#stop()
      return this.#onFailure(error)
    }
    this.#goOn()
  }

  /** Asks for the next chunk, now or when others had their turn. A fast client's `drain` comes without one. */
  #goOn(): void {
    if (performance.now() - this.#turn > TURN_MILLISECONDS) setImmediate(this.#onTurn)
    else this.#pull()
  }

  /** Whether the client takes more. An empty chunk would end a chunked answer (RFC 9112 §7.1), so it is left out. */
  #write(chunk: unknown): boolean {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) {
      throw new TypeError(`A chunk of content is text or bytes, not ${describe(chunk)}`)
    }
    if (chunk.length === 0) return true
    this.#begin()
    const takesMore = this.#response.write(chunk)
    ;(this.#response as Compressed).flush?.()
    return takesMore
  }

  readonly #onDrain = (): void => {
    if (!this.#isFull) return
    this.#isFull = false
    this.#goOn()
  }

  /** The event loop had its turn. */
  readonly #onTurn = (): void => {
    if (this.#isOver) return
    this.#turn = performance.now()
    this.#pull()
  }

  #begin(): void {
    const start = this.#start
    this.#start = undefined
    start?.()
  }

  readonly #onClose = (): void => {
    if (this.#isOver) return
    this.#finish()
    this.#stop()
    this.#resolve()
  }

  readonly #onFailure = (error: unknown): void => {
    if (this.#isOver) return
    this.#finish()
    const { headersSent, destroyed, socket } = this.#response
    if (!headersSent || destroyed) return this.#reject(error)
    flush(socket, () => {
      destroyConnection(this.#response)
      this.#reject(error)
    })
  }

  #hasLeft(): boolean {
    return this.#response.destroyed || this.#response.writableEnded
  }

  #finish(): void {
    this.#isOver = true
    this.#response.off('close', this.#onClose).off('drain', this.#onDrain)
  }

  /** Lets the source go, without waiting for it. */
  #stop(): void {
    try {
      Promise.resolve(this.#chunks?.return?.()).catch(() => {})
    } catch {
      // it was told, and nobody is left to be told what it says
    }
  }
}

/** What the middleware `compression` adds: without it a small chunk stays in the compressor. */
interface Compressed extends ServerResponse {
  flush?(): void
}

/** Calls back when all that was written has left, or the socket has closed, or it takes too long. */
function flush(socket: Socket | null, done: () => void): void {
  if (!socket || socket.destroyed) return done()
  const timer = setTimeout(finish, FLUSH_MILLISECONDS)
  let isDone = false
  function finish(): void {
    if (isDone) return
    isDone = true
    clearTimeout(timer)
    socket?.off('close', finish)
    done()
  }
  socket.once('close', finish)
  setImmediate(() => socket.write('', finish)) // Node holds the last write back until the end of the tick
}

/** Breaks the connection so that the client notices, which without chunks takes a reset (RFC 9112 §8). */
export function destroyConnection(response: ServerResponse): void {
  const { socket, chunkedEncoding } = response
  if (!chunkedEncoding && socket && !socket.destroyed) {
    try {
      socket.resetAndDestroy()
    } catch {
      // only TCP knows resets
    }
  }
  response.destroy()
}

function describe(chunk: unknown): string {
  return typeof chunk === 'object' && chunk !== null
    ? `an object (${chunk.constructor?.name})`
    : String(chunk)
}
