/** The columns of a table, for CSV, HTML and Markdown. */
import { HttpException } from '../exceptions/http-exception.ts'
import { base64Of, bytesOf } from '../json/bytes.ts'
import { isMoment } from '../json/json-value.ts'
import { memberTreeOf } from '../schema/location.ts'
import { type MemberTree, membersOf } from '../schema/member-tree.ts'
import { put } from '../schema/record.ts'
import type { JsonSchema } from './renderer.ts'
import { isCollection } from './source.ts'

/** The key of a column, or key and heading. */
export type ColumnOption = string | { readonly key: string; readonly header?: string }

/** A column of a table. */
interface Column {
  readonly key: string
  readonly header: string
}

/** The plain form of a row or value: the result of its `toJSON`, bytes as base64, a problem document, or itself. */
export function plainOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isMoment(value)) return value
  const bytes = bytesOf(value)
  if (bytes) return base64Of(bytes)
  if (value instanceof HttpException) return value.toProblem()
  if (value instanceof Map) return Object.fromEntries(value)
  const { toJSON } = value as { toJSON?: unknown }
  return typeof toJSON === 'function' ? toJSON.call(value) : value
}

/** Whether a value has named members: an object that is no collection, Date or bytes. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || value instanceof Date) return false
  return !isCollection(value) && !ArrayBuffer.isView(value)
}

/**
 * The columns of a table: from the option, else from the schema, else the keys of the rows.
 *
 * Rows that are arrays have no column names, so a table of these alone has no columns without the option. A row
 * that is neither an object nor an array is in a column named `value`.
 */
export class Columns {
  /** Undefined before columns are known, and for rows that are arrays. */
  list: readonly Column[] | undefined
  /** Whether the rows may have unknown keys. */
  #isOpen: boolean
  #known: ReadonlySet<string>
  #hasLearned = false

  /** @param isFlat Whether the rows are flat, see {@link flatRow}: nested members are columns too. */
  constructor(given: readonly ColumnOption[] | undefined, schema: JsonSchema | undefined, isFlat = false) {
    const declared = given ? { list: given.map(columnOf), isOpen: false } : columnsOfSchema(schema, isFlat)
    this.list = declared?.list
    this.#isOpen = declared?.isOpen ?? true
    this.#known = new Set(this.list?.map(({ key }) => key))
  }

  /**
   * Adds the keys of rows in the order of first occurrence, unless the columns were declared. Only the first call has an
   * effect.
   */
  learn(rows: Iterable<unknown>): void {
    if (!this.#isOpen || this.#hasLearned) return
    this.#hasLearned = true
    const keys = new Set(this.#known)
    let previous: readonly string[] = []
    let isNameless = false
    for (const row of rows) {
      if (Array.isArray(row)) continue
      const names = keysOf(row)
      isNameless ||= names.length === 0
      if (names.length === previous.length && names.every((name, index) => name === previous[index])) continue
      previous = names
      for (const name of names) keys.add(name)
    }
    if (keys.size === 0 && isNameless) keys.add('value')
    if (keys.size > 0) this.list = [...keys].map(columnOf)
    this.#known = keys
  }

  /**
   * The values of a row, in the order of the columns.
   *
   * @throws {TypeError} for an unknown key, when the columns come from earlier rows: otherwise data would be
   * lost without notice.
   */
  valuesOf(row: unknown): readonly unknown[] {
    if (Array.isArray(row)) return this.list ? row.slice(0, this.list.length) : row
    if (!this.list) throw new TypeError(`The rows before were arrays, this one is not: ${typeof row}`)
    if (this.#isOpen) for (const key of keysOf(row)) if (!this.#known.has(key)) throw lateColumn(key)
    const plain = plainOf(row)
    if (isRecord(plain)) return this.list.map(({ key }) => plain[key])
    return this.list.map(({ key }, index) =>
      key === 'value' || (index === 0 && !this.#known.has('value')) ? plain : null,
    )
  }
}

function lateColumn(key: string): TypeError {
  return new TypeError(`The key '${key}' appeared after the header was sent: declare the columns`)
}

function keysOf(row: unknown): readonly string[] {
  const plain = plainOf(row)
  if (isRecord(plain)) return Object.keys(plain)
  return plain === null || plain === undefined ? [] : ['value']
}

function columnOf(option: ColumnOption): Column {
  if (typeof option === 'string') return { key: option, header: option }
  return { key: option.key, header: option.header ?? option.key }
}

/** Nested objects of a row as members named `a.b`; lists, Dates and bytes stay as they are. */
export function flatRow(row: unknown): unknown {
  const plain = plainOf(row)
  if (!isRecord(plain)) return plain
  const flat: Record<string, unknown> = {}
  flatten(plain, '', flat, 0)
  return flat
}

/** Deeper values are JSON. */
const MAX_DEPTH = 10

function flatten(
  record: Readonly<Record<string, unknown>>,
  prefix: string,
  flat: Record<string, unknown>,
  depth: number,
): void {
  for (const key of Object.keys(record)) {
    const plain = plainOf(record[key])
    if (isRecord(plain) && depth < MAX_DEPTH) flatten(plain, `${prefix}${key}.`, flat, depth + 1)
    else put(flat, prefix + key, plain)
  }
}

/**
 * The columns in a JSON Schema of an array or of its rows: all members that it knows, of `allOf` and of alternatives
 * too. Open when rows may have other keys.
 */
function columnsOfSchema(
  schema: JsonSchema | undefined,
  isFlat: boolean,
): { list: Column[]; isOpen: boolean } | undefined {
  if (!schema) return undefined
  const tree = memberTreeOf(schema)
  const row = tree.items ?? tree
  const members = membersOf(row)
  if (members.length === 0) return undefined
  const keys = isFlat ? flatKeys(row, '', 0) : members.map(([name]) => name)
  return { list: keys.map(columnOf), isOpen: isFlat || row.rest !== undefined || row.patterns.length > 0 }
}

function flatKeys(tree: MemberTree, prefix: string, depth: number): string[] {
  return membersOf(tree).flatMap(([key, member]) => {
    const keys = depth < MAX_DEPTH ? flatKeys(member, `${prefix}${key}.`, depth + 1) : []
    return keys.length > 0 ? keys : [prefix + key]
  })
}
