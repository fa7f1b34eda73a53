/** Files of a multipart request, taken apart from its fields. */

import { pointerOf } from '../http/pointer.ts'
import type { ErrorItem } from '../http/problem.ts'
import { type FilesOption, isStreaming } from '../parsers/files-option.ts'
import type { ArgumentReader } from './argument.ts'
import type { Exchange } from './exchange.ts'

/** Where neither the option nor the blueprint says. */
const MAX_FILE_BYTES = 10_485_760
/** Of a field that takes several. */
const MAX_FILES = 20

/** What content with these files may come to: all of them at their limits, and the fields. */
export function maxBytesOf(
  option: FilesOption | undefined,
  maxBodyBytes: number,
  maxFileBytes = MAX_FILE_BYTES,
): number {
  if (!option) return maxBodyBytes
  if (isStreaming(option)) return option.maxBytes ?? Number.MAX_SAFE_INTEGER
  const sizes = Object.values(option).map(
    ({ maxBytes = maxFileBytes, multiple }) => maxBytes * (multiple ? MAX_FILES : 1),
  )
  return sizes.reduce((sum, size) => sum + size, maxBodyBytes)
}

/** Fields become the body, files stand beside it. */
export function takeApart(exchange: Exchange): void {
  const request = exchange.request as Exchange['request'] & { body?: unknown; files?: unknown }
  if (!exchange.accepted) {
    request.files = {}
    return
  }
  const content = request.body as { readonly fields?: unknown; readonly files?: unknown } | undefined
  if (!content?.fields || !content.files)
    throw new TypeError("Files need the parser multipart() of 'mazurka/multipart'")
  request.body = content.fields
  request.files = content.files
}

/** Asks for the files that are required. */
export function filesReader(option: FilesOption): ArgumentReader {
  if (isStreaming(option)) return () => undefined
  const required = Object.keys(option).filter((field) => option[field]?.required)
  return ({ request }) => {
    const { files } = request as Exchange['request'] & { files: Readonly<Record<string, unknown>> }
    const missing = required.filter((field) => files[field] === undefined)
    if (missing.length === 0) return undefined
    return missing.map((field): ErrorItem => ({ detail: 'A file is required', pointer: pointerOf([field]) }))
  }
}
