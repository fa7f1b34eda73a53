/** The error of a function that refuses a query, as far as a client sees it. */
import { HttpException } from '../../lib/exceptions/http-exception.ts'

export interface QueryError {
  readonly status: number
  readonly detail: string | undefined
  readonly parameter: string | undefined
  readonly type?: unknown
  readonly page?: unknown
}

export function errorOf(refuse: () => unknown): QueryError {
  try {
    refuse()
  } catch (error) {
    return errorMembers(error)
  }
  throw new Error('nothing was refused')
}

export async function rejectionOf(refused: Promise<unknown>): Promise<QueryError> {
  return refused.then(() => {
    throw new Error('nothing was refused')
  }, errorMembers)
}

function errorMembers(error: unknown): QueryError {
  if (!(error instanceof HttpException)) throw error
  const { status, detail, errors, members } = error
  const { type, page } = members
  return {
    status,
    detail,
    parameter: errors?.[0]?.parameter,
    ...(type ? { type } : {}),
    ...(page ? { page } : {}),
  }
}
