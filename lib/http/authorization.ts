/** Schemes of the field Authorization. RFC 9110 §11.4. */

/** Those whose credentials a browser keeps and sends by itself, as it does with cookies. Lower case. */
const KEPT_BY_BROWSERS: readonly string[] = ['basic', 'digest', 'negotiate', 'ntlm']

/** Whether a browser sends credentials by itself. @param text the name of the scheme, or the value of the field. */
export function isKeptByBrowsers(text: string): boolean {
  const [scheme = ''] = text.trim().split(/\s/, 1)
  return KEPT_BY_BROWSERS.includes(scheme.toLowerCase())
}
