/** What an answer brings, read as its media type asks for. */
import { ClientError } from './client-error.ts'
import { isJson } from './content.ts'
import { itemsOf } from './items.ts'
import { ndjsonReading } from './ndjson.ts'
import { jsonOrText, type ReceivedEvent, sseReading } from './sse.ts'

type Kind = 'json' | 'ndjson' | 'sse' | 'text' | 'blob'

/**
 * The content of a success.
 *
 * @param as instead of what the media type asks for.
 * @throws {ClientError} when it is of another kind than was asked for, or no JSON: the types would lie.
 */
export async function contentReceived(
  what: string,
  response: Response,
  accept: string,
  as: string | undefined,
): Promise<unknown> {
  const contentType = response.headers.get('content-type') ?? ''
  const asked = kindOf(accept)
  const kind = kindOf(contentType) ?? asked ?? 'blob'
  if (as === 'stream') return response.body
  if (as === 'bytes') return response.arrayBuffer()
  if (as === 'text' || as === 'blob') return response[as]()
  const isOther = asked !== undefined && asked !== 'blob' && asked !== kind
  if (isOther || kind === 'json') {
    const text = await response.text()
    if (text === '' && !isOther) return undefined
    const value = jsonOrText(text)
    if (isOther || value === text) throw new ClientError(`${what} is no ${accept}`, response, text)
    return value
  }
  if (kind === 'text' || kind === 'blob') return response[kind]()
  if (kind === 'ndjson') return itemsOf(response, ndjsonReading())
  const make = (event: ReceivedEvent) => (as === 'events' ? event : event.data)
  const fail = (data: string) => new ClientError(what, response, data)
  return itemsOf(response, sseReading(make, fail))
}

/** Undefined for a range, for several, and for nothing: then anything goes. */
function kindOf(contentType: string): Kind | undefined {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === '' || /[*,]/.test(type)) return undefined
  if (type === 'text/event-stream') return 'sse'
  if (/^application\/(x-)?(ndjson|jsonl)$/.test(type)) return 'ndjson'
  if (isJson(type)) return 'json'
  return type.startsWith('text/') ? 'text' : 'blob'
}
