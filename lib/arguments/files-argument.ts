/** Files of a multipart request, separated from its fields. */
import { MediaType, MULTIPART } from '../http/media-type.ts'
import type { ErrorItem } from '../http/problem.ts'
import { fragmentOf } from '../json/json-pointer.ts'
import {
  type FileLimits,
  type FileRule,
  type FilesOption,
  isStreaming,
  MAX_FILE_BYTES,
  MAX_FILES,
  type StreamedFiles,
} from '../parsers/multipart/files-option.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import type { Exchange } from '../walk/exchange.ts'
import type { ArgumentReader } from './argument-reader.ts'

/** @throws {TypeError} for an invalid rule, naming the endpoint and the field. */
export function checkFiles(endpoint: string, option: FilesOption): void {
  if (isStreaming(option)) return checkRule(`The files of '${endpoint}'`, option, STREAM)
  for (const field of Object.keys(option)) {
    const where = `The file '${field}' of '${endpoint}'`
    const rule: unknown = option[field]
    if (typeof rule !== 'object' || rule === null) throw new TypeError(`${where} cannot be ${String(rule)}`)
    checkRule(where, rule as FileRule, RULE)
  }
}

const RULE: Keys<FileRule> = { maxBytes: 'count', types: 'list', multiple: 'boolean', required: 'boolean' }
const STREAM: Keys<StreamedFiles> = { stream: true, maxBytes: 'count', types: 'list' }

function checkRule<R extends FileRule | StreamedFiles>(where: string, rule: R, keys: Keys<R>): void {
  checkOptions(where, rule, keys)
  const { maxBytes, types } = rule
  if (maxBytes === 0) throw new TypeError(`${where} cannot have maxBytes: 0`)
  if (types === undefined) return
  if (types.length === 0) throw new TypeError(`${where} cannot have types: none`)
  for (const type of types) {
    try {
      MediaType.of(type)
    } catch (cause) {
      throw new TypeError(`${where} cannot have types: ${(cause as Error).message}`, { cause })
    }
  }
}

/** The maximum size of content with these files: all files at their limits, and the fields. */
export function maxBytesOf(
  option: FilesOption,
  maxBodyBytes: number,
  { maxFileBytes = MAX_FILE_BYTES, maxFiles = MAX_FILES }: FileLimits,
): number {
  const rules: readonly FileRule[] = isStreaming(option)
    ? [{ ...option, multiple: true }]
    : Object.values(option)
  const sizes = rules.map(({ maxBytes = maxFileBytes, multiple }) => maxBytes * (multiple ? maxFiles : 1))
  return sizes.reduce((sum, size) => sum + size, maxBodyBytes)
}

/**
 * A step that splits multipart content: the fields are the body, the files are `request.files`.
 *
 * @param option undefined where the endpoint has a body only: content of another parser is then left as it is.
 */
export function splitMultipart(option: FilesOption | undefined): (exchange: Exchange) => void {
  const none = isStreaming(option) ? NO_STREAM : Object.freeze(Object.create(null))
  return function splitContent(exchange) {
    const request = exchange.request as Exchange['request'] & { body?: unknown; files?: unknown }
    if (exchange.contentTypeMatch?.mediaType.essence !== MULTIPART) {
      if (option) request.files = none
      return
    }
    const content = request.body as { readonly fields?: unknown; readonly files?: unknown } | undefined
    const isSplit = content?.fields !== undefined && content.files !== undefined
    if (!isSplit && !option) return
    if (!isSplit)
      throw new TypeError("The option 'files' needs the parser multipart() of 'mazurka/multipart'")
    request.body = content?.fields
    request.files = content?.files
  }
}

const NO_STREAM: AsyncIterable<never> = { async *[Symbol.asyncIterator]() {} }

/** Reports required files that are missing. */
export function filesReader(option: FilesOption): ArgumentReader {
  if (isStreaming(option)) return () => undefined
  const required = Object.keys(option).filter((field) => option[field]?.required)
  return ({ request }) => {
    const { files } = request as Exchange['request'] & { files: Readonly<Record<string, unknown>> }
    const missing = required.filter((field) => files[field] === undefined)
    if (missing.length === 0) return undefined
    return missing.map((field): ErrorItem => ({ detail: 'A file is required', pointer: fragmentOf([field]) }))
  }
}
