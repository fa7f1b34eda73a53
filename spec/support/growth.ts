/**
 * Growth of the CPU time that a function takes with the size of its input, without a limit in milliseconds.
 *
 *     expect(await growthOf((n) => parse(','.repeat(n)), 32_768)).toBeLessThan(SUPERLINEAR)
 */

/** How much smaller the small input is. */
const FACTOR = 8

/** A linear function has a ratio near 8, a quadratic one near 64. */
export const SUPERLINEAR = 4 * FACTOR

/** Shorter measurements are dominated by the clock. */
const MIN_MILLISECONDS = 2

/** Sizes are measured in turn, so that a busy machine affects both. */
const ROUNDS = 7

/** A ratio above the limit is measured again: only one that stays there is reported. */
const ATTEMPTS = 4

/** No further rounds or attempts are started after this time: long measurements are exact enough. */
const MAX_TOTAL_MILLISECONDS = 3000

type Run = (n: number) => unknown

/**
 * CPU time for an input of size n divided by that for one of size n / 8: the ratio of the shortest of several
 * rounds, and the lowest of several attempts. Time that other processes take does not count.
 *
 * @param run does the work for an input of the given size; a promise is awaited.
 */
export async function growthOf(run: Run, n: number): Promise<number> {
  const start = performance.now()
  const isLate = () => performance.now() - start > MAX_TOTAL_MILLISECONDS
  const [size, times] = [n / FACTOR, await repetitions(run, n / FACTOR)]
  let lowest = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < ATTEMPTS && lowest >= SUPERLINEAR; attempt++) {
    if (attempt > 0 && isLate()) break
    const small: number[] = []
    const large: number[] = []
    for (let round = 0; round < ROUNDS && (round === 0 || !isLate()); round++) {
      small.push(await durationOf(run, size, times))
      large.push(await durationOf(run, n, times))
    }
    lowest = Math.min(lowest, Math.min(...large) / Math.min(...small))
  }
  return lowest
}

/** How often to repeat `run` for a measurement that is long enough; warms it up on the way. */
async function repetitions(run: Run, n: number): Promise<number> {
  let times = 1
  await durationOf(run, FACTOR * n, times)
  while ((await durationOf(run, n, times)) < MIN_MILLISECONDS) times *= 2
  return times
}

async function durationOf(run: Run, n: number, times: number): Promise<number> {
  const start = process.cpuUsage()
  for (let count = 0; count < times; count++) {
    const result = run(n)
    if (result instanceof Promise) await result
  }
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}
