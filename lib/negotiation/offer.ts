/** A media type that an endpoint can return, with the header fields and renderer prepared at registration. */
import type { Fields } from '../http/headers.ts'
import { MediaType } from '../http/media-type.ts'
import type { Renderer } from '../renderers/renderer.ts'

/** A media type that an endpoint can return. */
export interface Offer {
  /** The entry of the map; of a fallback the type that the client names. */
  readonly contentType: string
  /** `Content-Type`, and `Vary` where there is a choice: ready to be written. */
  readonly fields: Readonly<Fields>
  /** Undefined where the handler writes the response itself. */
  readonly renderer: Renderer | undefined
  /** The entry of the map, where the media type is not the entry itself: `*\/*`. */
  readonly listed?: string
}

/** The type that schemas and documents have for an offer: that of the map. */
export function listedType({ listed, contentType }: Offer): string {
  return listed ?? contentType
}

/** Makes the offer of a media type. @param varies whether another client may get another media type. */
export function offer(contentType: string, renderer: Renderer | undefined, varies: boolean): Offer {
  const fields: Fields = { 'content-type': MediaType.of(contentType).toContentType() }
  if (varies) fields.vary = 'Accept' // RFC 9110 §12.5.5
  return { contentType, fields, renderer }
}
