/** Cache-Control of a response: whether shared caches, such as those of proxies, may use it again (RFC 9111 §5.2.2). */
import { splitList } from './field.ts'

const NOT_SHARED = /^(?:private|no-store|no-cache)\b/
const LIFETIME = /^(?:s-maxage|max-age)=/

/** Whether a shared cache may store the response, and use it without asking the server: not for a lifetime of 0. */
export function isForSharedCaches(cacheControl: string): boolean {
  const directives = splitList(cacheControl.toLowerCase())
  if (directives.some((one) => NOT_SHARED.test(one))) return false
  const lifetimes = directives.filter((one) => LIFETIME.test(one))
  const shared = lifetimes.find((one) => one.startsWith('s-maxage')) ?? lifetimes[0]
  return shared === undefined ? directives.includes('public') : /=0*[1-9]/.test(shared)
}
