/**
 * Link: what else there is, and how it relates.
 *
 *     </readings>; rel="alternate"; type="text/csv"
 *
 * RFC 8288 §3.
 */

/** One link value. Whatever would end the target or a parameter early is escaped. */
export function linkTo(target: string, parameters: Readonly<Record<string, string>>): string {
  const address = encodeURI(target).replaceAll('%25', '%').replaceAll('>', '%3E')
  const rest = Object.entries(parameters).map(
    ([name, value]) => `; ${name}="${value.replace(/["\\]/g, '\\$&')}"`,
  )
  return `<${address}>${rest.join('')}`
}
