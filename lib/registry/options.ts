/** Checks of option objects, when they are given: unknown keys and wrong values are mistakes of the developer. */
import { suggestion } from './nearest.ts'

const KINDS = {
  boolean: 'true or false',
  count: 'a whole number, 0 or more',
  function: 'a function',
  list: 'a list',
  object: 'an object',
  finite: 'a whole number, 0 or more, that is not Infinity',
  positive: 'a whole number, 1 or more',
  timeout: 'a number over 0, at most 3,600',
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
  for (const key of Object.keys(options)) {
    const value = (options as Readonly<Record<string, unknown>>)[key]
    if (value === undefined) continue
    if (!Object.hasOwn(keys, key))
      throw new TypeError(`${where} has the unknown option '${key}'${suggestion(key, Object.keys(keys))}`)
    checkValue(where, key, value, keys[key] as Kind)
  }
}

/**
 * Checks the keys of an object of options alone.
 *
 * @param known lists of keys.
 * @param ofApi keys that only an Api reads, with what to do.
 * @throws {TypeError} for a key that is not known, with what to do.
 */
export function checkKnown(
  where: string,
  options: object,
  known: readonly (readonly string[])[],
  ofApi: Readonly<Record<string, string>>,
): void {
  const key = Object.keys(options).find(
    (one) => Reflect.get(options, one) !== undefined && !known.some((keys) => keys.includes(one)),
  )
  if (key === undefined) return
  if (!Object.hasOwn(ofApi, key))
    throw new TypeError(
      `${where} has the unknown option '${key}'${suggestion(key, [...known.flat(), ...Object.keys(ofApi)])}`,
    )
  throw new TypeError(`${where} has the option '${key}', which only an Api reads: ${ofApi[key]}`)
}

/** The options that are not undefined: an undefined one replaces no default, and none of a level around. */
export function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}

/** Checks the values of known keys alone. @throws {TypeError} that names the value and its type. */
export function checkValues(where: string, options: object, keys: Readonly<Record<string, Kind>>): void {
  for (const key in keys) checkValue(where, key, Reflect.get(options, key), keys[key] as Kind)
}

function checkValue(where: string, key: string, value: unknown, kind: Kind): void {
  if (value === undefined || kind === true || fits(value, kind)) return
  throw new TypeError(`${where} cannot have ${key}: ${describe(value)}; use ${KINDS[kind]}`)
}

function fits(value: unknown, kind: string): boolean {
  if (kind === 'count') return isCount(value)
  if (kind === 'finite') return isCount(value) && value !== Number.POSITIVE_INFINITY
  if (kind === 'positive') return Number.isSafeInteger(value) && (value as number) >= 1
  if (kind === 'timeout') return typeof value === 'number' && value > 0 && value <= 3600
  if (kind === 'object') return isOptionsObject(value)
  return kind === 'list' ? Array.isArray(value) : typeof value === kind
}

/** Whether a value is a limit: a whole number, 0 or more, or `Infinity`. */
function isCount(value: unknown): boolean {
  return value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && (value as number) >= 0)
}

/** Whether a value is an object without a class: no list, no Date and no promise, which would be empty options. */
function isOptionsObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null // also that of another realm
}

/** @throws {TypeError} for a value that is not a plain object of options, for instance a schema or a promise. */
export function checkObject(where: string, options: unknown): asserts options is object {
  const isReference = typeof options === 'function' || (typeof options === 'object' && options !== null)
  const isSchema = isReference && '~standard' in options
  if (isOptionsObject(options) && !isSchema) return
  const found = isSchema ? 'a schema' : describe(options)
  throw new TypeError(`${where} takes an object of options, not ${found}`)
}

/** @throws {TypeError} for a value that is not one of the choices; undefined is a default. */
export function checkChoice(where: string, key: string, value: unknown, choices: readonly unknown[]): void {
  if (value === undefined || choices.includes(value)) return
  throw new TypeError(
    `${where} cannot have ${key}: ${describe(value)}; use ${choices.map(describe).join(', ')}`,
  )
}

/** @throws {TypeError} for a logger without the method `error`; undefined is a default. */
export function checkLogger(where: string, logger: unknown): void {
  if (logger === undefined || typeof (logger as { error?: unknown } | null)?.error === 'function') return
  throw new TypeError(`${where} has a logger without the method 'error'`)
}

/** @throws {TypeError} for a value that is not a function. @param what what has to be one: `The handler of GET /pets`. */
export function checkFunction(what: string, value: unknown): asserts value is (...values: never) => unknown {
  if (typeof value !== 'function') throw new TypeError(`${what} is a function, not ${describe(value)}`)
}

/** A value as part of a message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return `the function ${value.name || 'without a name'}`
  if (Array.isArray(value)) return 'a list'
  return isOptionsObject(value) ? 'an object' : String(value)
}
