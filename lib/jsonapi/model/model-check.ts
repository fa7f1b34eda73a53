/** Checks of a declared model: all names lead to something, and no two fields have one name. */
import { checkFunction, checkOptions, type Keys } from '../../registry/options.ts'
import { checkColumns, checkType } from './column-definition.ts'
import { memberNameOf, TakenNames } from './member-name.ts'
import type { Computed, Discriminator, Model } from './model.ts'
import { checkFieldName } from './names.ts'
import { ownValue } from './own-value.ts'
import { areSameColumns } from './same-columns.ts'

const DISCRIMINATOR: Keys<Discriminator> = { column: true, value: true, base: true }
const COMPUTED: Keys<Computed> = { type: true, isNullable: true, sql: true, get: true, set: true }

/** @throws {TypeError} */
export function checkModel(model: Model): void {
  const { name, columns, id, version, computed, baseQuery } = model
  checkId(model)
  if (version !== undefined) checkColumns([version], columns, `The version of '${name}'`)
  for (const [key, one] of Object.entries(computed))
    checkComputed(one, `The computed attribute '${key}' of '${name}'`)
  if (baseQuery !== undefined) checkFunction(`The baseQuery of '${name}'`, baseQuery)
  const attributes = Object.entries(model.attributes).flatMap(([column, attribute]) =>
    areSameColumns(id, [column]) && attribute === 'id' ? [] : attribute,
  )
  const fields = [
    ...attributes,
    ...Object.keys(model.relations),
    ...Object.keys(computed),
    ...Object.keys(model.proxies),
  ]
  for (const field of fields) checkFieldName(field, `A field of '${name}'`)
  const twice = fields.find((field, index) => fields.indexOf(field) < index)
  if (twice !== undefined) throw new TypeError(`'${name}' has two fields '${twice}': rename one of them`)
}

/** @throws {TypeError} for names of columns that do not exist, and for names that no attribute can have. */
export function checkAttributes(attributes: Model['attributes'], { name, columns }: Model): void {
  for (const [column, attribute] of Object.entries(attributes)) {
    checkColumns([column], columns, `The attributes of '${name}'`)
    checkFieldName(attribute, `The attribute of the column '${column}' of '${name}'`)
  }
}

/**
 * The attributes of a model whose id or relations have changed: `id` is the attribute of a column that alone is the id, and a
 * foreign key gives its name to a relation.
 */
export function settledAttributes({
  table,
  attributes,
  columns,
  id,
  relations,
  primaryKey,
}: Model): Model['attributes'] {
  const owners = Object.values(relations).filter(({ isOwner }) => isOwner)
  const isForeign = (column: string) =>
    !primaryKey.includes(column) && owners.some(({ local }) => local.includes(column))
  const taken = new TakenNames([...Object.values(attributes), ...Object.keys(relations)])
  return Object.fromEntries(
    Object.keys(columns).map((column) => {
      const name = ownValue(attributes, column) ?? taken.take(memberNameOf(column))
      if (isForeign(column) && Object.hasOwn(relations, name)) return [column, taken.take(name)]
      const isId = column === 'id' && areSameColumns(id, [column])
      return [column, name === 'id' && !isId ? taken.take(memberNameOf(`${table}_id`)) : name]
    }),
  )
}

/** @throws {TypeError} */
export function checkDiscriminator(discriminator: Discriminator, { name, columns }: Model): void {
  const subject = `The discriminator of '${name}'`
  checkOptions(subject, discriminator, DISCRIMINATOR)
  const { column, value, base } = discriminator
  checkColumns([column], columns, subject)
  if (value !== undefined && typeof value !== 'string')
    throw new TypeError(`${subject} has a value that is no string`)
  const values = columns[column]?.values
  if (value !== undefined && values && !values.includes(value)) {
    throw new TypeError(`${subject} has the value '${value}', not one of ${values.join(', ')}`)
  }
  if (base === name) throw new TypeError(`${subject} has itself as its base: give the model another name`)
}

function checkId({ name, id, columns, primaryKey }: Model): void {
  checkColumns(id, columns, `The id of '${name}'`)
  if (areSameColumns(id, primaryKey)) return
  const [column] = id.map((one) => columns[one])
  if (id.length === 1 && column && column.isUnique && !column.isNullable) return
  throw new TypeError(
    `The id of '${name}' is ${id.join(', ')}: it has to be the primary key or a column that is NOT NULL and UNIQUE`,
  )
}

function checkComputed(computed: Computed, subject: string): void {
  checkOptions(subject, computed, COMPUTED)
  if (computed.type) checkType(computed.type, `${subject}, in 'type',`)
  for (const key of ['sql', 'get', 'set'] as const)
    if (computed[key] !== undefined) checkFunction(`'${key}' of ${subject}`, computed[key])
  if (!computed.sql && !computed.get && !computed.set)
    throw new TypeError(`${subject} has neither sql nor get nor set`)
}
