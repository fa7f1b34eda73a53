/** Checks of option objects, when they are given: unknown keys and wrong values are mistakes of the developer. */
import { suggestion } from './nearest.ts'

/** The keys of an interface of options; TypeScript reports one that is missing here. */
export type Keys<T> = Readonly<Record<keyof T, true>>

/**
 * Checks that a value is an object of known keys. Keys whose value is undefined do not count.
 *
 * @param where subject of the message: `The blueprint 'pets'`.
 * @throws {TypeError} that names the key and the nearest known one.
 */
export function checkOptions(where: string, options: unknown, keys: Readonly<Record<string, true>>): void {
  checkObject(where, options)
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(keys, key)) continue
    throw new TypeError(`${where} has the unknown option '${key}'${suggestion(key, Object.keys(keys))}`)
  }
}

/** @throws {TypeError} for a value that is not an object of options, for instance a schema. */
export function checkObject(where: string, options: unknown): asserts options is object {
  const isObject = typeof options === 'object' && options !== null && !Array.isArray(options)
  if (isObject && !('~standard' in options)) return
  const found = isObject ? 'a schema' : Array.isArray(options) ? 'a list' : String(options)
  throw new TypeError(`${where} takes an object of options, not ${found}`)
}

/**
 * Checks limits: whole numbers, 0 or more; `Infinity` is no limit. Undefined is a default.
 *
 * @throws {TypeError} that names the limit and its value.
 */
export function checkCounts(
  where: string,
  counts: object,
  keys: readonly string[] = Object.keys(counts),
): void {
  for (const [key, count] of Object.entries(counts)) {
    if (!keys.includes(key) || count === undefined || count === Number.POSITIVE_INFINITY) continue
    if (!Number.isSafeInteger(count) || count < 0)
      throw new TypeError(`${where} cannot have ${key}: ${describe(count)}; use a whole number, 0 or more`)
  }
}

/** @throws {TypeError} for a value that is not one of the choices; undefined is a default. */
export function checkChoice(where: string, key: string, value: unknown, choices: readonly unknown[]): void {
  if (value === undefined || choices.includes(value)) return
  throw new TypeError(
    `${where} cannot have ${key}: ${describe(value)}; use ${choices.map(describe).join(', ')}`,
  )
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}
