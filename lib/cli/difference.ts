/**
 * Differences of two documents, one line each.
 *
 *     + #/paths/~1pets/post        added          - …  removed        ~ …  changed
 */
import { pointerOf } from '../json/json-pointer.ts'

/** In the order of the new document, removed members last; nothing below an added or removed member. */
export function differences(old: unknown, now: unknown, path: readonly string[] = []): string[] {
  if (!isTree(old) || !isTree(now) || Array.isArray(old) !== Array.isArray(now))
    return Object.is(old, now) ? [] : [`~ ${pointerOf(path)}`]
  const added = Object.keys(now).flatMap((name) =>
    Object.hasOwn(old, name)
      ? differences(old[name], now[name], [...path, name])
      : [`+ ${pointerOf([...path, name])}`],
  )
  const removed = Object.keys(old).filter((name) => !Object.hasOwn(now, name))
  return [...added, ...removed.map((name) => `- ${pointerOf([...path, name])}`)]
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
