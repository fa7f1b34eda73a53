/** Plain records: objects of JSON, queries and forms, with or without a prototype. */

export type PlainRecord = Record<string, unknown>

/** Whether a value is a plain record: no array, Date or instance of a class. */
export function isPlain(value: unknown): value is PlainRecord {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Sets an own member; `__proto__` is an ordinary name. */
export function put(record: PlainRecord, name: string, value: unknown): void {
  if (name !== '__proto__') record[name] = value
  else Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true })
}

/**
 * An empty record for members whose names are large numbers. V8 keeps a place for each number up to the largest, 5 kB for the
 * responses of an operation, unless one was far from the others.
 */
export function sparseRecord<T>(): Record<string, T> {
  const record: Record<string, T> = {}
  record[9999] = undefined as T
  delete record[9999]
  return record
}

/** An empty record, without a prototype if the model has none. */
export function blankOf(model: object): PlainRecord {
  return Object.getPrototypeOf(model) === null ? Object.create(null) : {}
}

/** A shallow copy. */
export function copyOf(record: PlainRecord): PlainRecord {
  const copy = blankOf(record)
  for (const name of Object.keys(record)) put(copy, name, record[name])
  return copy
}

/** The list of a keyword; empty when the value is not a list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
