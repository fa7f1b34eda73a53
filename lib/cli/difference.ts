/**
 * Differences of two documents, one line each.
 *
 *     + #/paths/~1pets/post        added          - …  removed        ~ #/info/version: "1" → "2"  changed
 */
import { fragmentOf } from '../json/json-pointer.ts'

/** In the order of the new document, removed members last; nothing below an added or removed member. */
export function differences(old: unknown, now: unknown, path: readonly string[] = []): string[] {
  if (!isTree(old) || !isTree(now) || Array.isArray(old) !== Array.isArray(now))
    return Object.is(old, now) ? [] : [`~ ${fragmentOf(path)}: ${shown(old)} → ${shown(now)}`]
  const added = Object.keys(now).flatMap((name) =>
    Object.hasOwn(old, name)
      ? differences(old[name], now[name], [...path, name])
      : [`+ ${fragmentOf([...path, name])}${suffixOf(now[name])}`],
  )
  const removed = Object.keys(old).filter((name) => !Object.hasOwn(now, name))
  return [...added, ...removed.map((name) => `- ${fragmentOf([...path, name])}${suffixOf(old[name])}`)]
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** In characters. */
const MAX_VALUE_LENGTH = 60

/** The value after the pointer of an added or removed member; objects and arrays are left out. */
function suffixOf(value: unknown): string {
  return isTree(value) ? '' : `: ${shown(value)}`
}

/** JSON in one line, shortened. */
function shown(value: unknown): string {
  const characters = [...(JSON.stringify(value) ?? 'undefined')]
  return characters.length <= MAX_VALUE_LENGTH
    ? characters.join('')
    : `${characters.slice(0, MAX_VALUE_LENGTH - 1).join('')}…`
}
