/**
 * Link: a related resource and its relation type.
 *
 *     </readings>; rel="alternate"; type="text/csv"
 *
 * RFC 8288 §3.
 */

/** One link value. Characters that would end the target or a parameter are escaped. */
export function linkTo(target: string, parameters: Readonly<Record<string, string>>): string {
  const address = encodeURI(target).replaceAll('%25', '%').replaceAll('>', '%3E')
  const rest = Object.entries(parameters).map(
    ([name, value]) => `; ${name}="${value.replace(/["\\]/g, '\\$&')}"`,
  )
  return `<${address}>${rest.join('')}`
}
