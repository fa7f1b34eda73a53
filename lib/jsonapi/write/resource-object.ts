/** The resource object of a document, its members checked as far as JSON goes. */
import { MissingData } from '../errors/deserialization-exceptions.ts'
import { failure, isObject } from './issues.ts'

export interface ResourceObject {
  readonly type?: unknown
  readonly id?: unknown
  readonly lid?: unknown
  readonly attributes: Readonly<Record<string, unknown>>
  readonly relationships: Readonly<Record<string, unknown>>
}

/** @throws {HttpException} 400 for a document of another form. */
export function resourceObjectOf(document: unknown): ResourceObject {
  if (!isObject(document)) throw failure(400, [], 'The document must be a JSON object')
  const { data } = document
  if (data === undefined) throw new MissingData({ pointer: '' })
  if (!isObject(data)) throw failure(400, ['data'], 'The "data" element must be one resource object')
  return {
    ...data,
    attributes: membersOf(data, 'attributes'),
    relationships: membersOf(data, 'relationships'),
  }
}

function membersOf(data: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = data[name]
  if (value === undefined) return {}
  if (!isObject(value)) throw failure(400, ['data', name], `The "${name}" element must be an object`)
  return value
}
