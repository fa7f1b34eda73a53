/** Media types whose content is rows: text tables, and JSON texts one after the other. */

/** Whether content is one JSON text per row: NDJSON, JSON Lines, JSON text sequences (RFC 7464). */
export function isJsonRows(contentType: string): boolean {
  return /[/+](x-)?(ndjson|jsonl|json-seq)\b/.test(contentType)
}

/** Whether content is rows and has no place for an envelope: `text/*` and {@link isJsonRows}. */
export function isRows(contentType: string): boolean {
  return contentType.startsWith('text/') || isJsonRows(contentType)
}
