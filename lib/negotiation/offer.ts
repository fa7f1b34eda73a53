/** A media type that an endpoint can answer in, with all that is known of it before a request comes. */
import type { Fields } from '../http/headers.ts'
import { MediaType } from '../http/media-type.ts'
import type { Renderer } from '../renderers/renderer.ts'

/** A media type an endpoint can answer in. */
export interface Offer {
  /** As the map lists it. */
  readonly contentType: string
  /** `Content-Type`, and `Vary` where there is a choice: ready to be written. */
  readonly fields: Readonly<Fields>
  /** Undefined where nothing renders: the handler writes by itself. */
  readonly renderer: Renderer | undefined
}

/** A media type on offer. `varies` says that another client could have got another. */
export function offer(contentType: string, renderer: Renderer | undefined, varies: boolean): Offer {
  const fields: Fields = { 'content-type': MediaType.of(contentType).toContentType() }
  if (varies) fields.vary = 'Accept' // RFC 9110 §12.5.5
  return { contentType, fields, renderer }
}
