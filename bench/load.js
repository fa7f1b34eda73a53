/**
 * A load generator that costs less CPU than any server: raw sockets, keep-alive, no pipelining.
 *
 * It parses of a response only the status and the end. A 304 has no content. It never sleeps while it waits: the slower
 * a server is, the more often its writes would have to wake this process, up to a quarter of what a write costs.
 */
import { once } from 'node:events'
import { connect } from 'node:net'

const CONNECTIONS = 32
const NOT_MODIFIED = 'HTTP/1.1 304 '

/** The bytes of a request. */
export function wire({ method, path, headers = {}, content }) {
  const fields = { host: 'bench', ...headers }
  if (content !== undefined) fields['content-length'] = Buffer.byteLength(content)
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${content ?? ''}`)
}

export class Load {
  #connections
  #requests
  #status
  /** In all runs: the next run goes on with the requests that follow. */
  #sent = 0
  #unsent = 0
  #pending = 0
  #settle
  #failure

  /** Opens the connections. The requests are sent in turn; each response must have the status, if one is given. */
  static async open(port, requests, status = '') {
    const load = new Load()
    load.#requests = requests
    load.#status = `HTTP/1.1 ${status}`
    load.#connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => load.#connect(port)))
    return load
  }

  /** Sends `count` requests, the next one on a connection after each response. @returns the seconds until the last response. */
  async run(count) {
    if (this.#failure) throw this.#failure
    const start = performance.now()
    this.#unsent = count
    this.#pending = count
    await new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      for (const connection of this.#connections) this.#next(connection)
      const stayAwake = () => {
        if (this.#pending > 0 && !this.#failure) setImmediate(stayAwake)
      }
      stayAwake()
    })
    return (performance.now() - start) / 1000
  }

  close() {
    for (const { socket } of this.#connections) socket.destroy()
  }

  async #connect(port) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    const connection = { socket, head: '', missing: 0, tail: '' }
    socket.on('data', (chunk) => this.#receive(connection, chunk))
    socket.on('close', () => this.#fail(new Error('The server closed a connection')))
    socket.on('error', (error) => this.#fail(error))
    return connection
  }

  #fail(error) {
    this.#failure ??= error
    this.#settle?.reject(error)
  }

  #next(connection) {
    if (this.#unsent === 0) return
    this.#unsent--
    connection.socket.write(this.#requests.at(this.#sent++ % this.#requests.length))
  }

  /** `missing` counts the bytes of the content that are not received yet; NaN when it comes in chunks. */
  #receive(connection, chunk) {
    if (connection.missing === 0) {
      connection.head += chunk.latin1Slice()
      const end = connection.head.indexOf('\r\n\r\n')
      if (end === -1) return
      const head = connection.head.slice(0, end)
      if (!head.startsWith(this.#status)) return this.#fail(new Error(`Wrong response: ${head}`))
      const length = /^content-length: (\d+)/im.exec(head)
      const isEmpty = head.startsWith(NOT_MODIFIED)
      if (isEmpty) connection.missing = 0
      else connection.missing = length ? end + 4 + Number(length[1]) - connection.head.length : Number.NaN
      connection.head = ''
    } else connection.missing -= chunk.length
    if (Number.isNaN(connection.missing)) {
      connection.tail = (connection.tail + chunk.subarray(-5).latin1Slice()).slice(-5)
      if (connection.tail !== '0\r\n\r\n') return
      connection.missing = 0
      connection.tail = ''
    }
    if (connection.missing > 0) return
    if (--this.#pending === 0) this.#settle.resolve()
    else this.#next(connection)
  }
}
