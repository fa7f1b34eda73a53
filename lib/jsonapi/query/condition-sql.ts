/** Conditions in SQL. Names are identifiers of the model, values are parameters. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { asText } from '../model/plain-codec.ts'
import type { Attribute } from '../resource/resource.ts'
import { combine } from './combine.ts'
import type { Comparison, Condition, Related } from './condition.ts'
import { boundSql, comparable, operandSql } from './operand.ts'
import { operatorOf } from './operators.ts'
import { relatedRows } from './row-sql.ts'
import type { Scope } from './scope.ts'

/** The condition on the row with an alias. */
export function conditionSql(condition: Condition, alias: string, scope: Scope): Expression<SqlBool> {
  switch (condition.kind) {
    case 'compare':
      return comparisonSql(condition, alias, scope)
    case 'related':
      return relatedSql(condition, alias, scope)
    case 'not': {
      const inner = conditionSql(condition.condition, alias, scope)
      return condition.condition.kind === 'related' ? sql`not ${inner}` : sql`not (${inner})`
    }
    default:
      return combine(
        condition.conditions.map((one) => conditionSql(one, alias, scope)),
        condition.kind,
      )
  }
}

/** An EXISTS of its own for each: a row with two related ones is still one row. */
function relatedSql({ relationship, condition }: Related, alias: string, scope: Scope): Expression<SqlBool> {
  const inner = scope.nextAlias()
  const { from, condition: isRelated } = relatedRows(relationship, alias, inner, scope)
  const and = condition ? sql` and ${conditionSql(condition, inner, scope)}` : sql``
  return sql`exists (select 1 from ${from} where ${isRelated}${and})`
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
