/** The columns that a statement selects for the resources of one type: those of shown fields, and the keys. */
import { type Expression, type RawBuilder, sql } from 'kysely'
import { codecOf } from '../model/codec.ts'
import type { Dialect } from '../model/dialect.ts'
import type { Column } from '../model/model.ts'
import type { Fieldsets } from '../query/condition.ts'
import type { Scope } from '../query/scope.ts'
import { columnsFor } from '../resource/fields.ts'
import type { Attribute, Resource } from '../resource/resource.ts'

/** A row as it is selected: values by the names of columns, computed ones by {@link computedName}. */
export type Row = Readonly<Record<string, unknown>>

export interface Selection {
  readonly columns: readonly Column[]
  /** Computed attributes with an expression in SQL. */
  readonly computed: readonly Attribute[]
}

/** The selection of all fields that are shown, with the keys of ids and relations. */
export function selectionOf(resource: Resource, fields: Fieldsets): Selection {
  const shown = shownAttributes(resource, fields)
  const all = Object.values(resource.model.columns)
  const { discriminator, relations, version } = resource.model
  const names = new Set(resource.idColumns.map(({ name }) => name))
  for (const name of resource.model.primaryKey) names.add(name)
  for (const { local } of Object.values(relations)) for (const name of local) names.add(name)
  if (discriminator) names.add(discriminator.column)
  if (version) names.add(version)
  const isBase = discriminator !== undefined && discriminator.value === undefined
  for (const attribute of shown) for (const { name } of columnsFor(attribute, all)) names.add(name)
  return {
    columns: all.filter(({ name }) => isBase || names.has(name)),
    computed: shown.filter(({ computed }) => computed?.sql),
  }
}

/** The readable attributes that a field set shows. */
export function shownAttributes({ type, attributes }: Resource, fields: Fieldsets): readonly Attribute[] {
  const set = fields.get(type)
  return [...attributes.values()].filter(({ isReadable, name }) => isReadable && (set?.has(name) ?? true))
}

/** The name of a computed attribute among the columns of a row. */
export function computedName({ name }: Attribute): string {
  return `@${name}`
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
    ...columns.map((column) => sql`${selected(column, alias, dialect)} as ${sql.id(column.name)}`),
    ...computed.map((attribute) => {
      const value = attribute.computed?.sql?.({ ref, request }) as Expression<unknown>
      return sql`${codecOf(attribute.type).select(value, attribute.type, dialect)} as ${sql.id(computedName(attribute))}`
    }),
  ]
}

/** A column in the form that all drivers return alike. */
export function selected(column: Column, alias: string, dialect: Dialect): Expression<unknown> {
  return codecOf(column).select(sql.id(alias, column.name), column, dialect)
}
