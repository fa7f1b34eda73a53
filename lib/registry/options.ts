/** Checks of option objects, when they are given: unknown keys and wrong values are mistakes of the developer. */
import { suggestion } from './nearest.ts'

const KINDS = {
  boolean: 'true or false',
  count: 'a whole number, 0 or more',
  function: 'a function',
  list: 'a list',
  object: 'an object',
  string: 'a text',
}

/** The type of an option; true where it is checked elsewhere. */
type Kind = keyof typeof KINDS | true

/** The keys of an interface of options with their types; TypeScript reports one that is missing here. */
export type Keys<T> = Readonly<Record<keyof T, Kind>>

/**
 * Checks that a value is an object of known keys with values of their types. Keys whose value is undefined do not count.
 *
 * @param where subject of the message: `The blueprint 'pets'`.
 * @throws {TypeError} that names the key and the nearest known one, or the value and its type.
 */
export function checkOptions(where: string, options: unknown, keys: Readonly<Record<string, Kind>>): void {
  checkObject(where, options)
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(keys, key)) continue
    throw new TypeError(`${where} has the unknown option '${key}'${suggestion(key, Object.keys(keys))}`)
  }
  checkValues(where, options, keys)
}

/**
 * Checks the keys of an object of options alone.
 *
 * @param ofApi keys that an Api would know.
 * @throws {TypeError} for a key that is not known, with what to do.
 */
export function checkKnown(
  where: string,
  options: object,
  known: ReadonlySet<string>,
  ofApi: readonly string[],
): void {
  const odd = Object.entries(options).find(([key, value]) => value !== undefined && !known.has(key))
  if (!odd) return
  const [key] = odd
  throw new TypeError(
    ofApi.includes(key)
      ? `${where} has the option '${key}', which only an Api reads: register the blueprint on one, or use the middleware of mazurka/security`
      : `${where} has the unknown option '${key}'${suggestion(key, [...known, ...ofApi])}`,
  )
}

/** Checks the values of known keys alone. @throws {TypeError} that names the value and its type. */
export function checkValues(
  where: string,
  options: Readonly<Record<string, unknown>> | object,
  keys: Readonly<Record<string, Kind>>,
): void {
  for (const [key, kind] of Object.entries(keys)) {
    const value = (options as Readonly<Record<string, unknown>>)[key]
    if (value !== undefined && kind !== true && !fits(value, kind))
      throw new TypeError(`${where} cannot have ${key}: ${describe(value)}; use ${KINDS[kind]}`)
  }
}

function fits(value: unknown, kind: string): boolean {
  if (kind === 'count') return isCount(value)
  if (kind === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return kind === 'list' ? Array.isArray(value) : typeof value === kind
}

/** Whether a value is a limit: a whole number, 0 or more, or `Infinity`. */
function isCount(value: unknown): boolean {
  return value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && (value as number) >= 0)
}

/** @throws {TypeError} for a value that is not an object of options, for instance a schema. */
export function checkObject(where: string, options: unknown): asserts options is object {
  const isObject = typeof options === 'object' && options !== null && !Array.isArray(options)
  if (isObject && !('~standard' in options)) return
  const isSchema = typeof options === 'function' && '~standard' in options
  const found = isObject || isSchema ? 'a schema' : describe(options)
  throw new TypeError(`${where} takes an object of options, not ${found}`)
}

/**
 * Checks limits: whole numbers, 0 or more; `Infinity` is no limit. Undefined is a default.
 *
 * @throws {TypeError} that names the limit and its value.
 */
export function checkCounts(where: string, counts: object): void {
  for (const [key, count] of Object.entries(counts)) {
    if (count !== undefined && !isCount(count))
      throw new TypeError(`${where} cannot have ${key}: ${describe(count)}; use ${KINDS.count}`)
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
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return `the function ${value.name || 'without a name'}`
  return Array.isArray(value) ? 'a list' : String(value)
}
