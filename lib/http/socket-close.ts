/** One listener of a socket for all its requests: pipelined ones would be more than Node.js expects of one emitter. */
import type { Socket } from 'node:net'

const listeners = new WeakMap<Socket, Set<() => void>>()

/** Calls a listener when a socket closes. @returns Removes the listener. */
export function onSocketClose(socket: Socket, listener: () => void): () => void {
  const all = listeners.get(socket) ?? listen(socket)
  all.add(listener)
  return () => void all.delete(listener)
}

function listen(socket: Socket): Set<() => void> {
  const all = new Set<() => void>()
  listeners.set(socket, all)
  socket.once('close', () => {
    for (const call of all) call()
  })
  return all
}
