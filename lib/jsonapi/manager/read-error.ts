/** The errors of the database at reads: with the query parameter whose value it refuses. */
import type { Failure } from '../errors/database-codes.ts'
import { databaseError } from '../errors/database-error.ts'
import type { ApiRequest } from './api-call.ts'

/** The error of a read as a response, where it is one of the database: of a parameter that alone can have caused it. */
export function readError(error: unknown, { query }: ApiRequest): unknown {
  return databaseError(error, undefined, (failure) => parameterOf(query, failure)) ?? error
}

/** The parameter that has caused a failure; undefined where it is not the only one that can have. */
function parameterOf(query: object, failure: Failure): string | undefined {
  if (failure === 'out-of-range' && 'functions' in query) return 'functions'
  if (failure !== 'out-of-range' && failure !== 'invalid-value') return undefined
  const [filter, other] = Object.keys(query).filter((name) => /^filter\[(?!single\])/.test(name))
  return other === undefined ? filter : undefined
}
