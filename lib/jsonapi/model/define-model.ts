/** Models that a developer declares, and refinements of others. */
import { checkOptions, given, type Keys } from '../../registry/options.ts'
import { attributeNames } from './attribute-names.ts'
import { checkColumns, defineColumns } from './column-definition.ts'
import { checkMemberName, memberNameOf, TakenNames } from './member-name.ts'
import type { Discriminator, Model } from './model.ts'
import { checkAttributes, checkDiscriminator, checkModel, settledAttributes } from './model-check.ts'
import { listOf, type ModelDefinition, type ModelRefinement } from './model-definition.ts'
import { defineProxies } from './proxy-definition.ts'
import { defineRelations } from './relation-definition.ts'

const KEYS: Keys<ModelRefinement> = {
  name: true,
  type: true,
  columns: true,
  attributes: true,
  id: true,
  relations: true,
  computed: true,
  proxies: true,
  baseQuery: true,
  discriminator: true,
  version: true,
}

/**
 * Refines a model; it takes the place of the one it refines.
 *
 *     models.article = defineModel(models.article, { baseQuery: ({ ref }) => sql`${ref('deleted')} is null` })
 *
 * @param models for proxies that lead through an association to another relation.
 * @throws {TypeError} for a name, a column or a relation that does not exist.
 */
export function defineModel<T, N extends string, const R extends ModelRefinement>(
  base: Model<T, N>,
  refinement: R,
  models?: Readonly<Record<string, Model>>,
): Model<T, RefinedType<R, N>>
/**
 * Declares a model of a table.
 *
 *     defineModel({ table: 'tag', columns: { id: 'integer', name: { kind: 'string', maxLength: 40 } } })
 */
export function defineModel(definition: ModelDefinition): Model
export function defineModel(
  first: Model | ModelDefinition,
  refinement?: ModelRefinement,
  models: Readonly<Record<string, Model>> = {},
): Model {
  if (refinement) return refine(first as Model, refinement, models)
  const { table, schema, primaryKey, ...rest } = first as ModelDefinition
  if (typeof table !== 'string' || table === '') throw new TypeError('A model needs the name of its table')
  const key = listOf(primaryKey ?? 'id')
  const columns = defineColumns({}, rest.columns ?? {}, key, table)
  checkColumns(key, columns, `The primary key of '${table}'`)
  const taken = new TakenNames(['id', 'type', ...Object.values(rest.attributes ?? {})])
  const facts = { name: table, primaryKey: key }
  const empty: Model = {
    name: table,
    type: memberNameOf(table),
    table,
    ...(schema && { schema }),
    columns,
    primaryKey: key,
    id: key,
    attributes: attributeNames(facts, Object.keys(columns), rest.attributes ?? {}, taken),
    relations: {},
    computed: {},
    proxies: {},
  }
  return refine(empty, rest, models)
}

/** The type of the resources: of the refinement, else the value of its discriminator, else that of the base. */
type RefinedType<R extends ModelRefinement, N extends string> = R extends {
  readonly type: infer Own extends string
}
  ? Own
  : R extends { readonly discriminator: { readonly value: infer Value extends string } }
    ? Value
    : N

function refine(base: Model, refinement: ModelRefinement, models: Readonly<Record<string, Model>>): Model {
  const { discriminator } = refinement
  const name = refinement.name ?? discriminator?.value ?? base.name
  checkOptions(`The definition of '${name}'`, refinement, KEYS)
  const type = refinement.type ?? discriminator?.value ?? base.type
  checkMemberName(type, `The type of '${name}'`)
  const columns = defineColumns(base.columns, refinement.columns ?? {}, base.primaryKey, name)
  const relations = defineRelations({ ...base, name, columns }, refinement.relations ?? {})
  const proxies = defineProxies(name, refinement.proxies ?? {}, relations, models)
  const model: Model = {
    ...base,
    ...given(refinement),
    name,
    type,
    columns,
    relations: { ...relations, ...proxies.relations },
    proxies: { ...base.proxies, ...proxies.attributes },
    id: listOf(refinement.id ?? base.id),
    attributes: { ...base.attributes, ...refinement.attributes },
    computed: { ...base.computed, ...refinement.computed },
    ...(discriminator && { discriminator: discriminatorOf(discriminator, base) }),
  }
  checkAttributes(refinement.attributes ?? {}, model)
  if (model.discriminator) checkDiscriminator(model.discriminator, model)
  const settled = { ...model, attributes: settledAttributes(model) }
  checkModel(settled)
  return settled
}

/** With the name of the base, where the model has one value. */
function discriminatorOf(discriminator: Discriminator, base: Model): Discriminator {
  return discriminator.value === undefined ? discriminator : { base: base.name, ...discriminator }
}
