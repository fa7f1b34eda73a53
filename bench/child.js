/** A server in a process of its own: `node child.js MODULE VARIANT` serves what MODULE's `start` starts. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const [, , module, variant] = process.argv
const { start } = await import(module)
const server = await start(variant)
if (!server.listening) await once(server, 'listening')

/** Of the event loop; in nanoseconds, its own resolution included. */
const delay = monitorEventLoopDelay({ resolution: 1 })

const answers = {
  /** Microseconds of CPU so far, of all threads. */
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return user + system
  },
  watch: () => delay.enable() && delay.reset(),
  vitals: () => ({ peakMegabytes: peakMegabytes(), delayMilliseconds: delay.percentile(99) / 1e6 }),
}
process.on('message', (question) => process.send({ answer: answers[question]() }))
process.on('disconnect', () => process.exit())
process.send({ answer: server.address().port })

/** The kernel's own high-water mark of this process, where there is one to read. */
function peakMegabytes() {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}
