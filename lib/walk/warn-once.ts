/** Warnings about mistakes of the developer that are detected only while requests are served. */
import type { Logger } from '../blueprint/blueprint-options.ts'
import { warnTo } from './log.ts'

const warned = new WeakMap<object, Set<string>>()

/**
 * Warns once per endpoint and code: in the log, or as a process warning where the logger has no `warn`.
 *
 * @param code for `process.on('warning')`, such as `MAZURKA_ITEM_COUNT`.
 */
export function warnOnce(endpoint: Warned, code: string, message: string): void {
  const codes = warned.get(endpoint) ?? new Set()
  if (codes.has(code)) return
  warned.set(endpoint, codes.add(code))
  warnTo(endpoint.logger ?? console, message, { code, endpoint: endpoint.name })
}

/** An endpoint, as far as a warning needs to know it. */
interface Warned {
  readonly name?: string
  readonly logger?: Logger | undefined
}
