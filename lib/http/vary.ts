/**
 * Vary: the request fields that the response depends on.
 *
 *     unionOf('Origin', 'Accept')  →  'Origin, Accept'
 *
 * RFC 9110 §12.5.5.
 */
import { splitList } from './field.ts'
import { type Fields, withFields } from './headers.ts'

/**
 * The fields of both records: an added one replaces that of its name, but Vary is the union of both, and each Set-Cookie
 * is a cookie of its own (RFC 6265 §3).
 */
export function mergeFields(fields: Readonly<Fields>, added: Readonly<Fields>): Fields {
  const merged = withFields(fields, added)
  const [known, more] = [fields['set-cookie'], added['set-cookie']]
  if (known !== undefined && more !== undefined) merged['set-cookie'] = linesOf(known, more)
  if (fields.vary !== undefined && added.vary !== undefined) merged.vary = unionOf(fields.vary, added.vary)
  return merged
}

/** Several values of Vary as one: each field once, ignoring case; `*` replaces all others. */
export function unionOf(...values: readonly (string | number | readonly string[])[]): string {
  const names = linesOf(...values).flatMap((value) => splitList(value))
  const fields = new Map(names.map((name) => [name.toLowerCase(), name]))
  return fields.has('*') ? '*' : [...fields.values()].join(', ')
}

/** The lines of a field that has several. */
export function linesOf(...values: readonly (string | number | readonly string[])[]): string[] {
  return values.flat().map(String)
}
