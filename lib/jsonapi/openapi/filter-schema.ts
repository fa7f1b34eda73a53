/** The grammar of `filter[objects]` for one resource: which operators each of its fields takes. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { Dialect } from '../model/dialect.ts'
import { refusalOf } from '../query/operand.ts'
import { operatorNames, operatorOf } from '../query/operators.ts'
import type { Attribute, Relationship, Resource } from '../resource/resource.ts'
import { isSharedAttribute, isSharedRelationship } from '../resource/shared-field.ts'
import { type DocumentView, readable } from './document-view.ts'

/** One filter, which may have others within it. */
export function filterSchema(view: DocumentView, resource: Resource, dialect: Dialect): JsonSchema {
  return view.component(resource, 'Filter', (itself) => {
    const shown = view.shown(resource)
    const attributes = [shown.id, ...filterable(shown, dialect)]
    const byOperators = new Map<string, Attribute[]>()
    for (const attribute of attributes) {
      const operators = operatorsFor(attribute, dialect).join(' ')
      byOperators.set(operators, [...(byOperators.get(operators) ?? []), attribute])
    }
    const comparisons = [...byOperators].map(([operators, group]) =>
      comparisonSchema(
        group.map(({ name }) => name),
        operators.split(' '),
        { val: {}, field: { type: 'string', enum: attributes.map(({ name }) => name) } },
      ),
    )
    const related = filterableRelationships(shown).map((one) => relatedSchema(view, one, dialect))
    const list = { type: 'array', items: itself }
    const combinations = Object.entries({ and: list, or: list, not: itself }).map(([name, schema]) => ({
      type: 'object',
      properties: { [name]: schema },
      required: [name],
      additionalProperties: false,
    }))
    return { anyOf: [...comparisons, ...related, ...combinations] }
  })
}

/** The attributes that a filter can name. */
export function filterable(resource: Resource, dialect: Dialect): readonly Attribute[] {
  return [...resource.attributes.values()].filter(
    (attribute) =>
      attribute.isReadable &&
      isSharedAttribute(resource, attribute) &&
      operatorsFor(attribute, dialect).length > 0,
  )
}

/** The relationships that a filter can name. */
export function filterableRelationships(resource: Resource): readonly Relationship[] {
  return readable(resource).filter((one) => isSharedRelationship(resource, one))
}

function operatorsFor(attribute: Attribute, dialect: Dialect): readonly string[] {
  const compared = attribute.proxy?.attribute ?? attribute
  const names = operatorNames().filter((name) => {
    const operator = operatorOf(name)
    return operator && refusalOf(operator, compared, dialect) === undefined
  })
  return attribute.proxy && names.length > 0 ? [...names, 'any'] : names
}

function relatedSchema(
  view: DocumentView,
  { name, isMany, target }: Relationship,
  dialect: Dialect,
): JsonSchema {
  const operators = [isMany ? 'any' : 'has', 'is_null', 'is_not_null']
  return comparisonSchema([name], operators, { val: filterSchema(view, target, dialect) })
}

function comparisonSchema(
  names: readonly string[],
  operators: readonly string[],
  operands: Readonly<Record<string, JsonSchema>>,
): JsonSchema {
  return {
    type: 'object',
    properties: {
      name: { type: 'string', enum: names },
      op: { type: 'string', enum: operators },
      ...operands,
    },
    required: ['name', 'op'],
    additionalProperties: false,
  }
}
