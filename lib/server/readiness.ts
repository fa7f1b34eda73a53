/** Runs the checks of what a process needs, each with a time limit. */
import type { Logger } from '../blueprint/blueprint-options.ts'
import { logTo } from '../walk/log.ts'

/** A check; the signal aborts when its time is over. */
export type Check = (signal: AbortSignal) => unknown

interface Report {
  readonly status: 'ok' | 'failed'
  readonly checks: Readonly<Record<string, 'ok' | 'failed'>>
}

/**
 * A function that runs all checks at once. Calls during a run share its report, so that probes do not multiply the load.
 * A failure is logged when it begins, not at each probe.
 */
export function readinessOf(
  checks: Readonly<Record<string, Check>>,
  timeoutSeconds: number,
  logger: Logger,
): () => Promise<Report> {
  const failing = new Set<string>()
  let running: Promise<Report> | undefined

  return () => {
    running ??= runAll().finally(() => {
      running = undefined
    })
    return running
  }

  async function runAll(): Promise<Report> {
    const names = Object.keys(checks)
    const results = await Promise.all(names.map(succeeds))
    return {
      status: results.every(Boolean) ? 'ok' : 'failed',
      checks: Object.fromEntries(names.map((name, index) => [name, results[index] ? 'ok' : 'failed'])),
    }
  }

  async function succeeds(name: string): Promise<boolean> {
    const controller = new AbortController()
    const { signal } = controller
    const timer = setTimeout(() => {
      controller.abort(new Error(`No result in ${timeoutSeconds} s`))
    }, timeoutSeconds * 1000)
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    try {
      const checked = (async () => checks[name]?.(signal))()
      if ((await Promise.race([checked, late])) === false) throw new Error('It resolved to false')
      failing.delete(name)
      return true
    } catch (error) {
      if (!failing.has(name)) logTo(logger, `The health check '${name}' fails`, error, { check: name })
      failing.add(name)
      return false
    } finally {
      clearTimeout(timer)
    }
  }
}
