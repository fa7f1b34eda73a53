/** Names that a developer chooses in place of those that introspection finds. */
import { suggestion } from '../../registry/nearest.ts'
import { checkOptions, type Keys } from '../../registry/options.ts'
import { checkMemberName } from './member-name.ts'
import type { TableFacts } from './table-facts.ts'

export interface Names {
  /** Types, by table: `{ person: 'people' }`. A join table that is named here is a model of its own. */
  readonly types?: Readonly<Record<string, string>>
  /** Attributes, by column: `{ 'article.type': 'kind' }`. */
  readonly attributes?: Readonly<Record<string, string>>
  /**
   * Relations, by foreign key: `{ 'article.author_id': 'writer' }`, and the relation that leads back:
   * `{ 'article.author_id': { name: 'writer', inverse: 'writings' } }`. The columns of a key of several are separated by
   * commas. A key of a join table leads to the rows that it refers to: `{ 'article_tag.tag_id': 'labels' }`.
   */
  readonly relations?: Readonly<Record<string, string | KeyNames>>
}

/** The names of both relations of a foreign key. */
export interface KeyNames {
  readonly name?: string
  /** The relation of the table that the key refers to. */
  readonly inverse?: string
}

const NAMES: Keys<Names> = { types: true, attributes: true, relations: true }

/** @throws {TypeError} for a table, a column or a key that does not exist, and for a name that a document cannot have. */
export function checkNames(names: Names, tables: ReadonlyMap<string, TableFacts>): void {
  checkOptions('names', names, NAMES)
  const { types = {}, attributes = {}, relations = {} } = names
  const all = [...tables]
  checkKeys(
    types,
    all.map(([id]) => id),
    'names.types',
  )
  checkKeys(
    attributes,
    all.flatMap(([id, { columns }]) => columns.map(({ name }) => `${id}.${name}`)),
    'names.attributes',
  )
  checkKeys(
    relations,
    all.flatMap(([id, { foreignKeys }]) => foreignKeys.map(({ columns }) => keyNameOf(id, columns))),
    'names.relations',
  )
  for (const [table, type] of Object.entries(types)) checkMemberName(type, `names.types['${table}']`)
  for (const [column, name] of Object.entries(attributes))
    checkFieldName(name, `names.attributes['${column}']`)
  for (const [key, value] of Object.entries(relations)) {
    const { name, inverse } = keyNamesOf(value)
    if (name !== undefined) checkFieldName(name, `names.relations['${key}']`)
    if (inverse !== undefined) checkFieldName(inverse, `The inverse of names.relations['${key}']`)
  }
}

/** `article.author_id`, `line.order_id,product_id`. */
export function keyNameOf(table: string, columns: readonly string[]): string {
  return `${table}.${columns.join(',')}`
}

export function keyNamesOf(value: string | KeyNames | undefined): KeyNames {
  return typeof value === 'string' ? { name: value } : (value ?? {})
}

/** @throws {TypeError} for a name that no attribute and no relationship can have. */
export function checkFieldName(name: unknown, subject: string): asserts name is string {
  checkMemberName(name, subject)
  if (name === 'id' || name === 'type') {
    throw new TypeError(`${subject} is '${name}': attributes and relationships cannot be named id or type`)
  }
}

/** Checks names of tables and columns. @throws {TypeError} for an unknown one, with the known one that is nearest. */
export function checkKeys(record: object, known: readonly string[], subject: string): void {
  for (const key of Object.keys(record)) {
    if (!known.includes(key)) throw new TypeError(`${subject} has no '${key}'${suggestion(key, known)}`)
  }
}
