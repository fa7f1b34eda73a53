/** The errors of a write, in short. */
import { HttpException } from '../../lib/exceptions/http-exception.ts'

/** The status, and each error as `pointer detail`. */
export async function errorsOf(write: Promise<unknown>): Promise<readonly [number, readonly string[]]> {
  const error = await write.then(
    () => new Error('The write succeeded'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof HttpException)) throw error
  const errors = error.errors ?? [{ detail: error.message }]
  return [error.status, errors.map(({ pointer = '', detail }) => `${pointer} ${detail}`.trim())]
}

export async function statusOf(write: Promise<unknown>): Promise<number> {
  return (await errorsOf(write))[0]
}
