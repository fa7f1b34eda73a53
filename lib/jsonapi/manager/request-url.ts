/** The URL of a request as links show it, and the path that all URLs of its document begin with. */
import { clientOf } from '../../proxy/client.ts'
import type { ApiRequest } from './api-call.ts'

interface RequestUrl {
  /** Before the path of an API: an origin, a prefix that a proxy has removed, the path that the app is mounted at. */
  readonly base: string
  /** The URL of the request. */
  readonly self: string
}

/**
 * @param path of the endpoint, which ends the path of the request: `/api/person/:id`.
 * @param baseUrl the origin of links; empty: they are paths.
 */
export function requestUrl(request: ApiRequest, path: string, baseUrl: string): RequestUrl {
  const base = baseUrl === '' ? mountOf(request, path) : baseUrl
  const [full = '', query] = request.originalUrl.split(/\?(.*)/s)
  const self = [base, ...splitAt(full, path)[1]].join('/')
  return { base, self: encoded(query === undefined ? self : `${self}?${query}`) }
}

/** The path before that of an endpoint, where apps or proxies have mounted it: empty for none. */
function mountOf(request: ApiRequest, path: string): string {
  const [full = ''] = request.originalUrl.split('?')
  return clientOf(request).prefix + splitAt(full, path)[0].join('/')
}

/** The segments before an endpoint, and its own. */
function splitAt(full: string, path: string): readonly [before: readonly string[], own: readonly string[]] {
  const segments = full.replace(/\/$/, '').split('/')
  const own = segments.splice(segments.length - (path.split('/').length - 1))
  return [segments, own]
}

/** With those characters encoded that clients send as they are, although URLs do not have them: `page[size]`. */
function encoded(url: string): string {
  return url.replace(
    /%(?![\da-f]{2})|[^\w!#$%&'()*+,./:;=?@~-]/gi,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
