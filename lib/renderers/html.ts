/**
 * text/html: any data as a page for people.
 *
 * Without scripts and external resources. The style is in the page unless a stylesheet is given, and allowed by the policy of
 * the option `securityHeaders`; tables also have presentational attributes, for other content security policies.
 */

import { HttpException, headingOf } from '../exceptions/http-exception.ts'
import { jsonText } from '../json/json-text.ts'
import { factory } from '../registry/factory.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import { dataRenderer } from './bytes.ts'
import { type ColumnOption, Columns, isRecord, plainOf } from './columns.ts'
import { dateText } from './date-text.ts'
import { escapeHtml } from './escape-html.ts'
import { pageStyle } from './page-style.ts'
import type { RenderContext, RenderFunction } from './renderer.ts'
import { type RowFormat, renderRows } from './rows.ts'
import { isCollection, isRepeatable } from './source.ts'

export interface HtmlOptions {
  /** Default: the name of the endpoint. */
  readonly title?: string
  /** URL of a stylesheet, `/style.css`. Default none. */
  readonly stylesheet?: string
  /** The language of the page, as in RFC 5646. Default `en`. */
  readonly language?: string
  /** The columns of a list, in order. Default: as for CSV. */
  readonly columns?: readonly ColumnOption[]
}

const KEYS: Keys<HtmlOptions> = { title: 'string', stylesheet: 'string', language: 'string', columns: 'list' }

/** Deeper values are shown as JSON. */
const MAX_DEPTH = 4

/** A page with a table of rows, or of an object's members. Asynchronous rows are streamed. @throws {TypeError} for an invalid option. */
export const html = /* @__PURE__ */ factory('html', (options: HtmlOptions = {}): RenderFunction => {
  checkOptions('html', options, KEYS)
  return dataRenderer((data, context) => {
    const page = pageOf(data, context, options)
    if (!isCollection(data)) return `${page.top}${contentOf(plainOf(data), page.table, 0)}\n${page.bottom}`
    const columns = new Columns(options.columns, context.schema)
    if (isRepeatable(data)) columns.learn(data)
    return renderRows(data, tableFormat(page, columns))
  })
})

interface Page {
  readonly top: string
  readonly bottom: string
  /** The start tag of tables. */
  readonly table: string
}

function pageOf(data: unknown, { endpoint }: RenderContext, options: HtmlOptions): Page {
  const { stylesheet, language = 'en' } = options
  const title = escapeHtml(options.title ?? (data instanceof HttpException ? headingOf(data) : endpoint.name))
  const style =
    stylesheet === undefined
      ? `<style>${pageStyle}</style>\n`
      : `<link rel="stylesheet" href="${escapeHtml(stylesheet)}">\n`
  return {
    top: `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${style}</head>
<body>
<h1>${title}</h1>
`,
    bottom: '</body>\n</html>\n',
    table: stylesheet === undefined ? '<table border="1" cellpadding="4" cellspacing="0">' : '<table>',
  }
}

/** A list as a table. A list of arrays has no header; an empty list without known columns shows a message. */
function tableFormat({ top, bottom, table }: Page, columns: Columns): RowFormat {
  let isEmpty = false
  return {
    head(first) {
      columns.learn(first)
      isEmpty = first.length === 0
      if (isEmpty && !columns.list) return `${top}<p>Nothing here.</p>\n`
      return `${top}${table}\n${headOf(columns)}<tbody>\n`
    },
    rows: (rows) => rows.map((row) => rowOf(row, columns, table, 1)).join(''),
    tail: () => (isEmpty && !columns.list ? bottom : `</tbody>\n</table>\n${bottom}`),
  }
}

function headOf({ list }: Columns): string {
  if (!list) return ''
  const cells = list.map(({ header }) => `<th scope="col">${escapeHtml(header)}</th>`)
  return `<thead>\n<tr>${cells.join('')}</tr>\n</thead>\n`
}

function rowOf(row: unknown, columns: Columns, table: string, depth: number): string {
  const cells = columns.valuesOf(row).map((value) => `<td>${contentOf(plainOf(value), table, depth)}</td>`)
  return `<tr>${cells.join('')}</tr>\n`
}

function contentOf(value: unknown, table: string, depth: number): string {
  switch (typeof value) {
    case 'string':
      return textOf(value)
    case 'undefined':
    case 'function':
    case 'symbol':
      return ''
    case 'object':
      break
    default:
      return escapeHtml(String(value))
  }
  if (value === null) return ''
  if (value instanceof Date) return timeOf(value)
  if (depth >= MAX_DEPTH || !(isRecord(value) || Symbol.iterator in value)) {
    return `<code>${escapeHtml(jsonText(value))}</code>`
  }
  if (isRecord(value)) return membersOf(value, table, depth)
  return listOf([...(value as Iterable<unknown>)].map(plainOf), table, depth)
}

/** Text with its line breaks; a URL becomes a link that sends no referrer. */
function textOf(text: string): string {
  const escaped = escapeHtml(text)
  if (/^https?:\/\/\S+$/i.test(text) && URL.canParse(text)) {
    return `<a href="${escaped}" rel="noreferrer">${escaped}</a>`
  }
  return /[\r\n]/.test(text) ? `<pre>\n${escaped}</pre>` : escaped
}

function timeOf(date: Date): string {
  const text = dateText(date)
  return text && `<time datetime="${text}">${text}</time>`
}

function membersOf(value: Readonly<Record<string, unknown>>, table: string, depth: number): string {
  const rows = Object.entries(value).map(
    ([key, member]) =>
      `<tr><th scope="row">${escapeHtml(key)}</th><td>${contentOf(plainOf(member), table, depth + 1)}</td></tr>\n`,
  )
  return rows.length === 0 ? '' : `${table}\n<tbody>\n${rows.join('')}</tbody>\n</table>`
}

function listOf(values: readonly unknown[], table: string, depth: number): string {
  if (values.length > 0 && values.every(isRecord)) {
    const columns = new Columns(undefined, undefined)
    columns.learn(values)
    const rows = values.map((row) => rowOf(row, columns, table, depth + 1))
    return `${table}\n${headOf(columns)}<tbody>\n${rows.join('')}</tbody>\n</table>`
  }
  const items = values.map((value) => `<li>${contentOf(value, table, depth + 1)}</li>`)
  return items.length === 0 ? '' : `<ul>${items.join('')}</ul>`
}
