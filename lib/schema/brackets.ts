/**
 * Names with brackets in queries and forms, as axios, jQuery, PHP and Rails write them.
 *
 *     ids[]=1&ids[]=2    →  ids: ['1', '2']
 *     filter[city]=Łódź  →  filter: { city: 'Łódź' }     where nesting is on
 *
 * A name that the schema itself defines, `ids[]` for instance, stays as it is.
 */
import type { JsonSchema } from './json-schema.ts'
import { memberTreeOf } from './location.ts'
import { hasItems, membersOf } from './member-tree.ts'
import { isPlain, put } from './record.ts'

type Values = Readonly<Record<string, unknown>>

/** Names in brackets after the first; a longer name stays as it is. */
const MAX_DEPTH = 8

/** A function that moves values with brackets in their names to the members of a schema; compiled once. */
export function bracketsOf(schema: JsonSchema | undefined, isNested: boolean): (values: Values) => Values {
  const members = schema && memberTreeOf(schema).members
  const lists = listsOf(schema)
  if (!members || (lists.length === 0 && !isNested)) return (values) => values
  const pathOf = (name: string): readonly string[] | undefined => {
    if (!name.endsWith(']') || members.has(name)) return undefined
    const path = split(name)
    const isMoved = isNested ? path && members.has(path[0] as string) : lists.includes(name.slice(0, -2))
    return isMoved ? path : undefined
  }
  return (values) => {
    let moved: Record<string, unknown> | undefined
    for (const name of Object.keys(values)) {
      const path = pathOf(name)
      if (!path) continue
      moved ??= copyWithout(values, (other) => pathOf(other) !== undefined)
      if (!add(moved, path, values[name])) put(moved, name, values[name])
    }
    return moved ?? values
  }
}

/** The names of the members that a schema defines as lists. */
export function listsOf(schema: JsonSchema | undefined): readonly string[] {
  const members = schema ? membersOf(memberTreeOf(schema)) : []
  return members.filter(([, tree]) => hasItems(tree)).map(([name]) => name)
}

function copyWithout(values: Values, isOmitted: (name: string) => boolean): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const name of Object.keys(values)) if (!isOmitted(name)) put(copy, name, values[name])
  return copy
}

/** The names of `a[b][]`: `a`, `b` and the empty one; undefined for other brackets. */
function split(name: string): string[] | undefined {
  const start = name.indexOf('[')
  const inner = name.slice(start + 1, -1).split('][')
  const isOdd = start < 1 || inner.length > MAX_DEPTH || inner.some((part) => /[[\]]/.test(part))
  return isOdd || inner.slice(0, -1).includes('') ? undefined : [name.slice(0, start), ...inner]
}

/** Adds a value at a path; an empty last name appends to a list. @returns False where another value is in the way. */
function add(target: Record<string, unknown>, path: readonly string[], value: unknown): boolean {
  const isAppended = path.at(-1) === ''
  const names = isAppended ? path.slice(0, -1) : path
  let record = target
  for (const name of names.slice(0, -1)) {
    if (!Object.hasOwn(record, name)) put(record, name, {})
    const next = record[name]
    if (!isPlain(next)) return false
    record = next as Record<string, unknown>
  }
  const last = names.at(-1) as string
  const known = Object.hasOwn(record, last) ? record[last] : undefined
  if (isPlain(known)) return false
  const isSingle = known === undefined && !isAppended
  put(record, last, isSingle ? value : [known ?? [], value].flat())
  return true
}
