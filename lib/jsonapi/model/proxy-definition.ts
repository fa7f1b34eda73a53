/** Proxies: attributes and relations that lead through a relation of the model. */
import { suggestion } from '../../registry/nearest.ts'
import { checkAssociation } from './association.ts'
import type { Model, Relation } from './model.ts'
import { ownValue } from './own-value.ts'

type Relations = Readonly<Record<string, Relation>>

/** The attributes, and the relations, that proxies are. @throws {TypeError} for a path with an unknown relation. */
export function defineProxies(
  model: string,
  paths: Readonly<Record<string, string>>,
  known: Relations,
  models: Readonly<Record<string, Model>>,
) {
  const attributes: Record<string, string> = {}
  const relations: Record<string, Relation> = {}
  for (const [name, path] of Object.entries(paths)) {
    const subject = `The proxy '${name}' of '${model}'`
    const [first = '', field, ...more] = String(path).split('.')
    if (!field || more.length > 0) throw new TypeError(`${subject} is '${path}', not 'relation.attribute'`)
    const near = ownValue(known, first)
    if (!near)
      throw new TypeError(
        `${subject} has the unknown relation '${first}'${suggestion(first, Object.keys(known))}`,
      )
    const association = ownValue(models, near.target)
    const far = association && ownValue(association.relations, field)
    if (association && far) relations[name] = relationThrough(name, near, association, far, subject)
    else attributes[name] = path
  }
  return { attributes, relations }
}

/** The relation through the rows of an association to the rows that they refer to. */
function relationThrough(
  name: string,
  near: Relation,
  association: Model,
  far: Relation,
  subject: string,
): Relation {
  if (near.isOwner || near.through || !far.isOwner) {
    throw new TypeError(`${subject} has to lead to rows that have keys of both tables`)
  }
  checkAssociation(association, subject)
  const { table, schema, columns, primaryKey } = association
  const keys = [...near.remote, ...far.local]
  const others = Object.values(columns).filter((column) => !keys.includes(column.name))
  const isReadOnly = others.some(({ isNullable, hasDefault }) => !isNullable && !hasDefault)
  const isUnique = primaryKey.length > 0 && primaryKey.every((column) => keys.includes(column))
  return {
    name,
    target: far.target,
    isMany: near.isMany,
    local: near.local,
    remote: far.remote,
    through: {
      table,
      ...(schema && { schema }),
      left: near.remote,
      right: far.local,
      model: association.name,
      ...(!isUnique && { hasDuplicates: true }),
    },
    isOwner: false,
    isNullable: true,
    isUnique: false,
    ...(near.onDelete && { onDelete: near.onDelete }),
    ...(isReadOnly && { isReadOnly }),
  }
}
