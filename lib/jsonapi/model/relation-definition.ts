/** Relations of declared models: new ones, and changes of others. */
import { suggestion } from '../../registry/nearest.ts'
import { checkChoice, checkOptions, type Keys } from '../../registry/options.ts'
import { checkColumns } from './column-definition.ts'
import type { Column, JoinTable, Model, Relation } from './model.ts'
import { listOf, type RelationDefinition } from './model-definition.ts'
import { checkFieldName } from './names.ts'
import { ownValue } from './own-value.ts'

type Relations = Readonly<Record<string, Relation>>

const KEYS: Keys<RelationDefinition> = {
  name: true,
  target: true,
  isMany: true,
  local: true,
  remote: true,
  through: true,
  isOwner: true,
  isNullable: true,
  isUnique: true,
  isReadOnly: true,
  inverse: true,
  onDelete: true,
}

const THROUGH: Keys<JoinTable> = {
  table: 'string',
  schema: 'string',
  left: true,
  right: true,
  model: 'string',
  hasDuplicates: 'boolean',
}

/** What a database does with the rows of a row that is deleted. */
const ACTIONS = ['cascade', 'set null', 'set default', 'restrict', 'no action']

/** @throws {TypeError} for a part that is missing, unknown, or no column of the model. */
export function defineRelations(
  model: Pick<Model, 'name' | 'columns' | 'relations' | 'primaryKey'>,
  definitions: Readonly<Record<string, RelationDefinition | null>>,
): Relations {
  const relations = new Map(Object.entries(model.relations))
  for (const [name, definition] of Object.entries(definitions)) {
    const subject = `The relation '${name}' of '${model.name}'`
    const known = ownValue(model.relations, name)
    if (definition === null) {
      if (!known)
        throw new TypeError(`${subject} does not exist${suggestion(name, Object.keys(model.relations))}`)
      relations.delete(name)
      continue
    }
    checkOptions(subject, definition, KEYS)
    if (definition.through) checkOptions(`${subject}, in 'through',`, definition.through, THROUGH)
    checkChoice(subject, 'onDelete', definition.onDelete, ACTIONS)
    const relation = relationOf(definition, known, name, model, subject)
    relations.delete(name)
    if (relations.has(relation.name))
      throw new TypeError(`'${model.name}' has two relations '${relation.name}'`)
    relations.set(relation.name, relation)
  }
  return Object.fromEntries(relations)
}

function relationOf(
  { name, target, local, remote, through, ...facts }: RelationDefinition,
  known: Relation | undefined,
  key: string,
  { columns, primaryKey, relations }: Pick<Model, 'columns' | 'primaryKey' | 'relations'>,
  subject: string,
): Relation {
  const relatedTo = target ?? known?.target
  if (relatedTo === undefined) {
    throw new TypeError(`${subject} has no target${suggestion(key, Object.keys(relations))}`)
  }
  checkFieldName(name ?? key, `${subject}: its name`)
  const isMany = facts.isMany ?? known?.isMany ?? false
  const isOwner = facts.isOwner ?? known?.isOwner ?? (!isMany && !through)
  const own = local === undefined ? (known?.local ?? (isOwner ? [] : primaryKey)) : listOf(local)
  checkColumns(own, columns, subject)
  const other = remote === undefined ? (known?.remote ?? ['id']) : listOf(remote)
  const join = through
    ? { ...through, left: listOf(through.left), right: listOf(through.right) }
    : known?.through
  if (
    join ? own.length !== join.left.length || other.length !== join.right.length : own.length !== other.length
  ) {
    throw new TypeError(
      `${subject} has ${own.length} local and ${other.length} remote columns that do not match`,
    )
  }
  const keys = own.map((column) => columns[column] as Column)
  return {
    ...known,
    isNullable: known?.isNullable ?? (isOwner ? keys.some(({ isNullable }) => isNullable) : true),
    isUnique: known?.isUnique ?? (isOwner ? keys.every(({ isUnique }) => isUnique) : !isMany),
    ...facts,
    name: name ?? key,
    target: relatedTo,
    isMany,
    isOwner,
    local: own,
    remote: other,
    ...(join && { through: join }),
  }
}
