/** The URLs of operations: `href` in place of `ref`. */
import type { Target } from '../write/operation.ts'
import type { ServedApi } from './served-api.ts'

/**
 * The target of a URL as links of documents show it, or of the same on this host: `/api/person`, `/api/person/1`,
 * `/api/person/1/relationships/articles`, `https://api.example.org/api/person/1`.
 *
 * @param root the absolute URL before the paths of the APIs.
 * @returns Undefined for any other URL.
 */
export function targetOfUrl(text: string, root: string, apis: readonly ServedApi[]): Target | undefined {
  const path = pathBelow(root, text)
  if (path === undefined) return undefined
  for (const { resource } of apis) {
    const { path: collection } = resource.settings
    if (path !== collection && !path.startsWith(`${collection}/`)) continue
    const segments = segmentsOf(path.slice(collection.length))
    if (!segments || segments.includes('')) return undefined
    const [id, relationships, relationship, ...others] = segments
    const target = { type: resource.type, collection }
    if (id === undefined) return target
    if (relationships === undefined) return { ...target, id }
    if (relationships !== 'relationships' || relationship === undefined || others.length > 0) return undefined
    return { ...target, id, relationship }
  }
  return undefined
}

/** Undefined for a URL with a query, for one of another host, and for text that is no URL. A proxy may have changed the scheme. */
function pathBelow(root: string, text: string): string | undefined {
  if (!/^\/|:/.test(text) || !URL.canParse(text, root)) return undefined
  const [url, { host, pathname }] = [new URL(text, root), new URL(root)]
  if (url.host !== host || url.search !== '' || url.hash !== '') return undefined
  const mount = pathname.replace(/\/$/, '')
  return url.pathname.startsWith(mount) ? url.pathname.slice(mount.length) : undefined
}

function segmentsOf(path: string): readonly string[] | undefined {
  try {
    return path.split('/').slice(1).map(decodeURIComponent)
  } catch {
    return undefined
  }
}
