/** The columns that a statement selects for the resources of one type: those of shown fields, and the keys. */
import { type Expression, type RawBuilder, sql } from 'kysely'
import { BoundedCache } from '../../registry/bounded-cache.ts'
import { oncePerObject } from '../../registry/once-per-object.ts'
import { codecOf } from '../model/codec.ts'
import type { Dialect } from '../model/dialect.ts'
import type { Column } from '../model/model.ts'
import { allColumns, columnList } from '../query/column-list.ts'
import type { Fieldsets } from '../query/condition.ts'
import type { Scope } from '../query/scope.ts'
import { columnsFor } from '../resource/fields.ts'
import type { Attribute, Resource } from '../resource/resource.ts'
import { computedAlias } from './alias.ts'

/** A row as it is selected: values by the names of columns, computed ones by {@link computedAlias}. */
export type Row = Readonly<Record<string, unknown>>

export interface Selection {
  readonly columns: readonly Column[]
  /** Computed attributes with an expression in SQL, by {@link computedAlias}. */
  readonly computed: ReadonlyMap<string, Attribute>
}

/** The selections of a resource, as long as it has these attributes, by the fields that are shown: with keys of names, joined by commas. */
const SELECTIONS = new WeakMap<Resource['attributes'], BoundedCache<Selection>>()

/** The selection of all fields that are shown, with the keys of ids and relations. */
export function selectionOf(resource: Resource, fields: Fieldsets): Selection {
  if (resource.subtypes.length > 0) return newSelection(resource, fields) // it depends on the fields of all of them
  const set = fields.get(resource.type)
  let known = SELECTIONS.get(resource.attributes)
  if (!known) {
    const create = (key: string): Selection =>
      newSelection(resource, key === ALL ? new Map() : new Map([[resource.type, new Set(key.split(','))]]))
    known = new BoundedCache(create)
    SELECTIONS.set(resource.attributes, known)
  }
  return known.get(set ? [...set].join() : ALL)
}

/** No name of a field. */
const ALL = ' '

function newSelection(resource: Resource, fields: Fieldsets): Selection {
  const shown = shownAttributes(resource, fields)
  const computed = [resource, ...resource.subtypes].flatMap((one) =>
    shownAttributes(one, fields).map((attribute) => [computedAlias(one, attribute.name), attribute] as const),
  )
  const all = allColumns(resource.model.columns)
  const { discriminator, relations, version } = resource.model
  const names = new Set(resource.idNames)
  for (const name of resource.model.primaryKey) names.add(name)
  for (const { local } of Object.values(relations)) for (const name of local) names.add(name)
  if (discriminator) names.add(discriminator.column)
  if (version) names.add(version)
  const isBase = discriminator !== undefined && discriminator.value === undefined
  for (const attribute of shown) for (const { name } of columnsFor(attribute, all)) names.add(name)
  return {
    columns: isBase ? all : all.filter(({ name }) => names.has(name)),
    computed: new Map(computed.filter(([, attribute]) => attribute.computed?.sql)),
  }
}

/** The selection with all columns, which the ETag of a resource is made of. */
export function stateSelection(resource: Resource, fields: Fieldsets): Selection {
  return { ...selectionOf(resource, fields), columns: allColumns(resource.model.columns) }
}

/** The rows of a statement with the columns of a selection. */
export async function selectedRows(
  scope: Scope,
  statement: RawBuilder<Row>,
  { columns }: Pick<Selection, 'columns'>,
): Promise<readonly Row[]> {
  return withNumbers(await scope.rows(statement), columns, scope.dialect)
}

/** Rows with numbers in place of the texts that MySQL's are selected as. */
export function withNumbers<T extends Row>(
  rows: readonly T[],
  columns: readonly Column[],
  dialect: Dialect,
): readonly T[] {
  if (dialect !== 'mysql') return rows
  for (const name of numbersOf(columns))
    for (const row of rows as readonly Record<string, unknown>[])
      if (row[name] !== null) row[name] = Number(row[name])
  return rows
}

const numbersOf = /* @__PURE__ */ oncePerObject((columns: readonly Column[]): readonly string[] =>
  columns.filter(({ kind }) => kind === 'number').map(({ name }) => name),
)

/** The selection with more columns. */
export function withColumns(selection: Selection, { model }: Resource, names: readonly string[]): Selection {
  const { columns, computed } = selection
  const missing = names.filter((name) => !columns.some((column) => column.name === name))
  if (missing.length === 0) return selection
  const known = EXTENDED.get(selection) ?? new Map<string, Selection>()
  EXTENDED.set(selection, known)
  const key = missing.join()
  const extended = known.get(key) ?? {
    columns: [...columns, ...missing.map((name) => model.columns[name] as Column)],
    computed,
  }
  known.set(key, extended)
  return extended
}

const EXTENDED = new WeakMap<Selection, Map<string, Selection>>()

/** The selection of the value of one attribute. */
export function attributeSelection(resource: Resource, attribute: Attribute): Selection {
  const columns = columnsFor(attribute, allColumns(resource.model.columns))
  const known = ATTRIBUTES.get(attribute) ?? {
    columns: columns.length > 0 ? columns : resource.idColumns,
    computed: new Map(attribute.computed?.sql ? [[computedAlias(resource, attribute.name), attribute]] : []),
  }
  ATTRIBUTES.set(attribute, known)
  return known
}

const ATTRIBUTES = new WeakMap<Attribute, Selection>()

/** The selection of the columns that resource identifiers are made of. */
export function identifierSelection({ model, idColumns }: Resource): Selection {
  const column = model.discriminator && model.columns[model.discriminator.column]
  const hasType = column === undefined || idColumns.includes(column)
  const known = IDENTIFIERS.get(idColumns) ?? {
    columns: hasType ? idColumns : [...idColumns, column],
    computed: new Map(),
  }
  IDENTIFIERS.set(idColumns, known)
  return known
}

const IDENTIFIERS = new WeakMap<readonly Column[], Selection>()

/** The readable attributes that a field set shows. */
export function shownAttributes({ type, attributes }: Resource, fields: Fieldsets): readonly Attribute[] {
  const set = fields.get(type)
  return [...attributes.values()].filter(({ isReadable, name }) => isReadable && (set?.has(name) ?? true))
}

/** The value of an attribute as JSON. */
export function attributeJson(resource: Resource, attribute: Attribute, row: Row, dialect: Dialect): unknown {
  const { column, computed, type } = attribute
  if (!column && !computed?.sql) return computed?.get?.(row) ?? null
  const value = row[column ? column.name : computedAlias(resource, attribute.name)] ?? null
  return value === null ? null : codecOf(type).serialize(value, type, dialect)
}

/** The list of a SELECT, each expression under the name of its column. */
export function selectList(
  { columns, computed }: Selection,
  alias: string,
  scope: Scope,
): RawBuilder<unknown>[] {
  const { request, dialect } = scope
  const ref = (name: string): Expression<unknown> => sql.id(alias, name)
  return [
    columnList(columns, scope, alias),
    ...[...computed].map(([name, attribute]) => {
      const value = attribute.computed?.sql?.({ ref, request }) as Expression<unknown>
      return sql`${codecOf(attribute.type).select(value, attribute.type, dialect)} as ${sql.id(name)}`
    }),
  ]
}
