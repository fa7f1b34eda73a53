/**
 * Writes a whole response at once: its head, and its content if it has some.
 *
 * Node writes a list of names and values faster than a record, and ASCII text faster as latin1. Middleware that replaces
 * `writeHead` or `end` may know records and UTF-8 alone, and so may fields that are set already: there `@polka/send-type`
 * writes the response.
 */
import { OutgoingMessage, type ServerResponse } from 'node:http'
import sendType from '@polka/send-type'
import type { Fields } from '../http/headers.ts'
import { type FieldList, fullVary, listedFields, writeList } from './served-response.ts'

/** Not for empty content, and not for statuses and methods without content. @param length in bytes. */
export function writeWhole(
  response: ServerResponse,
  status: number,
  fields: Readonly<Fields>,
  content: string | Uint8Array,
  length: number,
): void {
  const isTyped = fields['content-type'] !== undefined
  const listed = isTyped ? listedFields(response) : undefined
  if (!listed) {
    const isTogether = isTyped && response instanceof OutgoingMessage // HTTP/2 writes head and text by themselves
    const isText = typeof content === 'string' && !(isTogether && hasLatin1(valuesOf(response, fields)))
    return sendType(response, status, isText ? content : bufferOf(content), fields)
  }
  const list = listOf(response, listed, fields, String(length))
  writeList(response, status, list)
  const isAscii = content.length === length
  if (typeof content !== 'string' || (!isAscii && hasLatin1(list))) response.end(bufferOf(content))
  else endWith(response, content, isAscii ? 'latin1' : 'utf8') // latin1: the same bytes, which are copied and not encoded
}

/** Whether `end(text)` writes nothing after the text. */
const ENDS_AT_ONCE = /* @__PURE__ */ Number.parseInt(process.versions.node, 10) >= 24

/**
 * Writes the text with the head. Before Node.js 24 `end(text)` writes an empty text after it, and both go out by a slower system
 * call. A TLS socket would write the text later, and the empty one after it; for a socket that is not writable, `end()` without
 * text would emit `finish`. An `end` that was replaced for the whole process is given the text.
 */
function endWith(response: ServerResponse, text: string, encoding: BufferEncoding): void {
  const { socket } = response
  const isSplit = !ENDS_AT_ONCE && socket?.writable && response.end === OutgoingMessage.prototype.end
  if (!isSplit || 'encrypted' in socket) return void response.end(text, encoding)
  response.cork()
  response.write(text, encoding)
  response.uncork()
  response.end()
}

/** Writes a response without content, and without Content-Type. @param length the Content-Length; undefined: none. */
export function writeHeadAlone(
  response: ServerResponse,
  status: number,
  fields: Readonly<Fields>,
  length: string | undefined,
): void {
  const listed = listedFields(response)
  if (listed) {
    writeList(response, status, listOf(response, listed, fields, length, 'content-type'))
    return void response.end()
  }
  if (length === undefined && response.hasHeader('content-length')) response.removeHeader('content-length')
  const { 'content-type': _, 'content-length': __, ...others } = fields
  response.writeHead(status, length === undefined ? others : { ...others, 'content-length': length }).end()
}

/**
 * The fields as names and values in turn, those that are set and are not replaced first; with this Content-Length in place of
 * theirs, and without one of them.
 */
function listOf(
  response: ServerResponse,
  listed: FieldList,
  fields: Readonly<Fields>,
  length: string | undefined,
  omitted?: string,
): FieldList {
  const list: FieldList[number][] = []
  for (let at = 0; at < listed.length; at += 2) {
    const name = listed[at] as string
    if (name !== 'vary' && !Object.hasOwn(fields, name)) list.push(name, listed[at + 1] as string)
  }
  for (const name in fields)
    if (name !== 'content-length' && name !== 'vary' && name !== omitted)
      list.push(name, fields[name] as string)
  const vary = fullVary(response, fields.vary ?? response.getHeader('vary'))
  if (vary !== undefined) list.push('vary', vary)
  if (length !== undefined) list.push('content-length', length)
  return list
}

/** Whether a value is not ASCII: Node writes it in the encoding of a text that follows, and before bytes in latin1. */
function hasLatin1(values: FieldList): boolean {
  return /[\x80-\xff]/.test(values.join())
}

/** The values of the fields, and of those that are set. */
function valuesOf(response: ServerResponse, fields: Readonly<Fields>): FieldList {
  return [...Object.values(fields), ...(Object.values(response.getHeaders()) as FieldList)]
}

function bufferOf(content: string | Uint8Array): Buffer {
  if (typeof content === 'string') return Buffer.from(content)
  return Buffer.isBuffer(content)
    ? content
    : Buffer.from(content.buffer, content.byteOffset, content.byteLength)
}
