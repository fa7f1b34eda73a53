/**
 * text/csv: a table with one line per row.
 *
 *     [{ id: 1, name: 'Ada "A"' }] → id,name⏎1,"Ada ""A"""⏎
 *
 * csv-stringify writes the lines that need quotes. Other lines, which are most, are written here: that is several
 * times faster, and a property in the spec proves that the result is the same.
 *
 * RFC 4180 §2 (CRLF, quotes), §3 (charset, header).
 */

import { type Options, stringify } from 'csv-stringify/sync'
import { jsonText } from '../json/json-text.ts'
import { factory } from '../registry/factory.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import { isPlain, type PlainRecord } from '../schema/record.ts'
import { dataRenderer } from './bytes.ts'
import { type ColumnOption, Columns, flatRow, plainOf } from './columns.ts'
import { dateText } from './date-text.ts'
import { numberText } from './number-text.ts'
import type { RenderFunction } from './renderer.ts'
import { type RowFormat, renderRows } from './rows.ts'
import { isCollection, isRepeatable } from './source.ts'

export interface CsvOptions {
  /**
   * The columns, in order. Default: those of the response schema, else all keys of all rows. For asynchronous
   * rows these are the keys of the first rows, up to 100; a new key in a later row breaks the stream.
   */
  readonly columns?: readonly ColumnOption[]
  /** Whether the first line names the columns. Default true. */
  readonly header?: boolean
  /** Separator of fields. Default `,`; spreadsheets in much of Europe expect `;`. */
  readonly delimiter?: ',' | ';' | '\t' | '|'
  /**
   * Puts `'` before text that a spreadsheet would evaluate as a formula; a negative number is none. Default false,
   * because it changes data: set it when people open untrusted data in a spreadsheet.
   */
  readonly escapeFormulas?: boolean
  /**
   * Ends with the line `# end of 2 rows`, so that a client detects a stream that was cut: some proxies complete a
   * broken response. It is not a row, and clients have to remove it. Default false.
   */
  readonly end?: boolean
  /** Writes the members of nested objects in columns of their own, named `a.b`. Default false: they are JSON. */
  readonly flatten?: boolean
  /** Begins with a byte order mark, so that Excel recognizes UTF-8. Default false. */
  readonly bom?: boolean
}

const KEYS: Keys<CsvOptions> = {
  columns: 'list',
  header: 'boolean',
  delimiter: true,
  escapeFormulas: 'boolean',
  end: 'boolean',
  flatten: 'boolean',
  bom: 'boolean',
}
const DELIMITERS: readonly unknown[] = [',', ';', '\t', '|']
const BYTE_ORDER_MARK = '\uFEFF'

/**
 * CSV of a list, an iterable, a stream, or one object (one row).
 *
 * Dates are ISO 8601, booleans `true` and `false`, absent values empty, nested ones JSON.
 *
 * @throws {TypeError} for an unknown option, or an invalid value.
 */
export const csv = /* @__PURE__ */ factory('csv', (options: CsvOptions = {}): RenderFunction => {
  checkOptions('csv', options, KEYS)
  const { delimiter = ',' } = options
  if (!DELIMITERS.includes(delimiter))
    throw new TypeError(`CSV has no delimiter ${JSON.stringify(delimiter)}`)
  return dataRenderer((data, { schema }) => {
    const rows = isCollection(data) ? data : [data]
    const { flatten = false } = options
    const columns = new Columns(options.columns, schema, flatten)
    if (isRepeatable(rows)) columns.learn(flatten ? flatRows(rows) : rows)
    return renderRows(rows, new CsvFormat(options, columns))
  })
})

function* flatRows(rows: Iterable<unknown>): Generator<unknown> {
  for (const row of rows) yield flatRow(row)
}

class CsvFormat implements RowFormat {
  readonly #options: CsvOptions
  readonly #columns: Columns
  /** The number of rows so far. */
  #count = 0
  #stringifyOptions: Options = {}
  #keys: readonly string[] = []
  /** Characters that need quotes (RFC 4180 §2.6), and the beginnings of formulas. */
  readonly #special: RegExp

