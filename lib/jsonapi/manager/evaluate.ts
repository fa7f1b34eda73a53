/**
 * GET of `/eval/<collection>`: functions of all rows that the filters match. An addition to JSON:API.
 *
 * The list of values is JSON first, as it is no list of resources; clients of Flask-Restless accept JSON:API.
 */
import { sql } from 'kysely'
import { conditionSql } from '../query/condition-sql.ts'
import { resolveFunctions } from '../query/function-evaluation.ts'
import { resourceConditions, tableSql } from '../query/row-sql.ts'
import { whereSql } from '../reading/source.ts'
import type { ApiCall } from './api-call.ts'
import { runPreprocessors } from './processors.ts'
import { listMembers, processed } from './read-collection.ts'
import { listQuery, rawQuery } from './resource-query.ts'

export async function evaluateFunctions(call: ApiCall): Promise<unknown> {
  const { resource, scope, request, api } = call
  const { functions } = request.query
  const raw = rawQuery(call, resource, { isCollection: true, includes: [], others: ['functions'] })
  const context = call.processing(listMembers(raw))
  await runPreprocessors(api, 'GET_COLLECTION', context)
  const { condition } = listQuery(call, resource, processed(raw, context))
  const alias = scope.nextAlias()
  const text = Array.isArray(functions) ? functions[0] : functions
  const evaluations = resolveFunctions(text, resource, alias, scope, api.options.functions)
  if (evaluations.length === 0) return { data: [] }
  const list = evaluations.map(({ expression }, index) => sql`${expression} as ${sql.id(nameOf(index))}`)
  const where = whereSql([
    ...resourceConditions(resource, alias, scope),
    ...(condition ? [conditionSql(condition, alias, scope)] : []),
  ])
  const statement = sql<
    Record<string, unknown>
  >`select ${sql.join(list)} from ${tableSql(resource.model)} as ${sql.id(alias)}${where}`
  const [row = {}] = await scope.rows(statement)
  return { data: evaluations.map((evaluation, index) => evaluation.serialize(row[nameOf(index)] ?? null)) }
}

function nameOf(index: number): string {
  return `f${index}`
}
