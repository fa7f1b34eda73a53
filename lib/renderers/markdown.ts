/**
 * text/markdown: any data as tables and lists.
 *
 *     [{ id: 1, name: 'a|b' }] → | id | name | ⏎ | --- | --- | ⏎ | 1 | a\|b |
 *
 * RFC 7763 §2 (the type, whose charset is required), GitHub Flavored Markdown §4.10 (tables).
 */

import { HttpException, headingOf } from '../exceptions/http-exception.ts'
import { jsonText } from '../json/json-text.ts'
import { factory } from '../registry/factory.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import { dataRenderer } from './bytes.ts'
import { type ColumnOption, Columns, isRecord, plainOf } from './columns.ts'
import { dateText } from './date-text.ts'
import type { RenderFunction } from './renderer.ts'
import { type RowFormat, renderRows } from './rows.ts'
import { isCollection, isRepeatable } from './source.ts'

export interface MarkdownOptions {
  /** A heading above the data. Default none. */
  readonly title?: string
  /** The columns of a list, in order. Default: as for CSV. */
  readonly columns?: readonly ColumnOption[]
}

const KEYS: Keys<MarkdownOptions> = { title: 'string', columns: 'list' }

/**
 * A table of rows, or a list of an object's members. Asynchronous rows are streamed.
 *
 * Text in cells and members is escaped. A string as the whole data is sent unchanged, as Markdown.
 *
 * @throws {TypeError} for an unknown option, or an invalid value.
 */
export const markdown = /* @__PURE__ */ factory(
  'markdown',
  (options: MarkdownOptions = {}): RenderFunction => {
    checkOptions('markdown', options, KEYS)
    return dataRenderer((data, { schema }) => {
      const heading = topOf(data, options.title)
      if (typeof data === 'string') return `${heading}${data}${data.endsWith('\n') ? '' : '\n'}`
      if (!isCollection(data)) return heading + membersOf(plainOf(data))
      const columns = new Columns(options.columns, schema)
      if (isRepeatable(data)) columns.learn(data)
      return renderRows(data, tableFormat(heading, columns))
    })
  },
)

function topOf(data: unknown, title: string | undefined): string {
  const text = title ?? (data instanceof HttpException ? headingOf(data) : undefined)
  return text === undefined ? '' : `# ${escapeText(text)}\n\n`
}

/** A list as a table. A table needs a header, so for rows that are arrays it is empty. */
function tableFormat(heading: string, columns: Columns): RowFormat {
  return {
    head(first) {
      columns.learn(first)
      const width = Math.max(0, ...first.map((row) => (Array.isArray(row) ? row.length : 0)))
      const headers = columns.list?.map(({ header }) => escapeText(header)) ?? Array<string>(width).fill('')
      if (headers.length === 0) return heading
      return heading + lineOf(headers) + lineOf(headers.map(() => '---'))
    },
    rows: (rows) => rows.map((row) => lineOf(columns.valuesOf(row).map(cellOf))).join(''),
  }
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`
}

function membersOf(value: unknown): string {
  if (!isRecord(value)) return `${textOf(value)}\n`
  return Object.entries(value)
    .map(([key, member]) => `- **${escapeText(key)}**: ${textOf(member)}\n`)
    .join('')
}

/** A value in a table cell; an unescaped pipe would end the cell even in code. */
function cellOf(value: unknown): string {
  const text = textOf(value)
  return text.startsWith('`') ? text.replaceAll('|', '\\|') : text
}

/** A value on one line; a nested one as JSON code. */
function textOf(value: unknown): string {
  const plain = plainOf(value)
  switch (typeof plain) {
    case 'string':
      return escapeText(plain)
    case 'undefined':
    case 'function':
    case 'symbol':
      return ''
    case 'object':
      break
    default:
      return String(plain)
  }
  if (plain === null) return ''
  if (plain instanceof Date) return dateText(plain)
  return codeOf(jsonText(plain))
}

/** The delimiter has more backticks than any run of them in the text. */
function codeOf(text: string): string {
  let longest = 0
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length) // more than a call takes as parameters
  const fence = '`'.repeat(longest + 1)
  const padding = longest > 0 ? ' ' : ''
  return fence + padding + text + padding + fence
}

/** Text without markup, on one line. An underscore inside a word is never markup. */
function escapeText(text: string): string {
  return text
    .replace(/[\\`*[\]|~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/\r\n|\r|\n/g, '<br>')
}
