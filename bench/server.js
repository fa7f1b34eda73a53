/** Starts servers in processes of their own on one core. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { onServerCore } from './cores.js'
import { Load, wire } from './load.js'

export class Server {
  #child

  /**
   * @param module relative to this folder; exports `start(variant)`, which returns a `node:http` server.
   * @param env environment variables for the process, added to those of this one.
   * @param flags options of V8.
   * @param under a command that runs Node.js, with its parameters.
   */
  static async start(module, { variant = '', env = {}, flags = [], under = [] } = {}) {
    const server = new Server()
    const child = new URL('child.js', import.meta.url).pathname
    const [command, ...parameters] = [
      ...onServerCore,
      ...under,
      process.execPath,
      ...flags,
      child,
      module,
      variant,
    ]
    server.#child = spawn(command, parameters, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, ...env, NODE_ENV: 'production' },
    })
    server.port = await server.#answer()
    server.origin = `http://127.0.0.1:${server.port}`
    return server
  }

  get pid() {
    return this.#child.pid
  }

  /** @param question `cpu`, `log`, `watch`, `vitals` or `memory`: see child.js. */
  ask(question) {
    this.#child.send(question)
    return this.#answer()
  }

  /**
   * A client whose connections are kept.
   *
   * @returns its functions: `run(count)`; `measure(count)` gives CPU microseconds per request and requests per second.
   */
  async connect({ requests, status = 200 }) {
    const load = await Load.open(this.port, requests.map(wire), status)
    const measure = async (count) => {
      const before = await this.ask('cpu')
      const seconds = await load.run(count)
      const after = await this.ask('cpu')
      return { cpu: (after - before) / count, rate: count / seconds }
    }
    return { run: (count) => load.run(count), measure, close: () => load.close() }
  }

  async stop() {
    this.#child.disconnect()
    await once(this.#child, 'exit')
  }

  async #answer() {
    const gone = new AbortController()
    const exit = once(this.#child, 'exit', { signal: gone.signal }).then(([code]) => {
      throw new Error(`The server exited with code ${code}`)
    })
    exit.catch(() => {})
    try {
      const [{ answer }] = await Promise.race([once(this.#child, 'message'), exit])
      return answer
    } finally {
      gone.abort()
    }
  }
}
