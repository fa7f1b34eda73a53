/** The cores of a measurement: servers run on one of two, this process on the other. */
import { execFileSync } from 'node:child_process'

const [serverCore, ownCore] = cores()
export const isPinned = ownCore !== undefined
/** Begins the command of a server. */
export const onServerCore = isPinned ? ['taskset', '-c', serverCore] : []
/** Begins the command of a process that uses both cores, as one that runs alone does. */
export const onBothCores = isPinned ? ['taskset', '-c', `${serverCore},${ownCore}`] : []

/** Keeps this process off the core of the servers. */
export function leaveServerCore() {
  if (isPinned) execFileSync('taskset', ['-acp', ownCore, process.pid])
}

/** The first two cores this process may use; empty when there are fewer, or when `taskset` is missing. */
function cores() {
  try {
    const list = execFileSync('taskset', ['-cp', process.pid], { encoding: 'utf8' }).split(':')[1].trim()
    const all = list.split(',').flatMap((range) => {
      const [first, last = first] = range.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, index) => String(first + index))
    })
    return all.length > 1 ? all : []
  } catch {
    return []
  }
}