  constructor(options: CsvOptions, columns: Columns) {
    this.#options = options
    this.#columns = columns
    const delimiter = options.delimiter === '|' ? '\\|' : (options.delimiter ?? ',')
    const formula = options.escapeFormulas ? `|^(?!${NEGATIVE}$)[=+\\-@\\t\\uFF1D\\uFF0B\\uFF0D\\uFF20]` : ''
    this.#special = new RegExp(`["\\r\\n${delimiter}]${formula}`)
  }

  head(first: readonly unknown[]): string {
    const { header = true, bom = false, delimiter = ',', escapeFormulas = false } = this.#options
    this.#columns.learn(this.#options.flatten ? flatRows(first) : first)
    const { list } = this.#columns
    this.#keys = list?.map(({ key }) => key) ?? []
    this.#stringifyOptions = {
      delimiter,
      escape_formulas: escapeFormulas,
      ...(escapeFormulas && { cast: { string: castText } }),
      record_delimiter: '\r\n', // RFC 4180 §2.1
      quote_record_delimiter: true, // a lone CR or LF too
    }
    const names = header && list ? this.#quoted([list.map((column) => column.header)]) : ''
    return (bom ? BYTE_ORDER_MARK : '') + names
  }

  tail(): string {
    return this.#options.end ? `# end of ${this.#count} rows\r\n` : ''
  }

  rows(rows: readonly unknown[]): string {
    this.#count += rows.length
    const lines: string[] = []
    const special: Field[][] = []
    for (const row of this.#options.flatten ? flatRows(rows) : rows) {
      const fields = this.#fieldsOf(row)
      const line = this.#plainLine(fields)
      if (line === undefined) special.push(fields)
      else {
        if (special.length > 0) lines.push(this.#quoted(special.splice(0)))
        lines.push(line)
      }
    }
    if (special.length > 0) lines.push(this.#quoted(special))
    return lines.join('')
  }

  /** The fields of a row; fast for the usual case, an object with exactly the expected keys. */
  #fieldsOf(row: unknown): Field[] {
    if (isPlainRow(row)) {
      const keys = this.#keys
      const fields: Field[] = []
      for (const key in row) {
        if (key !== keys[fields.length]) return this.#columns.valuesOf(row).map(fieldOf)
        fields.push(fieldOf(row[key]))
      }
      if (fields.length === keys.length) return fields
    }
    return this.#columns.valuesOf(row).map(fieldOf)
  }

  /** The line for fields without quotes; undefined when one needs them. */
  #plainLine(fields: readonly Field[]): string | undefined {
    const delimiter = this.#options.delimiter ?? ','
    let line = ''
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index] as Field
      if (typeof field === 'string' && this.#special.test(field)) return undefined
      const text = typeof field === 'number' ? numberText(field) : field
      line += index === 0 ? text : delimiter + text
    }
    if (line === '' && fields.length === 1) return '""\r\n' // readers skip empty lines
    return `${line}\r\n`
  }

  #quoted(records: readonly (readonly Field[])[]): string {
    return stringify(records as Field[][], this.#stringifyOptions)
  }
}

/** A negative number as text, as exact decimals are. */
const NEGATIVE = '-\\d+(?:\\.\\d+)?'
const IS_NEGATIVE = new RegExp(`^${NEGATIVE}$`)

/** A text that is a number is no formula. */
function castText(value: string) {
  return IS_NEGATIVE.test(value) ? { value, escape_formulas: false } : value
}

type Field = string | number | bigint

/** A value as a field: text, or a number, which is never a formula. */
function fieldOf(value: unknown): Field {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
      return value
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      return value === null ? '' : fieldOfObject(value)
    default:
      return ''
  }
}

function fieldOfObject(value: object): Field {
  const plain = plainOf(value)
  if (plain instanceof Date) return dateText(plain)
  return typeof plain === 'object' && plain !== null ? jsonText(plain) : fieldOf(plain)
}

/** Whether a row is a plain record whose members are its fields: it has no `toJSON`. */
function isPlainRow(row: unknown): row is PlainRecord {
  return isPlain(row) && typeof row.toJSON !== 'function'
}
