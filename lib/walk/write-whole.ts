/**
 * Writes whole content, with its head, in one go.
 *
 * Node writes a list of names and values faster than a record. Middleware that replaces `writeHead` may know records
 * alone, and so may fields that are set already: there `@polka/send-type` writes the response.
 */
import { ServerResponse } from 'node:http'
import sendType from '@polka/send-type'
import type { Fields } from '../http/headers.ts'

/** Not for empty content, and not for statuses and methods without content. @param length in bytes. */
export function writeWhole(
  response: ServerResponse,
  status: number,
  fields: Readonly<Fields>,
  content: string | Uint8Array,
  length: number,
): void {
  if (fields['content-type'] === undefined || !isUntouched(response))
    return sendType(response, status, typeof content === 'string' ? content : bufferOf(content), fields)
  const list: string[] = []
  for (const name in fields) if (name !== 'content-length') list.push(name, fields[name] as string)
  list.push('content-length', String(length))
  response.writeHead(status, list)
  const isAscii = typeof content === 'string' && content.length === length
  if (isAscii)
    response.end(content, 'latin1') // the same bytes, which are copied and not encoded
  else response.end(content)
}

/** Whether nothing but Node writes the head, and no field is set. */
function isUntouched(response: ServerResponse): boolean {
  return response.writeHead === ServerResponse.prototype.writeHead && response.getHeaderNames().length === 0
}

function bufferOf(content: Uint8Array): Buffer {
  return Buffer.isBuffer(content)
    ? content
    : Buffer.from(content.buffer, content.byteOffset, content.byteLength)
}
