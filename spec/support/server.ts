/** Real servers on ephemeral ports, closed when the spec ends. */
import { createServer, type RequestListener, Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { onTestFinished } from 'vitest'

interface Served {
  readonly url: string
  readonly port: number
  readonly server: Server
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>
  /** Writes bytes to a socket and collects what comes back until the server hangs up, or nothing more comes. */
  readonly raw: (bytes: string | Uint8Array, quietMs?: number) => Promise<string>
}

/** Serves a Polka app, a request listener or a server. */
export async function serve(app: { handler: RequestListener } | RequestListener | Server): Promise<Served> {
  const server =
    app instanceof Server
      ? app
      : createServer(typeof app === 'function' ? app : (app.handler as RequestListener))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    port,
    server,
    fetch: (path, init) => fetch(url + path, init),
    raw: (bytes, quietMs = 1000) => exchange(port, bytes, quietMs),
  }
}

function exchange(port: number, bytes: string | Uint8Array, quietMs: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    const done = () => {
      socket.destroy()
      resolve(Buffer.concat(chunks).toString())
    }
    socket.setTimeout(quietMs, done)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', done)
    socket.on('close', done)
    socket.write(bytes)
  })
}
