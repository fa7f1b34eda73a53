/** A last look at the fields of a response, whoever writes it: the walk, a handler, or another part of the app. */
import type { ServerResponse } from 'node:http'

type WriteHead = (status: number, reason?: unknown, fields?: unknown) => ServerResponse

/**
 * Calls a function before the head of a response is written: `getHeader` and `setHeader` then know all its fields, those
 * given to `writeHead` too. It is called again when writing has failed.
 */
export function beforeHead(
  response: ServerResponse,
  settle: (response: ServerResponse, status: number) => void,
): void {
  const writeHead = response.writeHead as WriteHead
  const replaced: WriteHead = (status, reason, fields) => {
    if (response.headersSent) return writeHead.call(response, status, reason, fields)
    const hasReason = typeof reason === 'string'
    setAll(response, hasReason ? fields : reason)
    settle(response, status)
    return hasReason ? writeHead.call(response, status, reason) : writeHead.call(response, status)
  }
  response.writeHead = replaced as typeof response.writeHead
}

/** Sets fields as `writeHead` does: a record, or names and values in turn. */
function setAll(response: ServerResponse, fields: unknown): void {
  if (!Array.isArray(fields)) {
    const record = (fields ?? {}) as Readonly<Record<string, string>>
    for (const name of Object.keys(record)) response.setHeader(name, record[name] as string)
    return
  }
  for (let at = 0; at < fields.length; at += 2) response.removeHeader(fields[at])
  for (let at = 0; at < fields.length; at += 2) response.appendHeader(fields[at], fields[at + 1])
}
