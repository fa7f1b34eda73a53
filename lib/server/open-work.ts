/** The connections of a server and the responses that are not complete yet. */
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket, Server as TlsServer } from 'node:tls'
import { onceClosed } from '../connection/connection.ts'
import { Exchange } from '../walk/exchange.ts'
import { callSafely } from '../walk/log.ts'

/** For the first request of a new connection to arrive: no client expects to send that one again. */
const UNUSED_MILLISECONDS = 200

/** Events with a request and its response: `request`, or one of these where the server has a listener for it. */
const REQUEST_EVENTS = new Set<unknown>(['request', 'checkContinue', 'checkExpectation'])

export class OpenWork {
  readonly #server: Server
  /** Of a TLS connection there are two: the one that carries it, and the encrypted one. */
  readonly #sockets = new Set<Socket>()
  readonly #responses = new Set<ServerResponse>()
  #isEnding = false
  #onEmpty: () => void = () => {}

  constructor(server: Server) {
    this.#server = server
    const addSocket = (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    }
    server.on('connection', addSocket).on('secureConnection', addSocket)
    const emit = server.emit as (event: unknown, ...values: unknown[]) => boolean
    const emitRequest: typeof emit = (event, ...values) => {
      if (REQUEST_EVENTS.has(event)) this.#addResponse(values[1] as ServerResponse)
      return emit.call(server, event, ...values)
    }
    server.emit = emitRequest as typeof server.emit // a listener for the others would replace what Node does without one
  }

  #addResponse(response: ServerResponse): void {
    if (this.#responses.has(response)) return // emitted again by a listener
    if (this.#isEnding) response.shouldKeepAlive = false
    this.#responses.add(response)
    onceClosed(response, () => {
      this.#responses.delete(response)
      if (this.#responses.size === 0) this.#onEmpty()
      if (this.#isEnding && !this.#server.listening) setImmediate(() => this.#server.closeIdleConnections())
    })
  }

  /** Answers from now on with `Connection: close`. */
  endKeepAlive(): void {
    this.#isEnding = true
    for (const response of this.#responses) response.shouldKeepAlive = false
  }

  /** Closes the port and the idle connections. @returns When all connections and responses are closed. */
  async closePort(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()))
    this.#server.closeIdleConnections()
    setTimeout(() => this.#destroyUnused(), UNUSED_MILLISECONDS).unref()
    await closed
    // of a connection that was cut the responses are closed, and their streams stopped, after the server
    if (this.#responses.size === 0) return
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve
    })
  }

  /** Closes connections that were never used: Node counts them as busy. */
  #destroyUnused(): void {
    const encrypted = [...this.#sockets].filter((socket) => socket instanceof TLSSocket)
    const carriers = new Set(encrypted.map(peerOf))
    const isTls = this.#server instanceof TlsServer
    for (const socket of this.#sockets) {
      const isCarrier = isTls && !(socket instanceof TLSSocket)
      const isUnused = isCarrier ? !carriers.has(peerOf(socket)) : socket.bytesRead === 0
      if (isUnused) socket.destroy()
    }
  }

  /** Aborts `request.signal` of the requests that blueprints are serving, and the reading of content that is not complete. */
  abort(reason: unknown): void {
    for (const { req } of this.#responses) {
      const exchange = Exchange.of(req)
      exchange?.abort(reason)
      // destroying the request would destroy its connection, too, before the response
      if (exchange && !req.complete && req.listenerCount('error') > 0)
        callSafely(() => req.emit('error', reason))
    }
  }

  /** Cuts all connections, also those that were upgraded. */
  destroy(): void {
    this.#server.closeAllConnections()
    for (const socket of this.#sockets) socket.destroy()
  }
}

/** The other end of a connection: the same for a TLS connection and the one that carries it. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
