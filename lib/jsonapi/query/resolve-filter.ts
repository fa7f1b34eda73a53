/**
 * Filter objects, resolved into a condition: names are looked up, values are parsed.
 *
 *     [{ name: 'age', op: 'ge', val: 18 }]  →  { kind: 'compare', attribute: age, operator: 'ge', value: 18 }
 */
import { parameterError } from '../errors/issue.ts'
import type { Dialect } from '../model/dialect.ts'
import type { Attribute, Relationship, Resource } from '../resource/resource.ts'
import type { Condition } from './condition.ts'
import type { FilterObject } from './filter-object.ts'
import { FilterError, FilterValues } from './filter-value.ts'
import { areComparable, refusalOf } from './operand.ts'
import { type Operator, operatorOf } from './operators.ts'
import { idAttributes, noSuchField, quoted, sharedAttribute, sharedRelationship } from './visible-field.ts'

/** Filters in a request, at most, and how deep they may be nested: the parser of SQLite has a stack of 100. */
const MAX_FILTERS = 500
const MAX_DEPTH = 24
/** Levels of a related row. */
const RELATED_DEPTH = 4

interface FilterContext {
  readonly dialect: Dialect
  /** The name of the parameter, for errors. */
  readonly parameter: string
  /** The parameters of filters that have their own. */
  readonly sources?: ReadonlyMap<FilterObject, string>
  /** Whether the application has made the filters: they may name fields that the client cannot see, and have no limits. */
  readonly isTrusted?: boolean
}

/**
 * The condition that all filters are met; undefined without filters.
 *
 * @throws {BadRequest} 400, with the name of the parameter.
 */
export function resolveFilters(
  filters: readonly FilterObject[],
  resource: Resource,
  context: FilterContext,
): Condition | undefined {
  const { sources, parameter } = context
  const resolver = new FilterResolver(context)
  const conditions = filters.map((filter) => {
    try {
      return resolver.resolve(filter, resource, 0)
    } catch (error) {
      if (!(error instanceof FilterError)) throw error
      throw parameterError(sources?.get(filter) ?? parameter, `invalid filter object: ${error.message}`)
    }
  })
  return conditions.length > 1 ? { kind: 'and', conditions } : conditions[0]
}

const MEMBERS = new Set(['name', 'op', 'val', 'field', 'or', 'and', 'not'])

class FilterResolver {
  readonly #values: FilterValues
  readonly #dialect: Dialect
  readonly #isTrusted: boolean
  #count = 0

  constructor({ dialect, isTrusted = false }: FilterContext) {
    this.#values = new FilterValues(dialect)
    this.#dialect = dialect
    this.#isTrusted = isTrusted
  }

  resolve(filter: unknown, resource: Resource, depth: number): Condition {
    if (typeof filter !== 'object' || filter === null || Array.isArray(filter))
      throw new FilterError('Unable to construct query: a filter must be an object')
    if (++this.#count > MAX_FILTERS && !this.#isTrusted)
      throw new FilterError(`more than ${MAX_FILTERS} filters`)
    this.#within(depth)
    const members = filter as Record<string, unknown>
    const names = Object.keys(members)
    const unknown = names.find((name) => !MEMBERS.has(name))
    if (unknown !== undefined) throw new FilterError(`unknown member ${quoted(unknown)}`)
    const [word] = names.filter((name) => name === 'or' || name === 'and' || name === 'not')
    if (!word) return this.#comparison(members as FilterObject, resource, depth)
    if (names.length > 1) throw new FilterError(`"${word}" cannot have other members beside it`)
    return this.#combination(word, members[word], resource, depth + 1)
  }

  #combination(word: string, value: unknown, resource: Resource, depth: number): Condition {
    if (word === 'not') return { kind: 'not', condition: this.resolve(value, resource, depth) }
    if (!Array.isArray(value)) throw new FilterError(`"${word}" must be a list of filter objects`)
    const conditions = value.map((filter) => this.resolve(filter, resource, depth))
    return { kind: word === 'or' && conditions.length > 0 ? 'or' : 'and', conditions }
  }

