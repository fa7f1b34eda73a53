/**
 * The operators of filters, by name.
 *
 *     registerOperator('divisible_by', (operand, value) => sql`${operand} % ${value} = 0`)
 *     filter[objects]=[{"name":"age","op":"divisible_by","val":2}]
 */
import { type Expression, type SqlBool, sql } from 'kysely'
import type { Dialect } from '../model/dialect.ts'
import { caselessLikeSql, likeSql, parsePattern } from './like-pattern.ts'

/** The SQL of an operator. A function of one parameter makes an operator without a value. */
type OperatorFunction = (
  operand: Expression<unknown>,
  /** The value of the filter as JSON. */
  value: unknown,
  dialect: Dialect,
) => Expression<SqlBool>

export interface Operator {
  /** The values it takes. */
  readonly takes: 'nothing' | 'value' | 'list' | 'pattern' | 'network' | 'json'
  /** Whether values are compared by their order, not only for equality: enums as texts, as lists are sorted. */
  readonly isOrder?: boolean
  /** `value` is an expression, a list of them for `list`, a text for `pattern`, and JSON for `json`. */
  readonly sql: OperatorFunction
}

const BUILT_IN: Record<string, Operator> = {
  eq: comparison(sql`=`),
  neq: comparison(sql`<>`),
  gt: order(sql`>`),
  ge: order(sql`>=`),
  lt: order(sql`<`),
  le: order(sql`<=`),
  in: { takes: 'list', sql: (operand, value) => listSql(operand, value, sql`in`, sql`1 = 0`) },
  not_in: { takes: 'list', sql: (operand, value) => listSql(operand, value, sql`not in`, sql`1 = 1`) },
  is_null: { takes: 'nothing', sql: (operand) => sql`${operand} is null` },
  is_not_null: { takes: 'nothing', sql: (operand) => sql`${operand} is not null` },
  like: pattern((operand, value, dialect) => likeSql(operand, parsePattern(value), dialect)),
  not_like: pattern((operand, value, dialect) => sql`not ${likeSql(operand, parsePattern(value), dialect)}`),
  ilike: pattern((operand, value, dialect) => caselessLikeSql(operand, parsePattern(value), dialect)),
  contains: pattern((operand, value, dialect) => likeSql(operand, [MANY, ...value, MANY], dialect)),
  starts_with: pattern((operand, value, dialect) => likeSql(operand, [...value, MANY], dialect)),
  ends_with: pattern((operand, value, dialect) => likeSql(operand, [MANY, ...value], dialect)),
  '<<': network(sql`<<`),
  '<<=': network(sql`<<=`),
  '>>': network(sql`>>`),
  '>>=': network(sql`>>=`),
  '<>': network(sql`<>`),
  '&&': network(sql`&&`),
}

const MANY = { any: 'many' } as const

const ALIASES: Record<string, readonly string[]> = {
  eq: ['==', 'equals', 'equal_to', 'equals_to'],
  neq: ['!=', 'ne', 'not_equal_to', 'does_not_equal'],
  gt: ['>'],
  ge: ['>=', 'gte', 'geq'],
  lt: ['<'],
  le: ['<=', 'lte', 'leq'],
}

const OPERATORS = new Map(
  Object.entries(BUILT_IN).flatMap(([name, operator]) =>
    [name, ...(ALIASES[name] ?? [])].map((one) => [one, operator] as const),
  ),
)

/** The operator of a name, or of an alias. */
export function operatorOf(name: string): Operator | undefined {
  return OPERATORS.get(name)
}

/** The names of all operators, without the aliases of built-in ones. */
export function operatorNames(): readonly string[] {
  const aliases = new Set(Object.values(ALIASES).flat())
  return [...OPERATORS.keys()].filter((name) => !aliases.has(name))
}

/** Adds an operator for all managers of this process, or replaces one. */
export function registerOperator(name: string, build: OperatorFunction): void {
  OPERATORS.set(name, ownOperator(name, build))
}

/** @throws {TypeError} for a name without a meaning of its own, and for a value that is no function. */
function ownOperator(name: string, build: OperatorFunction): Operator {
  if (typeof name !== 'string' || name === '' || name === 'has' || name === 'any')
    throw new TypeError(`An operator has a name other than 'has' and 'any', not '${String(name)}'`)
  if (typeof build !== 'function')
    throw new TypeError(`The operator '${name}' is a function (operand, value) => SQL, not ${typeof build}`)
  return { takes: build.length === 1 ? 'nothing' : 'json', sql: (...values) => sql`(${build(...values)})` }
}

function comparison(symbol: Expression<unknown>): Operator {
  return { takes: 'value', sql: (operand, value) => sql`${operand} ${symbol} ${value}` }
}

function order(symbol: Expression<unknown>): Operator {
  return { ...comparison(symbol), isOrder: true }
}

function network(symbol: Expression<unknown>): Operator {
  return { ...comparison(symbol), takes: 'network' }
}

function pattern(
  build: (operand: Expression<unknown>, value: string, dialect: Dialect) => Expression<SqlBool>,
): Operator {
  return { takes: 'pattern', sql: (operand, value, dialect) => build(operand, value as string, dialect) }
}

function listSql(
  operand: Expression<unknown>,
  value: unknown,
  word: Expression<unknown>,
  whenEmpty: Expression<SqlBool>,
): Expression<SqlBool> {
  const values = value as readonly Expression<unknown>[]
  return values.length === 0 ? whenEmpty : sql`${operand} ${word} (${sql.join(values)})`
}
