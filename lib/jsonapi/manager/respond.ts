/** The response of a document: its text is made once, for the content and for its ETag. */

import { jsonText } from '../../json/json-text.ts'
import { type Representation, serializeResponse } from '../../walk/representation.ts'
import type { Document } from '../document/document.ts'
import type { ApiCall } from './api-call.ts'
import { etagOf } from './resource-etag.ts'

/** @param hash of the state of the only resource. */
export function respond(
  { manager }: ApiCall,
  document: Document,
  hash?: string,
  fields: Readonly<Record<string, string>> = {},
): Representation {
  const text = manager.hasPlainValues ? JSON.stringify(document) : jsonText(document)
  const headers = { etag: etagOf(text, hash), ...fields }
  return serializeResponse(document, { headers, renderer: () => text })
}
