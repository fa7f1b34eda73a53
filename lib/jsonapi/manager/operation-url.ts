/** The URLs of operations: `href` in place of `ref`. */
import type { Target } from '../write/operation.ts'
import type { ServedApi } from './served-api.ts'

/**
 * The target of a URL: `/api/person`, `/api/person/1` or `/api/person/1/relationships/articles`.
 *
 * @param mount the path before those of the APIs.
 * @returns Undefined for any other URL.
 */
export function targetOfUrl(url: string, mount: string, apis: readonly ServedApi[]): Target | undefined {
  const path = pathOf(url)
  if (path === undefined) return undefined
  const own = path.startsWith(mount) ? path.slice(mount.length) : path
  for (const { resource } of apis) {
    const { path: collection } = resource.settings
    if (own !== collection && !own.startsWith(`${collection}/`)) continue
    const [id, relationships, relationship, ...others] = segmentsOf(own.slice(collection.length)) ?? []
    const { type } = resource
    if (id === undefined) return { type }
    if (relationships === undefined) return { type, id }
    if (relationships !== 'relationships' || relationship === undefined || others.length > 0) return undefined
    return { type, id, relationship }
  }
  return undefined
}

/** Undefined for text that is no URL, and for a URL with a query. */
function pathOf(text: string): string | undefined {
  const base = 'http://localhost'
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined
  return url && url.search === '' && url.hash === '' ? url.pathname : undefined
}

function segmentsOf(path: string): readonly string[] | undefined {
  try {
    return path.split('/').slice(1).map(decodeURIComponent)
  } catch {
    return undefined
  }
}
