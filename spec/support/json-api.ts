/**
 * A client of a JSON:API that checks every document, of requests and of responses.
 *
 *     const api = jsonApi(await serve(app))
 *     const { status, document } = await api.post('/api/person', { data: { type: 'person' } })
 *
 * @throws with a list of all problems of a document or of its header fields.
 */
import {
  duplicateProblems,
  fieldProblems,
  linkageProblems,
  linkProblems,
  locationProblems,
  namespaceProblems,
  statusProblems,
  versionProblems,
} from './json-api-checks.ts'
import { type Role, schemaProblems } from './json-api-schema.ts'
import type { Served } from './server.ts'

// biome-ignore lint/suspicious/noExplicitAny: specs state the documents they expect
type Json = any

export interface JsonApiReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Undefined for a response without content, and for another media type. */
  readonly document: Json
}

type Fields = Readonly<Record<string, string>>

export interface JsonApi {
  get(path: string, fields?: Fields): Promise<JsonApiReply>
  post(path: string, document: unknown, fields?: Fields): Promise<JsonApiReply>
  patch(path: string, document: unknown, fields?: Fields): Promise<JsonApiReply>
  delete(path: string, document?: unknown, fields?: Fields): Promise<JsonApiReply>
  /** A request whose document may break the rules: `api.send('POST /api/person', {})`. Text is sent as it is. */
  send(line: string, content?: unknown, fields?: Fields): Promise<JsonApiReply>
}

const TYPE = 'application/vnd.api+json'

export function jsonApi({ fetch }: Pick<Served, 'fetch'>): JsonApi {
  const send: JsonApi['send'] = async (line, content, fields) => {
    const [path = '/', method = 'GET'] = line.split(' ').reverse()
    const type = content === undefined ? {} : { 'content-type': TYPE }
    const body = content === undefined || typeof content === 'string' ? content : JSON.stringify(content)
    const headers = { accept: TYPE, ...type, ...fields }
    const response = await fetch(path, { method, headers, ...(body === undefined ? {} : { body }) })
    const reply = await read(response)
    throwIfAny(`${method} ${path} → ${reply.status}`, responseProblems(reply, path), reply.text)
    return reply
  }
  const sendChecked: JsonApi['send'] = async (line, document, fields) => {
    if (document !== undefined)
      throwIfAny(`The request ${line}`, documentProblems(document, 'request'), JSON.stringify(document))
    return send(line, document, fields)
  }
  return {
    send,
    get: (path, fields) => send(`GET ${path}`, undefined, fields),
    post: (path, document, fields) => sendChecked(`POST ${path}`, document, fields),
    patch: (path, document, fields) => sendChecked(`PATCH ${path}`, document, fields),
    delete: (path, document, fields) => sendChecked(`DELETE ${path}`, document, fields),
  }
}

/** All problems of a response. @param url of its request. */
export function responseProblems(reply: JsonApiReply, url = ''): string[] {
  const { status, headers, document } = reply
  const problems = fieldProblems(reply)
  if (document === undefined) return problems
  return [
    ...problems,
    ...documentProblems(document, 'response', url),
    ...versionProblems(document, headers.get('content-type') ?? ''),
    ...statusProblems(document, status),
    ...locationProblems(document, headers),
  ]
}

/** All problems of a document by itself. Operations and their results are documents of their own. */
export function documentProblems(document: Json, role: Role, url = ''): string[] {
  const parts = document?.['atomic:operations'] ?? document?.['atomic:results']
  if (Array.isArray(parts))
    return parts.flatMap((part, index) => operationProblems(part, role).map((text) => `${index}: ${text}`))
  return [
    ...schemaProblems(document, role),
    ...linkageProblems(document, url),
    ...duplicateProblems(document),
    ...namespaceProblems(document),
    ...linkProblems(document),
  ]
}

function operationProblems(operation: Json, role: Role): string[] {
  if (role === 'response') return Object.keys(operation).length === 0 ? [] : documentProblems(operation, role)
  const { op, ref, href, data, meta, ...others } = operation
  const problems = Object.keys(others).map((name) => `an operation has no member ${name}`)
  if (!['add', 'update', 'remove'].includes(op)) problems.push(`${op} is no operation`)
  if (ref !== undefined && href !== undefined) problems.push('an operation has not both ref and href')
  return data === undefined ? problems : [...problems, ...documentProblems({ data }, role)]
}

async function read(response: Response): Promise<JsonApiReply> {
  const { status, headers } = response
  const text = await response.text()
  const isDocument = text !== '' && headers.get('content-type')?.startsWith(TYPE)
  return { status, headers, text, document: isDocument ? JSON.parse(text) : undefined }
}

function throwIfAny(subject: string, problems: readonly string[], text: string): void {
  if (problems.length === 0) return
  const list = problems.map((problem) => `  - ${problem}`).join('\n')
  throw new Error(`${subject}: not as JSON:API 1.1 says\n${list}\n${text.slice(0, 2000)}`)
}
