/** Values of records by names that others have chosen: of columns, types, fields. One of them may be `constructor`. */

/** The value that a record itself has under a name; undefined for one that its prototype has. */
export function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
