/**
 * Turns of the event loop, shared by the responses that are streamed: after a few milliseconds of their chunks the event
 * loop serves other requests.
 *
 * A source in memory never waits, and the `drain` of a fast client comes in the same turn. When the time is over, tasks
 * wait in a queue; of these each turn runs one.
 */

/** For the tasks of one turn. An iteration of the event loop may have two: one that a request has begun, one of the queue. */
const TURN_MILLISECONDS = 5

/** Tasks of later turns. */
const queue: (() => void)[] = []
/** End of the current turn; 0 between turns. */
let end = 0

/** Calls `task` at once, or in one of the next turns. */
export function inTurn(task: () => void): void {
  const now = performance.now()
  if (end === 0) start(now)
  if (queue.length === 0 && now < end) task()
  else queue.push(task)
}

function start(now: number): void {
  end = now + TURN_MILLISECONDS
  setImmediate(next)
}

function next(): void {
  const task = queue.shift()
  end = 0
  if (!task) return
  start(performance.now())
  task()
}
