/** The relations that foreign keys and join tables make, in pairs that lead back to each other, without names. */
import { oncePerObject } from '../../registry/once-per-object.ts'
import { sidesOf } from './join-table.ts'
import { keyNameOf, keyNamesOf, type Names } from './names.ts'
import { namesByKey, namesThrough, type RelationDraft } from './relation-names.ts'
import { areSameColumns } from './same-columns.ts'
import type { ForeignKey, TableFacts } from './table-facts.ts'

export type RelationPair = readonly [RelationDraft, RelationDraft]

/** Tables by the names of their models. */
export type Tables = ReadonlyMap<string, TableFacts>

/** The relations of each foreign key of a table to another of `models`. */
export function pairsByKey(id: string, models: Tables, names: Names): RelationPair[] {
  const table = models.get(id) as TableFacts
  return distinct(table.foreignKeys).flatMap((key) => {
    const target = targetOf(key, models)
    const remote = target === undefined ? [] : remoteOf(key, target, models)
    if (target === undefined || remote.length !== key.columns.length) return []
    const chosen = keyNamesOf(names.relations?.[keyNameOf(id, key.columns)])
    const isUnique = [table.primaryKey, ...table.uniqueKeys].some((unique) =>
      areSameColumns(unique, key.columns),
    )
    const columns = table.columns.filter(({ name }) => key.columns.includes(name))
    const { one, back } = namesByKey(table.name, key, isUnique)
    const shared = { isUnique, isNullable: columns.some(({ isNullable }) => isNullable) }
    const toOne = { ...shared, isMany: false, target, local: key.columns, remote, isOwner: true }
    const toBack = {
      isUnique,
      isMany: !isUnique,
      isNullable: columns.every(({ isNullable }) => isNullable),
      target: id,
      local: remote,
      remote: key.columns,
      isOwner: false,
      ...(key.onDelete && { onDelete: key.onDelete }),
    }
    return [
      [
        { ...one, owner: id, relation: toOne, chosen: chosen.name },
        { ...back, owner: target, relation: toBack, chosen: chosen.inverse },
      ],
    ]
  })
}

/** The relations between the two tables that a join table refers to. */
export function pairThrough(id: string, join: TableFacts, models: Tables, names: Names): RelationPair[] {
  const drafts = sidesOf(join).flatMap(([near, far]): RelationDraft[] => {
    const [owner, target] = [targetOf(near, models), targetOf(far, models)]
    if (owner === undefined || target === undefined) return []
    const relation: RelationDraft['relation'] = {
      isMany: true,
      target,
      local: remoteOf(near, owner, models),
      remote: remoteOf(far, target, models),
      through: {
        table: join.name,
        ...(join.schema && { schema: join.schema }),
        left: near.columns,
        right: far.columns,
        ...(models.has(id) && { model: id }),
        ...(join.primaryKey.length + join.uniqueKeys.length === 0 && { hasDuplicates: true }),
      },
      isOwner: false,
      isNullable: true,
      isUnique: false,
      ...(near.onDelete && { onDelete: near.onDelete }),
    }
    const { name } = keyNamesOf(names.relations?.[keyNameOf(id, far.columns)])
    const { inverse } = keyNamesOf(names.relations?.[keyNameOf(id, near.columns)])
    return [{ ...namesThrough(join.name, near, far), owner, relation, chosen: name ?? inverse }]
  })
  return drafts.length === 2 ? [drafts as unknown as RelationPair] : []
}

/** The name of the model that a key refers to; undefined where the table has none. SQLite ignores case. */
export function targetOf({ table, schema }: ForeignKey, models: Tables): string | undefined {
  const ids = IDS(models)
  return ids.get(idKey(table, schema)) ?? ids.get(idKey(table.toLowerCase(), schema, true))
}

/** The first model of each table, by its name and by that in lower case, within its schema. */
const IDS = /* @__PURE__ */ oncePerObject((models: Tables) => {
  const ids = new Map<string, string>()
  for (const [id, { name, schema }] of models)
    for (const key of [idKey(name, schema), idKey(name.toLowerCase(), schema, true)])
      if (!ids.has(key)) ids.set(key, id)
  return ids
})

function idKey(table: string, schema?: string, ignoresCase = false): string {
  return JSON.stringify([ignoresCase, schema, table])
}

/** The columns that a key refers to, as their table writes them. */
function remoteOf({ references }: ForeignKey, target: string, models: Tables): readonly string[] {
  const { columns, primaryKey } = models.get(target) as TableFacts
  if (references.length === 0) return primaryKey
  const find = (name: string) => columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
  return references.map(
    (name) => columns.find((column) => column.name === name)?.name ?? find(name)?.name ?? name,
  )
}

/** Without keys that are declared twice. */
function distinct(keys: readonly ForeignKey[]): ForeignKey[] {
  const all = keys.map((key) => [JSON.stringify([key.columns, key.schema, key.table]), key] as const)
  return [...new Map(all).values()]
}
