/** What a request carries: JSON, a form, files, or bytes as they are. */
import { filled } from './address.ts'

type Sent = NonNullable<RequestInit['body']>

/** Content and its type; undefined where the type comes with the content, as a form's boundary does. */
export interface OutgoingContent {
  readonly body: Sent
  readonly contentType: string | undefined
}

/**
 * The content of a call; undefined when there is none.
 *
 * @param contentType Default: JSON, or what belongs to a form, a blob or bytes.
 */
export function contentOf(
  body: unknown,
  files: Readonly<Record<string, unknown>> | undefined,
  contentType: string | undefined,
): OutgoingContent | undefined {
  if (files) {
    // Fields come first: who reads a form as it arrives knows them before the files.
    return { body: filled(filled(new FormData(), body as object | undefined), files), contentType: undefined }
  }
  if (body === undefined) return undefined
  if (isRaw(body)) return { body, contentType }
  if (contentType?.includes('urlencoded') && typeof body === 'object')
    return { body: filled(new URLSearchParams(), body as object), contentType }
  if (typeof body === 'string' && contentType && !isJson(contentType)) return { body, contentType }
  return { body: JSON.stringify(body), contentType: contentType ?? 'application/json' }
}

/** Of one media type, with or without parameters. */
export function isJson(mediaType: string): boolean {
  return /[/+]json *(;|$)/i.test(mediaType)
}

function isRaw(body: unknown): body is Sent {
  const kinds = [FormData, URLSearchParams, Blob, ReadableStream, ArrayBuffer]
  return kinds.some((kind) => body instanceof kind) || ArrayBuffer.isView(body)
}
