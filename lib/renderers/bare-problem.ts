/** What is sent when the exception renderer itself fails: the bare fact, with the exception's status. */
import { reasonOf } from '../http/problem.ts'

export function bareProblem(status: number): string {
  return JSON.stringify({ type: 'about:blank', title: reasonOf(status), status })
}
