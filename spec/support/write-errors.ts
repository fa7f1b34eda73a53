/** The errors of a write, in short. */
import { HttpException } from '../../lib/exceptions/http-exception.ts'
import { errorObjectsOf } from '../../lib/jsonapi/errors/error-object.ts'

/** The status, and each error as `#pointer detail`, without the words that all errors of documents begin with. */
export async function errorsOf(write: Promise<unknown>): Promise<readonly [number, readonly string[]]> {
  const error = await write.then(
    () => new Error('The write succeeded'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof HttpException)) throw error
  const texts = errorObjectsOf(error).map(({ source, detail = '' }) => {
    const pointer = source?.pointer === undefined ? '' : `#${source.pointer} `
    return `${pointer}${detail.replace('Failed to deserialize object: ', '')}`
  })
  return [error.status, texts]
}

export async function statusOf(write: Promise<unknown>): Promise<number> {
  return (await errorsOf(write))[0]
}
