/** Models of tables, from their facts alone. */
import { attributeNames } from './attribute-names.ts'
import { isJoinTable } from './join-table.ts'
import { memberNameOf, TakenNames } from './member-name.ts'
import type { Column, Model, Relation } from './model.ts'
import { checkNames, type Names } from './names.ts'
import { ownValue } from './own-value.ts'
import { type RelationDraft, relationNames } from './relation-names.ts'
import { pairsByKey, pairThrough, type RelationPair, type Tables, targetOf } from './relation-pair.ts'
import { areSameColumns } from './same-columns.ts'
import type { TableFacts } from './table-facts.ts'

/** Models by the names of their tables; of a table with the same name in a later schema: `schema_table`. */
export function modelsOf(facts: readonly TableFacts[], names: Names = {}): Record<string, Model> {
  const tables = tablesById(facts)
  checkNames(names, tables)
  const joins = [...tables].filter(([id, table]) => isJoinTable(table) && !isReferred(id, tables))
  const joinNames = new Set(joins.map(([id]) => id))
  const models = new Map(
    [...tables].filter(([id, { name, primaryKey }]) => {
      if (joinNames.has(id) && (ownValue(names.types ?? {}, id) === undefined || primaryKey.length === 0))
        return false
      if (primaryKey.length > 0) return true
      process.emitWarning(`The table '${name}' has no primary key: it is left out`)
      return false
    }),
  )
  const pairs = [
    ...[...models.keys()].flatMap((id) => pairsByKey(id, models, names)),
    ...joins.flatMap(([id, join]) => pairThrough(id, join, models, names)),
  ]
  const all = [...models].map(([id, table]) => [id, fieldsOf(id, table, pairs, names)] as const)
  const named = new Map(all.flatMap(([, { relations }]) => [...relations]))
  return Object.fromEntries(
    all.map(([id, { attributes, relations }]) => {
      const own = [...relations].map(([draft, name]) => relationOf(draft, name, pairs, named))
      return [id, modelOf(id, models.get(id) as TableFacts, ownValue(names.types ?? {}, id), attributes, own)]
    }),
  )
}

/** The names of the attributes and the relations of a model, which share one namespace. */
function fieldsOf(id: string, table: TableFacts, pairs: readonly RelationPair[], names: Names) {
  const chosen = Object.fromEntries(
    table.columns.flatMap(({ name }) => {
      const attribute = names.attributes?.[`${id}.${name}`]
      return attribute === undefined ? [] : [[name, attribute]]
    }),
  )
  const drafts = pairs.flat().filter(({ owner }) => owner === id)
  const own = [...Object.values(chosen), ...drafts.flatMap((draft) => draft.chosen ?? [])]
  const twice = own.find((name, index) => own.indexOf(name) < index)
  if (twice !== undefined) throw new TypeError(`names gives two fields of '${id}' the name '${twice}'`)
  const taken = new TakenNames(['id', 'type', ...own])
  const isForeign = ({ name }: { name: string }) =>
    !table.primaryKey.includes(name) && table.foreignKeys.some(({ columns }) => columns.includes(name))
  const name = (columns: readonly { name: string }[]) =>
    attributeNames(
      table,
      columns.map((column) => column.name),
      chosen,
      taken,
    )
  const first = name(table.columns.filter((column) => !isForeign(column)))
  const relations = relationNames(drafts, taken)
  const attributes = { ...first, ...name(table.columns.filter(isForeign)) }
  return { attributes, relations }
}

function relationOf(
  draft: RelationDraft,
  name: string,
  pairs: readonly RelationPair[],
  named: ReadonlyMap<RelationDraft, string>,
): Relation {
  const other = pairs.find((pair) => pair.includes(draft))?.find((one) => one !== draft)
  const inverse = other && named.get(other)
  return { name, ...draft.relation, ...(inverse !== undefined && { inverse }) }
}

function modelOf(
  id: string,
  table: TableFacts,
  type: string | undefined,
  attributes: Readonly<Record<string, string>>,
  relations: readonly Relation[],
): Model {
  const { name, schema, columns, primaryKey, uniqueKeys, namedKeys } = table
  const isUnique = (column: string) =>
    [primaryKey, ...uniqueKeys].some((key) => areSameColumns(key, [column]))
  return {
    name: id,
    type: type ?? memberNameOf(id),
    table: name,
    ...(schema !== undefined && { schema }),
    columns: Object.fromEntries(
      columns.map((column): [string, Column] => [
        column.name,
        { ...column, isUnique: isUnique(column.name) },
      ]),
    ),
    primaryKey,
    ...(namedKeys && { namedKeys }),
    id: primaryKey,
    attributes: Object.fromEntries(columns.map((column) => [column.name, attributes[column.name] as string])),
    relations: Object.fromEntries(relations.map((relation) => [relation.name, relation])),
    computed: {},
    proxies: {},
  }
}

/** Tables by the names of their models, with their foreign keys in the order of the columns. */
function tablesById(facts: readonly TableFacts[]): Tables {
  const tables = new Map<string, TableFacts>()
  const inOrder = [...facts].sort((a, b) => Number(a.schema !== undefined) - Number(b.schema !== undefined))
  for (const table of inOrder) {
    const id = tables.has(table.name) ? `${table.schema}_${table.name}` : table.name
    const position = (name: string | undefined) => table.columns.findIndex((column) => column.name === name)
    const foreignKeys = [...table.foreignKeys].sort((a, b) => position(a.columns[0]) - position(b.columns[0]))
    tables.set(id, { ...table, foreignKeys })
  }
  return tables
}

/** Whether a key of any table refers to a table. */
function isReferred(id: string, tables: Tables): boolean {
  return [...tables.values()].some(({ foreignKeys }) =>
    foreignKeys.some((key) => targetOf(key, tables) === id),
  )
}
