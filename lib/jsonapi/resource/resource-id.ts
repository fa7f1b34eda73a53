/**
 * The id of resources: one column, or several joined into one text.
 *
 *     (7, 'a~b')  →  '7~a%7Eb'
 */
import { codecOf } from '../model/codec.ts'
import { isNow } from '../model/date-text.ts'
import type { Dialect } from '../model/dialect.ts'
import type { Column } from '../model/model.ts'
import { ValueError } from '../model/value.ts'
import type { Attribute } from './resource.ts'

const DATES: ReadonlySet<string> = new Set(['date', 'datetime', 'time'])

export class ResourceId {
  readonly columns: readonly Column[]
  readonly attribute: Attribute

  constructor(columns: readonly Column[]) {
    this.columns = columns
    const [first, second] = columns
    const isSingle = first !== undefined && second === undefined
    this.attribute = {
      name: 'id',
      type: isSingle ? first : { kind: 'string' },
      isNullable: false,
      isWritable: false,
      isReadable: true,
      ...(isSingle ? { column: first } : {}),
    }
  }

  /** The id of a row, by its column names as they are selected. */
  of(row: Readonly<Record<string, unknown>>, dialect: Dialect): string {
    return this.join(
      this.columns.map(({ name }) => row[name]),
      dialect,
    )
  }

  /** The id of the selected values of the columns. */
  join(values: readonly unknown[], dialect: Dialect): string {
    const parts = this.columns.map((column, index) =>
      textOf(codecOf(column).serialize(values[index], column, dialect)),
    )
    return parts.length === 1 ? (parts[0] as string) : parts.map(escapePart).join('~')
  }

  /** An id in the spelling that documents have; a text that can be no id as it is. */
  spelled(id: string, dialect: Dialect): string {
    const values = this.parse(id, dialect)
    return values ? this.join(values, dialect) : id
  }

  /** The values of the columns for the driver; undefined for a text that can be no id. */
  parse(id: string, dialect: Dialect): readonly unknown[] | undefined {
    const parts = this.columns.length === 1 ? [id] : splitParts(id)
    if (parts?.length !== this.columns.length) return undefined
    if (this.columns.some(({ kind }, index) => DATES.has(kind) && isNow(parts[index] as string)))
      return undefined
    try {
      return this.columns.map((column, index) =>
        codecOf(column).parseText(parts[index] as string, column, dialect),
      )
    } catch (error) {
      if (error instanceof ValueError) return undefined
      throw error
    }
  }
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

function escapePart(part: string): string {
  return encodeURIComponent(part).replaceAll('~', '%7E')
}

/** Undefined for invalid percent-encoding. */
function splitParts(id: string): readonly string[] | undefined {
  try {
    const parts = id.split('~').map(decodeURIComponent)
    return parts.map(escapePart).join('~') === id ? parts : undefined // one id has one spelling
  } catch {
    return undefined
  }
}
