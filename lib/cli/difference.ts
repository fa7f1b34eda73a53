/**
 * What makes one document another, a line each.
 *
 *     + #/paths/~1pets/post        it came        - …  it went        ~ …  it is another
 */
import { pointerOf } from '../json/json-pointer.ts'

/** In the order of the new one, what went last; nothing is said of what is below a difference. */
export function differences(old: unknown, now: unknown, path: readonly string[] = []): string[] {
  if (!isTree(old) || !isTree(now) || Array.isArray(old) !== Array.isArray(now))
    return Object.is(old, now) ? [] : [`~ ${pointerOf(path)}`]
  const came = Object.keys(now).flatMap((name) =>
    Object.hasOwn(old, name)
      ? differences(old[name], now[name], [...path, name])
      : [`+ ${pointerOf([...path, name])}`],
  )
  const went = Object.keys(old).filter((name) => !Object.hasOwn(now, name))
  return [...came, ...went.map((name) => `- ${pointerOf([...path, name])}`)]
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
