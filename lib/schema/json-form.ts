/**
 * The form in which JSON writes an object: what a response is validated in.
 *
 *     { owner: new User() }  →  { owner: { id: 1, email: '…@x' } }, which its toJSON returns
 */
import { plain } from '../json/json-value.ts'
import { copyOf, type PlainRecord } from './record.ts'

/** The JSON form of an object; its members and items are unchanged. JSON calls no further `toJSON` of the form. */
export function jsonForm(value: object): unknown {
  const form = plain(value, '')
  if (typeof form !== 'object' || form === null || !hasToJson(form)) return form
  if (Array.isArray(form)) return Array.from(form)
  const { toJSON: _, ...members } = copyOf(form as unknown as PlainRecord)
  return members
}

export function hasToJson(value: object): value is { toJSON(key: string): unknown } {
  return typeof (value as { readonly toJSON?: unknown }).toJSON === 'function'
}
