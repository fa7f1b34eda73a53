/** Conditions in SQL. Names are identifiers of the model, values are parameters. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { asText } from '../model/plain-codec.ts'
import type { Attribute, Relationship } from '../resource/resource.ts'
import { combine } from './combine.ts'
import type { Comparison, Condition, Related } from './condition.ts'
import { boundSql, comparable, operandSql } from './operand.ts'
import { operatorOf } from './operators.ts'
import { relatedRows, tableSql } from './row-sql.ts'
import type { Scope } from './scope.ts'

/** The condition on the row with an alias. */
export function conditionSql(condition: Condition, alias: string, scope: Scope): Expression<SqlBool> {
  switch (condition.kind) {
    case 'compare':
      return comparisonSql(condition, alias, scope)
    case 'related':
      return relatedSql(condition, alias, scope)
    case 'not': {
      const { condition: inner } = condition
      if (inner.kind === 'related') return sql`not ${existsSql(inner, alias, scope)}`
      return sql`not (${conditionSql(inner, alias, scope)})`
    }
    default:
      return combine(
        condition.conditions.map((one) => conditionSql(one, alias, scope)),
        condition.kind,
      )
  }
}

/** An EXISTS; for a row that is chosen by its key, the foreign key is compared before it. */
function relatedSql(related: Related, alias: string, scope: Scope): Expression<SqlBool> {
  const { relationship, condition } = related
  const exists = existsSql(related, alias, scope)
  if (!isForKey(relationship, condition, scope)) return exists
  return sql`(${hasKeySql(relationship, condition, alias, scope)} and ${exists})`
}

/** An EXISTS of its own for each: a row with two related ones is still one row. */
function existsSql({ relationship, condition }: Related, alias: string, scope: Scope): Expression<SqlBool> {
  const inner = scope.nextAlias()
  const { from, condition: isRelated } = relatedRows(relationship, alias, inner, scope)
  const and = condition ? sql` and ${conditionSql(condition, inner, scope)}` : sql``
  return sql`exists (select 1 from ${from} where ${isRelated}${and})`
}

/** Keys that are compared with the foreign key, at most: they are bound twice. */
const MAX_KEYS = 100

/**
 * Whether a condition on a related row chooses it by the number that the foreign key refers to. SQLite alone reads all rows for an
 * EXISTS, so there the foreign key is compared first, which may have an index.
 */
function isForKey(
  { relation }: Relationship,
  condition: Condition | undefined,
  { dialect }: Scope,
): condition is Comparison {
  if (dialect !== 'sqlite' || condition?.kind !== 'compare' || !relation.isOwner) return false
  const { attribute, operator, value, other } = condition
  const isEqual = ['eq', 'in'].some((name) => operatorOf(name) === operatorOf(operator))
  const isKey = relation.remote.length === 1 && attribute.column?.name === relation.remote[0]
  const isNumber = ['integer', 'bigint'].includes(attribute.type.kind)
  return isEqual && !other && isKey && isNumber && [value].flat().length <= MAX_KEYS
}

function hasKeySql(
  { relation, target }: Relationship,
  comparison: Comparison,
  alias: string,
  scope: Scope,
): Expression<SqlBool> {
  const key = scope.nextAlias()
  const [[local = ''], [remote = '']] = [relation.local, relation.remote]
  const from = sql`${tableSql(target.model)} as ${sql.id(key)}`
  return sql`${sql.id(alias, local)} in (select ${sql.id(key, remote)} from ${from} where ${comparisonSql(comparison, key, scope)})`
}

/** @throws {TypeError} for an operator that is unknown: conditions are made of known ones. */
function comparisonSql(comparison: Comparison, alias: string, scope: Scope): Expression<SqlBool> {
  const { attribute, operator: name, value, other } = comparison
  const { dialect } = scope
  const operator = operatorOf(name)
  if (!operator) throw new TypeError(`Unknown operator '${name}'`)
  const operand = operandSql(attribute, alias, scope)
  const isText = attribute.type.kind === 'enum' && (other !== undefined || operator.isOrder)
  const compared = (one: Expression<unknown>, of: Attribute): Expression<unknown> =>
    isText ? asText(one, dialect) : comparable(one, of, dialect)
  if (other) {
    const right = compared(operandSql(other, alias, scope), other)
    return operator.sql(compared(operand, attribute), right, dialect)
  }
  const bind = (one: unknown): Expression<unknown> => compared(boundSql(one, attribute, dialect), attribute)
  switch (operator.takes) {
    case 'value':
    case 'network':
      return operator.sql(compared(operand, attribute), bind(value), dialect)
    case 'list':
      return operator.sql(compared(operand, attribute), (value as unknown[]).map(bind), dialect)
    default:
      return operator.sql(operand, value, dialect)
  }
}
