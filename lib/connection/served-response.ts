/**
 * A response whose header fields are kept in a list until other code sets, removes or writes one.
 *
 * Node writes a list of names and values at once, but looks up each field of `setHeader` three times. The fields around a
 * response (security headers, CORS, request id) are therefore added to the list, which `getHeader` and its like read. The
 * walk writes the list with the fields of its own. Any other code that sets, removes or writes fields finds them set.
 *
 * The server that a Polka app creates at `listen` creates responses of this class. On others the fields are set at once.
 */
import { type IncomingMessage, ServerResponse } from 'node:http'
import { unionOf } from '../http/vary.ts'
import { type BeforeHead, headWriter } from './before-head.ts'

/** The value of a field, as `getHeader` returns it. */
type Value = number | string | string[]

/** Names in lower case, and values, in turn. */
export type FieldList = readonly Value[]

const NONE: FieldList = []
const NO_CALLS: readonly BeforeHead[] = []

/** The fields, as long as Node has none of its own. Undefined: Node has them. */
const LIST = Symbol('list')
/** Members of Vary, added when the head is written. */
const VARY = Symbol('vary')
/** Functions that are called before the head is written. */
const BEFORE_HEAD = Symbol('beforeHead')

/** A class of its own, because the prototype of `ServerResponse` belongs to all code of the process. */
export class ServedResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  declare [LIST]: FieldList | undefined
  declare [VARY]: string | undefined
  declare [BEFORE_HEAD]: readonly BeforeHead[]

  /** @param options those that Node.js gives. By name, so that V8 can put the constructors into one. */
  constructor(request: Request, options?: object) {
    // @ts-expect-error the types of Node.js lack the options
    super(request, options)
    this[LIST] = NONE
    this[VARY] = undefined
    this[BEFORE_HEAD] = NO_CALLS
  }

  override getHeader(name: string) {
    const list = this[LIST]
    return list && typeof name === 'string' ? valueIn(list, name) : super.getHeader(name)
  }

  override hasHeader(name: string) {
    const list = this[LIST]
    return list && typeof name === 'string' ? valueIn(list, name) !== undefined : super.hasHeader(name)
  }

  override getHeaders() {
    const list = this[LIST]
    if (!list) return super.getHeaders()
    return Object.assign(Object.create(null), Object.fromEntries(pairsIn(list)))
  }

  override getHeaderNames() {
    const list = this[LIST]
    return list ? pairsIn(list).map(([name]) => name) : super.getHeaderNames()
  }

  getRawHeaderNames() {
    return this[LIST] ? this.getHeaderNames() : super['getRawHeaderNames' as 'getHeaderNames']()
  }

  override setHeader(name: string, value: number | string | readonly string[]) {
    release(this)
    return super.setHeader(name, value)
  }

  override appendHeader(name: string, value: string | readonly string[]) {
    release(this)
    return super.appendHeader(name, value)
  }

  override removeHeader(name: string) {
    release(this)
    super.removeHeader(name)
  }

  // biome-ignore lint/suspicious/noExplicitAny: the forms that Node takes
  override writeHead(status: number, reason?: any, fields?: any): this {
    release(this)
    const vary = this[VARY]
    const calls = this[BEFORE_HEAD]
    if (vary === undefined && calls.length === 0) return super.writeHead(status, reason, fields)
    const settle: BeforeHead = (_response, written) => {
      for (const call of calls) call(this, written)
      if (vary !== undefined) writeVary(this, vary)
    }
    return headWriter(this, super.writeHead, settle)(status, reason, fields) as this
  }
}

/** Sets the fields of the list, so that Node has all. Once the head is written it stays, to be read. */
function release(response: ServerResponse & { [LIST]?: FieldList | undefined }): void {
  const list = response[LIST]
  if (!list || response.headersSent) return
  response[LIST] = undefined
  const { hasHeader, setHeader } = ServerResponse.prototype
  for (const [name, value] of pairsIn(list))
    if (!hasHeader.call(response, name)) setHeader.call(response, name, value)
}

/** Whether no method that sets or writes fields was replaced: it would not be called for the fields of a list. */
function isUntouched(response: ServerResponse): response is ServedResponse {
  if (!(response instanceof ServedResponse)) return false
  const { writeHead, setHeader } = ServedResponse.prototype
  return response.writeHead === writeHead && response.setHeader === setHeader
}

/** Makes `writeHead` a member of the response itself, so that it remains where Express replaces the prototype. */
function keepWriteHead(response: ServedResponse): void {
  response.writeHead = ServedResponse.prototype.writeHead
}

