/**
 * Names of media types for the query, where Accept cannot be set: in a link, in the address bar.
 *
 *     formats: { csv: 'text/csv' }  ·  ?format=csv  →  text/csv, whatever Accept is
 */

/** The formats of an endpoint. */
export interface Formats {
  /** The query parameter. */
  readonly parameter: string
  /** Media types by name. */
  readonly types: ReadonlyMap<string, string>
}

/** The value of the parameter in a request's target, of several the first; undefined without it. */
export function formatIn({ parameter }: Formats, target: string): string | undefined {
  const start = target.indexOf('?')
  return start < 0 ? undefined : (new URLSearchParams(target.slice(start)).get(parameter) ?? undefined)
}
