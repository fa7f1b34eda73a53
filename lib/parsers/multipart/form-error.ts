/** Exceptions for rejected forms: 413, 415, 422, with the name of the field. */
import {
  ContentTooLarge,
  UnprocessableContent,
  UnsupportedMediaType,
} from '../../exceptions/client-errors.ts'
import { MediaType } from '../../http/media-type.ts'
import type { ErrorItem } from '../../http/problem.ts'
import { fragmentOf } from '../../json/json-pointer.ts'
import type { PartHead } from './part-head.ts'

/** The rest of the content is not read, so the connection cannot be reused. */
const CLOSE = { connection: 'close' }

export function partTooLarge(kind: 'file' | 'field', field: string, maxBytes: number): ContentTooLarge {
  const detail = `The ${kind} '${field}' is longer than ${maxBytes} bytes`
  return new ContentTooLarge(detail, { errors: errorsAt(field, detail), maxBytes, headers: CLOSE })
}

export function fieldsTooLarge(maxBytes: number): ContentTooLarge {
  return new ContentTooLarge(`The fields are longer than ${maxBytes} bytes`, { maxBytes, headers: CLOSE })
}

export function tooMany(kind: 'parts' | 'fields' | 'files', limit: number): ContentTooLarge {
  return new ContentTooLarge(`The content has more than ${limit} ${kind}`, { headers: CLOSE })
}

export function oneFileTooMany(field: string): UnprocessableContent {
  const detail = 'More than one file'
  return new UnprocessableContent(`The field '${field}' takes one file`, { errors: errorsAt(field, detail) })
}

/** @throws {UnsupportedMediaType} 415, with the supported types, for a file of another type. */
export function expectType({ field, type }: PartHead, types: readonly string[] | undefined): void {
  const stated = MediaType.of(type)
  if (!types || types.some((range) => MediaType.of(range).covers(stated))) return
  const detail = `Supported media types of the file '${field}': ${types.join(', ')}`
  throw new UnsupportedMediaType(detail, { errors: errorsAt(field, detail), types })
}

function errorsAt(field: string, detail: string): readonly ErrorItem[] {
  return [{ detail, pointer: fragmentOf([field]) }]
}
