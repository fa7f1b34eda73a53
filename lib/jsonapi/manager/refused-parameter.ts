/** The query parameters of reads whose values the database refuses: for the errors of the database. */
import type { Failure } from '../errors/database-codes.ts'
import type { ApiRequest } from './api-call.ts'

/** The parameter that has caused a failure; undefined where it is not the only one that can have. */
export function parameterOfFailure({ query }: ApiRequest, failure: Failure): string | undefined {
  if (failure === 'out-of-range' && 'functions' in query) return 'functions'
  if (failure !== 'out-of-range' && failure !== 'invalid-value') return undefined
  const [filter, other] = Object.keys(query).filter((name) => /^filter\[(?!single\])/.test(name))
  return other === undefined ? filter : undefined
}
