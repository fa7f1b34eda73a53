/**
 * Functions of all rows of a collection.
 *
 *     functions=[{"name":"max","field":"age"},{"name":"count","field":"id"}]  →  [87, 1204]
 */
import { type Expression, sql } from 'kysely'
import { parameterError } from '../errors/issue.ts'
import { codecOf } from '../model/codec.ts'
import type { Dialect } from '../model/dialect.ts'
import type { Kind, ValueType } from '../model/model.ts'
import { asText } from '../model/plain-codec.ts'
import type { Attribute, Resource } from '../resource/resource.ts'
import { parseJson } from './filter-object.ts'
import { comparable, hasSql, NUMBERS, operandSql } from './operand.ts'
import type { Scope } from './scope.ts'
import { idAttributes, quoted, sharedAttribute } from './visible-field.ts'

/** The SQL of an own function. */
export type AggregateFunction = (operand: Expression<unknown>, dialect: Dialect) => Expression<unknown>

/** A function to evaluate. */
interface Evaluation {
  /** To be selected. */
  readonly expression: Expression<unknown>
  /** The JSON value of the selected one. */
  serialize(value: unknown): unknown
}

const PARAMETER = 'functions'
const NUMBER: ValueType = { kind: 'number' }
const MAX_FUNCTIONS = 50
/** Kinds without a least and a greatest value on all dialects. */
const UNORDERED: ReadonlySet<Kind> = new Set(['boolean', 'binary', 'json'])

/**
 * @param own functions by name, beside the built-in ones.
 * @throws {BadRequest} 400, for a malformed list, an unknown function and an unknown field.
 */
export function resolveFunctions(
  text: string | undefined,
  resource: Resource,
  alias: string,
  scope: Scope,
  own: Readonly<Record<string, AggregateFunction>> = {},
): readonly Evaluation[] {
  if (text === undefined) throw parameterError(PARAMETER, 'Must provide `functions` query parameter')
  const list = parseJson(text)
  if (list === null) return []
  if (!Array.isArray(list))
    throw parameterError(PARAMETER, 'Unable to decode JSON in `functions` query parameter')
  if (list.length > MAX_FUNCTIONS) throw parameterError(PARAMETER, `more than ${MAX_FUNCTIONS} functions`)
  return list.map((item: unknown) => {
    const { name, field } = Object(item) as Record<string, unknown>
    if (typeof name !== 'string') throw parameterError(PARAMETER, 'Missing `name` key in function object')
    if (typeof field !== 'string') throw parameterError(PARAMETER, 'Missing `field` key in function object')
    const attribute = sharedAttribute(resource, field)
    if (!attribute) throw parameterError(PARAMETER, `unknown field ${quoted(field)}`)
    const [single = attribute] = name === 'count' && field === 'id' ? idAttributes(resource) : []
    const build = Object.hasOwn(own, name) ? ownFunction(own[name] as AggregateFunction) : BUILT_IN.get(name)
    if (!build) throw parameterError(PARAMETER, `unknown function ${quoted(name)}`)
    const evaluation = hasSql(single) && build(operandSql(single, alias, scope), single, scope.dialect)
    if (evaluation) return evaluation
    throw parameterError(PARAMETER, `the function ${quoted(name)} cannot be used with ${quoted(field)}`)
  })
}

/** Undefined for an attribute that the function has no value for. */
type Build = (operand: Expression<unknown>, attribute: Attribute, dialect: Dialect) => Evaluation | undefined

const BUILT_IN: ReadonlyMap<string, Build> = new Map<string, Build>([
  ['count', (operand) => ({ expression: sql`count(${operand})`, serialize: Number })],
  ['sum', sum],
  ['avg', average],
  ['min', extreme(sql`min`)],
  ['max', extreme(sql`max`)],
])

/** A decimal is a string, as its attribute is; so is an integer that a JSON number cannot hold. */
function sum(operand: Expression<unknown>, attribute: Attribute, dialect: Dialect): Evaluation | undefined {
  const { type } = attribute
  if (!NUMBERS.has(type.kind)) return undefined
  const total = sql`sum(${comparable(operand, attribute, dialect)})`
  if (type.kind === 'decimal' && dialect === 'sqlite') {
    const { expression, serialize } = selected(total, type, dialect)
    return { expression, serialize: (value) => serialize(rounded(value)) }
  }
  if (type.kind === 'number' || type.kind === 'decimal') return selected(total, type, dialect)
  const { expression } = selected(total, { kind: 'bigint' }, dialect)
  return { expression, serialize: shortest }
}

function average(
  operand: Expression<unknown>,
  attribute: Attribute,
  dialect: Dialect,
): Evaluation | undefined {
  const { kind } = attribute.type
  if (!NUMBERS.has(kind)) return undefined
  const value = comparable(operand, attribute, dialect)
  const isRounded = dialect === 'mysql' && kind !== 'number' // its avg() has four places more than the values
  const expression = isRounded ? sql`sum(${value}) / (count(${value}) * 1e0)` : sql`avg(${value})`
  return selected(expression, NUMBER, dialect)
}

function extreme(word: Expression<unknown>): Build {
  return (operand, attribute, dialect) => {
    const { type } = attribute
    if (UNORDERED.has(type.kind)) return undefined
    const isText = type.kind === 'enum' || (type.kind === 'uuid' && dialect === 'postgres') // it has no least one
    const value = isText ? asText(operand, dialect) : comparable(operand, attribute, dialect)
    const compared = type.kind === 'interval' ? NUMBER : type
    return selected(sql`${word}(${value})`, isText ? { kind: 'string' } : compared, dialect)
  }
}

/** The value as the driver returns it. */
function ownFunction(build: AggregateFunction): Build {
  return (operand, _, dialect) => ({
    expression: build(operand, dialect),
    serialize: (value) => (typeof value === 'bigint' ? shortest(value) : value),
  })
}

function selected(expression: Expression<unknown>, type: ValueType, dialect: Dialect): Evaluation {
  const codec = codecOf(type)
  return {
    expression: codec.select(expression, type, dialect),
    serialize: (value) => codec.serialize(value, type, dialect),
  }
}

/** A number without the digits that adding floating-point numbers makes: SQLite keeps decimals as such. */
function rounded(value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(15)) : value
}

function shortest(value: unknown): unknown {
  if (value === null) return null
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}
