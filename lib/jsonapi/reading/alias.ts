/**
 * Names in rows of values that are no columns: `@upper` of a computed attribute, `@@rank` of a statement.
 *
 * No column has one: they begin with an @ more than those of the table. Nor has another value: names of attributes have no @.
 */
import { oncePerObject } from '../../registry/once-per-object.ts'
import type { Model } from '../model/model.ts'
import type { Resource } from '../resource/resource.ts'

/** The name of a value that a statement needs for itself. */
export function statementAlias(resource: Resource, name: string): string {
  return `${prefixOf(resource)}@${name}`
}

/** The name of a computed attribute: with its type, unless its base has the same attribute. */
export function computedAlias(resource: Resource, name: string): string {
  const { model, type, lookup } = resource
  const base = lookup.ofModel(model.discriminator?.base ?? '')
  const isShared = !base || base.model.computed[name] === model.computed[name]
  return `${prefixOf(resource)}${isShared ? '' : `${type}.`}${name}`
}

/** The prefix of the aliases of attributes: one for all types that share a table. */
function prefixOf({ model, lookup }: Resource): string {
  const own = prefixOfColumns(model.columns)
  if (!model.discriminator) return own
  const base = model.discriminator.base ?? model.name
  const others = [lookup.ofModel(base) ?? [], lookup.subtypesOf(base)].flat()
  return others.map((other) => prefixOfColumns(other.model.columns)).reduce(longer, own)
}

function longer(one: string, other: string): string {
  return one.length < other.length ? other : one
}

/** An @ more than any of the names begins with. */
const prefixOfColumns = oncePerObject((columns: Model['columns']) =>
  Object.keys(columns)
    .map((name) => `@${/^@*/.exec(name)}`)
    .reduce(longer, '@'),
)
