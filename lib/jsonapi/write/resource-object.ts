/** The resource object of a document, its members checked as far as JSON goes. */
import { isObject, refuse } from './issues.ts'

export interface ResourceObject {
  readonly type?: unknown
  readonly id?: unknown
  readonly lid?: unknown
  readonly attributes: Readonly<Record<string, unknown>>
  readonly relationships: Readonly<Record<string, unknown>>
}

/** @throws {HttpException} 400 for a document of another form. */
export function resourceObjectOf(document: unknown): ResourceObject {
  if (!isObject(document)) refuse(400, [], 'The document must be a JSON object')
  const { data } = document
  if (data === undefined) refuse(400, [], 'missing "data" element')
  if (!isObject(data)) refuse(400, ['data'], 'The "data" element must be one resource object')
  return {
    ...data,
    attributes: membersOf(data, 'attributes'),
    relationships: membersOf(data, 'relationships'),
  }
}

function membersOf(data: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = data[name]
  if (value === undefined) return {}
  return isObject(value) ? value : refuse(400, ['data', name], `The "${name}" element must be an object`)
}
