/** Servers that are shutting down, as their requests know it. */
import type { IncomingMessage, Server } from 'node:http'

const servers = new WeakSet<object>()

export function setStopping(server: Server): void {
  servers.add(server)
}

/** Whether the server of a request is shutting down. */
export function isStopping({ socket }: IncomingMessage): boolean {
  const { server } = socket as typeof socket & { readonly server?: object } // Node sets it on every connection
  return server !== undefined && servers.has(server)
}
