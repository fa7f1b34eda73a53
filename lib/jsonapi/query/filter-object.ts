/**
 * Filters as clients send them and as processors change them: JSON.
 *
 *     filter[objects]=[{"name":"age","op":"ge","val":18}]
 *     filter[name]=Ann,Bob      →  { name: 'name', op: 'in', val: ['Ann', 'Bob'] }
 *     filter[author]=1          →  { name: 'author', op: 'has', val: { name: 'id', op: 'in', val: ['1'] } }
 */
import { parameterError } from '../errors/issue.ts'
import type { Resource } from '../resource/resource.ts'
import { sharedRelationship } from './visible-field.ts'

/** One filter: a comparison, or a combination of filters. */
export interface FilterObject {
  /** The name of an attribute, of a relationship, or `id`. */
  name?: string
  /** The name of an operator. */
  op?: string
  val?: unknown
  /** The name of an attribute to compare with, in place of `val`. */
  field?: string
  and?: FilterObject[]
  or?: FilterObject[]
  not?: FilterObject
}

/** The filters of `filter[objects]`; their members are checked when they are resolved. */
export function parseFilterObjects(text: string, parameter: string): FilterObject[] {
  const filters = parseJson(text)
  if (filters === undefined) throw parameterError(parameter, 'Unable to decode filter objects as JSON list')
  if (!Array.isArray(filters))
    throw parameterError(parameter, 'Unable to construct query: the value must be a list of filter objects')
  return filters
}

/** Undefined for a text that is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The filter of `filter[name]`: one of the values between commas; of a relationship, one of their ids. */
export function simpleFilter(resource: Resource, name: string, text: string): FilterObject {
  const val = splitValues(text)
  const relationship = sharedRelationship(resource, name)
  if (!relationship) return { name, op: 'in', val }
  return { name, op: relationship.isMany ? 'any' : 'has', val: { name: 'id', op: 'in', val } }
}

/**
 * The values between commas. A backslash before a comma makes the comma part of the value; all others are data.
 *
 *     a,b     →  'a', 'b'           a\,b    →  'a,b'
 *     a\b     →  'a\b'              a\\,b   →  'a\', 'b'
 */
export function splitValues(text: string): string[] {
  const values: string[] = []
  let value = ''
  let slashes = 0
  for (const character of text) {
    if (character === '\\') slashes++
    else {
      if (character !== ',') value += '\\'.repeat(slashes) + character
      else if (slashes % 2 === 1) value += `${'\\'.repeat(slashes >> 1)},`
      else {
        values.push(value + '\\'.repeat(slashes >> 1))
        value = ''
      }
      slashes = 0
    }
  }
  values.push(value + '\\'.repeat(slashes))
  return values
}
