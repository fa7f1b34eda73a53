/** Content of a request: JSON, a form, files, or raw bytes. */
import { appendValues } from './address.ts'

type RequestBody = NonNullable<RequestInit['body']>

/** Content and its media type; undefined where `fetch` sets the type itself, with a form's boundary. */
interface RequestContent {
  readonly body: RequestBody
  readonly contentType: string | undefined
}

/**
 * Content of a call; undefined without content.
 *
 * @param contentType Default: JSON, or the type of the form, blob or bytes.
 */
export function contentOf(
  body: unknown,
  files: Readonly<Record<string, unknown>> | undefined,
  contentType: string | undefined,
): RequestContent | undefined {
  const isMultipart = /^multipart\/form-data/i.test(contentType ?? '')
  if (body instanceof FormData && !files) return { body, contentType: undefined }
  if (files || (isMultipart && !isRaw(body))) {
    // Fields before files: a server that streams the form has them first.
    const form = appendValues(appendValues(new FormData(), body as object | undefined, true), files)
    return { body: form, contentType: undefined }
  }
  if (body === undefined) return undefined
  if (isRaw(body)) return { body, contentType }
  if (contentType?.includes('urlencoded') && typeof body === 'object')
    return { body: appendValues(new URLSearchParams(), body as object, true), contentType }
  if (typeof body === 'string' && contentType && !isJson(contentType)) return { body, contentType }
  return { body: JSON.stringify(body), contentType: contentType ?? 'application/json' }
}

/** Whether a media type, with or without parameters, is JSON. */
export function isJson(mediaType: string): boolean {
  return /[/+]json *(;|$)/i.test(mediaType)
}

function isRaw(body: unknown): body is RequestBody {
  const kinds = [FormData, URLSearchParams, Blob, ReadableStream, ArrayBuffer]
  return kinds.some((kind) => body instanceof kind) || ArrayBuffer.isView(body)
}