/** Sets fields, in place of those of the same names. */
export function presetFields(response: ServerResponse, fields: FieldList): void {
  const list = isUntouched(response) && !response.headersSent ? response[LIST] : undefined
  if (!list) {
    for (const [name, value] of pairsIn(fields)) response.setHeader(name, value as string)
    return
  }
  keepWriteHead(response as ServedResponse)
  ;(response as ServedResponse)[LIST] = merged(list, fields)
}

/**
 * Calls a function before the head of a response is written: `getHeader` then knows all its fields, those given to
 * `writeHead` too. It sets others by {@link presetFields}, and is called again when writing has failed.
 */
export function beforeHead(response: ServerResponse, call: BeforeHead): void {
  if (!isUntouched(response)) {
    release(response)
    response.writeHead = headWriter(response, response.writeHead, call)
    return
  }
  keepWriteHead(response)
  response[BEFORE_HEAD] = [...response[BEFORE_HEAD], call]
}

/** Adds a field to Vary when the head is written, so that no other value of Vary replaces it. */
export function addVary(response: ServerResponse, field: string): void {
  if (!isUntouched(response)) return beforeHead(response, () => writeVary(response, field))
  keepWriteHead(response)
  const earlier = response[VARY]
  response[VARY] = earlier === undefined ? field : unionOf(earlier, field)
}

/**
 * The fields that are set, for {@link writeList}. Undefined where Node has some, or where middleware has replaced a method
 * that writes: it may know records and UTF-8 alone.
 */
export function listedFields(response: ServerResponse): FieldList | undefined {
  const { writeHead, write, end } = ServerResponse.prototype
  if (response.end !== end || response.write !== write) return undefined
  if (response instanceof ServedResponse) return isUntouched(response) ? response[LIST] : undefined
  return response.writeHead === writeHead && response.getHeaderNames().length === 0 ? NONE : undefined
}

/** Writes the head of a response that has {@link listedFields}, with these fields and those that are set before it. */
export function writeList(response: ServerResponse, status: number, list: FieldList): void {
  const isServed = response instanceof ServedResponse
  const all = isServed && response[BEFORE_HEAD].length > 0 ? settledList(response, status, list) : list
  ServerResponse.prototype.writeHead.call(response, status, all as string[])
  if (isServed) response[LIST] = all // to be read, as by access logs
}

/** The list after the functions that are called before the head. That of the response is restored: writing the head may fail. */
function settledList(response: ServedResponse, status: number, list: FieldList): FieldList | undefined {
  const kept = response[LIST]
  response[LIST] = list
  try {
    for (const call of response[BEFORE_HEAD]) call(response, status)
    return response[LIST]
  } finally {
    response[LIST] = kept
  }
}

/** A value of Vary, with the fields that are added to it. */
export function fullVary(response: ServerResponse, value: Value | undefined): Value | undefined {
  const added = response instanceof ServedResponse ? response[VARY] : undefined
  return added === undefined ? value : varyWith(value, added)
}

/** The last union: most responses have the same. */
let last = { value: '', added: '', union: '' }

function varyWith(given: Value | undefined, added: string): string {
  const value = String(given ?? '')
  if (value !== last.value || added !== last.added) last = { value, added, union: unionOf(value, added) }
  return last.union
}

function writeVary(response: ServerResponse, field: string): void {
  response.setHeader('vary', varyWith(response.getHeader('vary') as Value | undefined, field))
}

function valueIn(list: FieldList, name: string): Value | undefined {
  const known = list.length === 0 ? -1 : indexIn(list, name.toLowerCase())
  return known < 0 ? undefined : list[known + 1]
}

/** The index of a name; -1 without one. */
function indexIn(list: FieldList, name: string): number {
  for (let at = 0; at < list.length; at += 2) if (list[at] === name) return at
  return -1
}

/** A list of all fields, with the values of the other list for names that are in both. */
function merged(list: FieldList, other: FieldList): FieldList {
  const fields = [...list]
  for (let at = 0; at < other.length; at += 2) {
    const known = indexIn(list, other[at] as string)
    if (known < 0) fields.push(other[at] as string, other[at + 1] as Value)
    else fields[known + 1] = other[at + 1] as Value
  }
  return fields
}

function pairsIn(list: FieldList): [string, Value][] {
  const pairs: [string, Value][] = []
  for (let at = 0; at < list.length; at += 2) pairs.push([list[at] as string, list[at + 1] as Value])
  return pairs
}
