/** Which security schemes browsers meet by themselves: with cookies, kept passwords and client certificates. */
import { isKeptByBrowsers } from '../http/authorization.ts'
import type { SecuritySchemeObject } from './security-scheme.ts'

/** Whether browsers send the credentials of a scheme by themselves; undefined where its document does not say. */
function isAmbientScheme({ type, in: place, scheme }: SecuritySchemeObject): boolean | undefined {
  if (type === 'apiKey') return place === 'cookie'
  if (type === 'http') return isKeptByBrowsers(String(scheme))
  return type === 'mutualTLS' ? true : undefined
}

/** Whether browsers send the credentials of all schemes of a requirement by themselves; undefined where a document does not say. */
export function areAmbient(documents: readonly SecuritySchemeObject[]): boolean | undefined {
  const all = documents.map(isAmbientScheme)
  if (all.includes(false)) return false
  return all.includes(undefined) || all.length === 0 ? undefined : true
}
