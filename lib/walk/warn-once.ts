/** Warnings about mistakes of the developer that are detected only while requests are served. */

const warned = new WeakMap<object, Set<string>>()

/**
 * Emits a process warning, once per endpoint and code.
 *
 * @param code for `process.on('warning')`, such as `MAZURKA_ITEM_COUNT`.
 */
export function warnOnce(endpoint: object, code: string, message: string): void {
  const codes = warned.get(endpoint) ?? new Set()
  if (codes.has(code)) return
  warned.set(endpoint, codes.add(code))
  process.emitWarning(message, { code })
}
