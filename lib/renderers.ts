/**
 * Renderers for media types besides the default ones.
 *
 * @module mazurka/renderers
 */
export { bytes } from './renderers/bytes.ts'
export { type CsvOptions, csv } from './renderers/csv.ts'
export { fieldErrors } from './renderers/field-errors.ts'
export { type HtmlOptions, html } from './renderers/html.ts'
export { json } from './renderers/json.ts'
export { type MarkdownOptions, markdown } from './renderers/markdown.ts'
export { type NdjsonOptions, ndjson } from './renderers/ndjson.ts'
export { pageStyle } from './renderers/page-style.ts'
export { event, type ServerSentEvent, type SseOptions, sse } from './renderers/sse.ts'
export { text } from './renderers/text.ts'
