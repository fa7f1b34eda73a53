/** Checks of options that are lists of names of header fields. */
import { isToken } from '../http/field.ts'
import { describe } from './options.ts'

/** @throws {TypeError} for an entry that is not the name of a field (RFC 9110 §5.1); undefined is an empty list. */
export function checkFieldNames(where: string, key: string, names: readonly unknown[] = []): void {
  for (const name of names) {
    if (typeof name !== 'string' || !isToken(name))
      throw new TypeError(`${where}, in '${key}', has ${describe(name)}, which is no field name`)
  }
}
