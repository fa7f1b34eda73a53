/** A server in a process of its own: `node child.js MODULE VARIANT` calls `start(VARIANT)` of MODULE. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { lines } from './sink.js'

const [, , module, variant] = process.argv
const { start } = await import(module)
const server = await start(variant)
if (!server.listening) await once(server, 'listening')
server.keepAliveTimeout = 600_000 // connections wait for their turn

/** Delay of the event loop in nanoseconds; the resolution of the timer is included. */
const delay = monitorEventLoopDelay({ resolution: 1 })

const answers = {
  /** CPU microseconds of all threads since the start. */
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return user + system
  },
  log: () => lines,
  watch: () => delay.enable() && delay.reset(),
  vitals: () => ({ peakMegabytes: peakMegabytes(), delayMilliseconds: delay.percentile(99) / 1e6 }),
  /** Bytes after a garbage collection. */
  memory: () => {
    setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
    return process.memoryUsage()
  },
}
process.on('message', (question) => process.send({ answer: answers[question]() }))
process.on('disconnect', () => process.exit())
process.send({ answer: server.address().port })

/** Peak memory of this process: the kernel's own figure where it can be read, otherwise that of Node.js. */
function peakMegabytes() {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}
