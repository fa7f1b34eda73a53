/** A last look at the fields of a response, whoever writes it: the walk, a handler, or another part of the app. */
import type { ServerResponse } from 'node:http'

/** Called before the head of a response is written, with its status. */
export type BeforeHead = (response: ServerResponse, status: number) => void

type WriteHead = (status: number, reason?: unknown, fields?: unknown) => ServerResponse

/** Whether middleware has replaced the method that writes the head, which may then add fields. */
export function isHeadReplaced(response: ServerResponse): boolean {
  return response.writeHead !== Object.getPrototypeOf(response).writeHead
}

/** A `writeHead` that calls a function before it calls the given one. */
export function headWriter(
  response: ServerResponse,
  original: ServerResponse['writeHead'],
  settle: BeforeHead,
): ServerResponse['writeHead'] {
  const writeHead = original as WriteHead
  const replaced: WriteHead = (status, reason, fields) => {
    const hasReason = typeof reason === 'string'
    const given = hasReason ? fields : (fields ?? reason)
    const pairs = Array.isArray(given) ? pairsOf(given) : Object.entries(given ?? {})
    if (response.headersSent || !pairs) return writeHead.call(response, status, reason, fields)
    if (Array.isArray(given)) appendAll(response, pairs)
    else for (const [name, value] of pairs) response.setHeader(name, value)
    settle(response, status)
    return hasReason ? writeHead.call(response, status, reason) : writeHead.call(response, status)
  }
  return replaced as typeof original
}

type Pairs = readonly (readonly [string, string | string[]])[]

/** The fields of an array: names and values in turn, or pairs. Undefined for one that Node refuses. */
function pairsOf(list: readonly unknown[]): Pairs | undefined {
  if (Array.isArray(list[0])) return list as Pairs
  if (list.length % 2 > 0) return undefined
  return Array.from({ length: list.length / 2 }, (_, at) => [
    list[2 * at],
    list[2 * at + 1],
  ]) as unknown as Pairs
}

/** Replaces the fields that are set; a name that an array has twice is a field with two values. */
function appendAll(response: ServerResponse, pairs: Pairs): void {
  for (const [name] of pairs) response.removeHeader(name)
  for (const [name, value] of pairs) response.appendHeader(name, value)
}
