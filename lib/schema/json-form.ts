/**
 * The form in which JSON writes an object: what a response is validated in.
 *
 *     { owner: new User() }  →  { owner: { id: 1, email: '…@x' } }, which its toJSON returns
 */
import { bytesOf } from '../json/bytes.ts'
import { isMoment, plain } from '../json/json-value.ts'
import { copyOf, isPlain, type PlainRecord, put } from './record.ts'

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

/**
 * Data with the records and lists that `toJSON` returns in place of its objects, at any depth of records and lists.
 *
 * Where no schema tells what it accepts, Dates, bytes, Maps and values whose `toJSON` returns a text stay.
 */
export function withForms(data: unknown): unknown {
  return typeof data === 'object' && data !== null ? formOf(data, 0, new Map()) : data
}

/** Most data is not deeper, and needs no account of what was found. */
const SHALLOW = 2

/** @param known The forms of deeper records and lists: data may contain itself. */
function formOf(value: object, depth: number, known: Map<object, unknown>): unknown {
  if (!hasToJson(value)) return Array.isArray(value) || isPlain(value) ? within(value, depth, known) : value
  if (isMoment(value) || bytesOf(value)) return value
  const form = jsonForm(value)
  return typeof form === 'object' && form !== null ? within(form, depth, known) : value
}

function within(value: object, depth: number, known: Map<object, unknown>): unknown {
  const earlier = depth > SHALLOW && known.get(value)
  if (earlier) return earlier
  if (depth > SHALLOW) known.set(value, value)
  const copy = Array.isArray(value)
    ? itemsWithForms(value, depth + 1, known)
    : membersWithForms(value as PlainRecord, depth + 1, known)
  if (copy && depth > SHALLOW) known.set(value, copy)
  return copy ?? value
}

function itemsWithForms(
  items: readonly unknown[],
  depth: number,
  known: Map<object, unknown>,
): unknown[] | undefined {
  let copy: unknown[] | undefined
  for (let index = 0; index < items.length; index++) {
    const item = items[index]
    if (typeof item !== 'object' || item === null) continue
    const form = formOf(item, depth, known)
    if (form === item) continue
    copy ??= [...items]
    copy[index] = form
  }
  return copy
}

function membersWithForms(
  members: PlainRecord,
  depth: number,
  known: Map<object, unknown>,
): PlainRecord | undefined {
  let copy: PlainRecord | undefined
  for (const name in members) {
    const member = members[name]
    if (typeof member !== 'object' || member === null || !Object.hasOwn(members, name)) continue
    const form = formOf(member, depth, known)
    if (form === member) continue
    copy ??= copyOf(members)
    put(copy, name, form)
  }
  return copy
}