  #comparison(filter: FilterObject, resource: Resource, depth: number): Condition {
    const { name, op } = filter
    if (typeof name !== 'string') throw new FilterError('missing field name')
    const view = this.#viewWith(name, resource)
    const attribute = sharedAttribute(view, name)
    const relationship = attribute ? undefined : sharedRelationship(view, name)
    if (!attribute && !relationship) throw new FilterError(noSuchField(name))
    if (typeof op !== 'string') throw new FilterError('missing operator')
    if (relationship) return this.#related(relationship, op, filter.val, depth)
    return this.#compared(attribute as Attribute, op, filter, resource, depth)
  }

  /** Whether there is a related row that meets a filter. */
  #related(relationship: Relationship, op: string, val: unknown, depth: number): Condition {
    const related: Condition = { kind: 'related', relationship }
    if (op === 'is_not_null') return related
    if (op === 'is_null') return { kind: 'not', condition: related }
    const expected = relationship.isMany ? 'any' : 'has'
    if (op !== expected) throw this.#unusable(op, `a relationship with the operator "${expected}"`)
    if (val === undefined || val === null)
      throw new FilterError(`Unable to construct query: "${op}" expects a filter object`)
    return { ...related, condition: this.resolve(val, relationship.target, depth + RELATED_DEPTH) }
  }

  #compared(
    attribute: Attribute,
    op: string,
    filter: FilterObject,
    resource: Resource,
    depth: number,
  ): Condition {
    if (attribute.proxy) return this.#listed(attribute.proxy, op, filter, depth)
    const { val, field } = filter
    const operator = operatorOf(op)
    const refusal = operator && refusalOf(operator, attribute, this.#dialect)
    if (!operator || refusal !== undefined) throw this.#unusable(op, refusal ?? 'an attribute')
    if (!attribute.column && !attribute.computed) return this.#idCompared(resource, op, operator, filter)
    const compared = { kind: 'compare', attribute, operator: op } as const
    if (operator.takes === 'nothing') return compared
    if (field !== undefined) return { ...compared, other: this.#other(attribute, operator, field, resource) }
    return {
      ...compared,
      value: this.#values.read(val, operator, (one) => this.#values.parse(one, attribute)),
    }
  }

  /** Whether a list of related values has one that meets a comparison. */
  #listed(
    { relationship, attribute }: NonNullable<Attribute['proxy']>,
    op: string,
    filter: FilterObject,
    depth: number,
  ): Condition {
    const related: Condition = { kind: 'related', relationship }
    if (op === 'is_not_null') return related
    if (op === 'is_null') return { kind: 'not', condition: related }
    if (filter.field !== undefined) throw new FilterError('a list cannot be compared with a field')
    const inner = this.#within(depth + RELATED_DEPTH)
    const operator = op === 'any' ? 'eq' : op
    return {
      ...related,
      condition: this.#compared(attribute, operator, filter, relationship.target, inner),
    }
  }

  #other(attribute: Attribute, { takes }: Operator, field: unknown, resource: Resource): Attribute {
    const other =
      typeof field === 'string' ? sharedAttribute(this.#viewWith(field, resource), field) : undefined
    if (!other) throw new FilterError(noSuchField(String(field)))
    const isComparable = (takes === 'value' || takes === 'network') && areComparable(attribute, other)
    if (!isComparable)
      throw new FilterError(
        `Unable to construct query: "${attribute.name}" and "${other.name}" cannot be compared`,
      )
    return other
  }

  /** The comparison of an id of several columns, which are never null. */
  #idCompared(resource: Resource, op: string, operator: Operator, { val, field }: FilterObject): Condition {
    const isOneOf = (...names: string[]) => names.some((name) => operatorOf(name) === operator)
    if (isOneOf('is_null')) return { kind: 'or', conditions: [] }
    if (isOneOf('is_not_null')) return { kind: 'and', conditions: [] }
    const isNegated = isOneOf('neq', 'not_in')
    if (field !== undefined || !(isNegated || isOneOf('eq', 'in')))
      throw this.#unusable(op, 'an id of one column')
    const read = (id: unknown): Condition => {
      const values = resource.ids.parse(String(id), this.#dialect)
      if (!values) throw new FilterError('"id" must be an id of this type')
      const conditions = idAttributes(resource).map(
        (attribute, index): Condition => ({
          kind: 'compare',
          attribute,
          operator: 'eq',
          value: values[index],
        }),
      )
      return { kind: 'and', conditions }
    }
    const conditions = [this.#values.read(val, operator, read)].flat() as readonly Condition[]
    const condition: Condition = { kind: 'or', conditions }
    return isNegated ? { kind: 'not', condition } : condition
  }

  #unusable(op: string, expected: string): FilterError {
    const isKnown = op === 'has' || op === 'any' || operatorOf(op)
    if (!isKnown) return new FilterError(`unknown operator ${quoted(op)}`)
    return new FilterError(`Unable to construct query: the operator "${op}" expects ${expected}`)
  }

  /** The resource with the field of a name: as the client sees it, else, in filters of the application, with all fields. */
  #viewWith(name: string, resource: Resource): Resource {
    const isShown = sharedAttribute(resource, name) ?? sharedRelationship(resource, name)
    return this.#isTrusted && !isShown ? resource.unrestricted : resource
  }

  #within(depth: number): number {
    if (depth > MAX_DEPTH && !this.#isTrusted)
      throw new FilterError(`nested more than ${MAX_DEPTH} levels deep`)
    return depth
  }
}
