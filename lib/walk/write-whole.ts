/**
 * Writes a whole response at once: its head, and its content if it has some.
 *
 * Node writes a list of names and values faster than a record, and ASCII text faster as latin1. Middleware that replaces
 * `writeHead` or `end` may know records and UTF-8 alone, and so may fields that are set already: there `@polka/send-type`
 * writes the response.
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
  const isTyped = fields['content-type'] !== undefined
  if (!isTyped || !isUntouched(response)) {
    const isText = typeof content === 'string' && !(isTyped && hasLatin1(fields))
    return sendType(response, status, isText ? content : bufferOf(content), fields)
  }
  response.writeHead(status, listOf(fields, String(length)))
  const isAscii = typeof content === 'string' && content.length === length
  if (isAscii)
    response.end(content, 'latin1') // the same bytes, which are copied and not encoded
  else response.end(hasLatin1(fields) ? bufferOf(content) : content)
}

/** Writes a response without content, and without Content-Type. @param length the Content-Length; undefined: none. */
export function writeHeadAlone(
  response: ServerResponse,
  status: number,
  fields: Readonly<Fields>,
  length: string | undefined,
): void {
  if (isUntouched(response))
    return void response.writeHead(status, listOf(fields, length, 'content-type')).end()
  const { 'content-type': _, 'content-length': __, ...others } = fields
  response.writeHead(status, length === undefined ? others : { ...others, 'content-length': length }).end()
}

/** The fields as names and values in turn, with this Content-Length in place of theirs, and without one of them. */
function listOf(fields: Readonly<Fields>, length: string | undefined, omitted?: string): string[] {
  const list: string[] = []
  for (const name in fields)
    if (name !== 'content-length' && name !== omitted) list.push(name, fields[name] as string)
  if (length !== undefined) list.push('content-length', length)
  return list
}

/** Whether nothing but Node writes the response, and no field is set. */
function isUntouched(response: ServerResponse): boolean {
  const { writeHead, end } = ServerResponse.prototype
  return response.writeHead === writeHead && response.end === end && response.getHeaderNames().length === 0
}

/** Whether a field is not ASCII: Node writes it in the encoding of a text that follows, and before bytes in latin1. */
function hasLatin1(fields: Readonly<Fields>): boolean {
  for (const name in fields) if (/[\x80-\xff]/.test(String(fields[name]))) return true
  return false
}

function bufferOf(content: string | Uint8Array): Buffer {
  if (typeof content === 'string') return Buffer.from(content)
  return Buffer.isBuffer(content)
    ? content
    : Buffer.from(content.buffer, content.byteOffset, content.byteLength)
}
