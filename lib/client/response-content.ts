/** Content of a response, read by its media type. */
import { ClientError } from './client-error.ts'
import { itemsOf } from './items.ts'
import { ndjsonParser } from './ndjson.ts'
import { isJson } from './request-content.ts'
import { jsonOrText, type ReceivedEvent, sseParser } from './sse.ts'

type Kind = 'json' | 'ndjson' | 'sse' | 'text' | 'blob'

/**
 * Content of a 2xx response.
 *
 * @param request method and URL, for errors.
 * @param as overrides the media type.
 * @throws {ClientError} when the content is of another kind than `accept`, or not valid JSON: the types would be wrong.
 */
export async function readContent(
  request: string,
  response: Response,
  accept: string,
  as: string | undefined,
): Promise<unknown> {
  const contentType = response.headers.get('content-type') ?? ''
  const expected = kindOf(accept)
  const kind = kindOf(contentType) ?? expected ?? 'blob'
  if (as === 'stream') return response.body
  if (as === 'bytes') return response.arrayBuffer()
  if (as === 'text' || as === 'blob') return response[as]()
  const isOther = ![undefined, 'blob', kind].includes(expected)
  if (isOther || kind === 'json') {
    const text = await response.text()
    if (text === '' && !isOther) return undefined
    const value = jsonOrText(text)
    if (isOther || value === text) throw new ClientError(`${request} is not ${accept}`, response, text)
    return value
  }
  if (kind === 'ndjson') return itemsOf(response, ndjsonParser())
  if (kind !== 'sse') return response[kind]()
  const map = (event: ReceivedEvent) => (as === 'events' ? event : event.data)
  const errorOf = (data: string) => new ClientError(request, response, data)
  return itemsOf(response, sseParser(map, errorOf))
}

/** Undefined for a media range, a list, and the empty string: any content matches these. */
function kindOf(contentType: string): Kind | undefined {
  const type = (contentType.split(';')[0] as string).trim().toLowerCase()
  if (/^$|[*,]/.test(type)) return undefined
  if (type === 'text/event-stream') return 'sse'
  if (/^application\/(x-)?(ndjson|jsonl)$/.test(type)) return 'ndjson'
  if (isJson(type)) return 'json'
  return type.startsWith('text/') ? 'text' : 'blob'
}
