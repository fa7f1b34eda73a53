/** Plain records: what JSON objects, queries and forms become, with or without a prototype. */

export type PlainRecord = Record<string, unknown>

/** Whether a value is a record and no array, no Date, no instance of a class. */
export function isPlain(value: unknown): value is PlainRecord {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Sets a member; `__proto__` is a name like any other. */
export function put(record: PlainRecord, name: string, value: unknown): void {
  if (name !== '__proto__') record[name] = value
  else Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true })
}

/** An empty record, without a prototype where the model has none. */
export function blankOf(model: object): PlainRecord {
  return Object.getPrototypeOf(model) === null ? Object.create(null) : {}
}

/** One of its own with the same members. */
export function copyOf(record: PlainRecord): PlainRecord {
  const copy = blankOf(record)
  for (const name of Object.keys(record)) put(copy, name, record[name])
  return copy
}

/** Records and arrays copied all the way down; whatever else is in them stays the same. */
export function cloneOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cloneOf)
  if (!isPlain(value)) return value
  const clone = blankOf(value)
  for (const name of Object.keys(value)) put(clone, name, cloneOf(value[name]))
  return clone
}

/** A keyword's list; none when it is absent or no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
