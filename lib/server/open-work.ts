/** The connections of a server and the responses that are not complete yet. */
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Exchange } from '../walk/exchange.ts'

/** For the first request of a new connection to arrive: no client expects to send that one again. */
const UNUSED_MILLISECONDS = 200

export class OpenWork {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #responses = new Set<ServerResponse>()
  #isEnding = false

  constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    server.prependListener('request', (_request, response) => {
      if (this.#isEnding) response.shouldKeepAlive = false
      this.#responses.add(response)
      response.once('close', () => {
        this.#responses.delete(response)
        if (this.#isEnding && !server.listening) setImmediate(() => server.closeIdleConnections())
      })
    })
  }

  /** Answers from now on with `Connection: close`. */
  endKeepAlive(): void {
    this.#isEnding = true
    for (const response of this.#responses) response.shouldKeepAlive = false
  }

  /** Closes the port and the idle connections. @returns When all connections are closed. */
  closePort(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()))
    this.#server.closeIdleConnections()
    setTimeout(() => this.#destroyUnused(), UNUSED_MILLISECONDS).unref()
    return closed
  }

  /** Closes connections that were never used: Node counts them as busy. */
  #destroyUnused(): void {
    for (const socket of this.#sockets) {
      if (socket.bytesRead === 0) socket.destroy()
    }
  }

  /** Aborts `request.signal` of the requests that blueprints are serving. */
  abort(reason: unknown): void {
    for (const { req } of this.#responses) Exchange.of(req)?.abort(reason)
  }

  /** Cuts all connections, also those that were upgraded. */
  destroy(): void {
    this.#server.closeAllConnections()
    for (const socket of this.#sockets) socket.destroy()
  }
}
