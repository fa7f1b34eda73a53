/** Rounds whose floor deviates: other load on the machine, or another speed of its cores, does not meet all servers alike then. */
import { median } from './median.js'

/** Part of the median. */
const TOLERANCE = 0.15
/** Such a round is run again, up to so many times. */
const ATTEMPTS = 3

/**
 * Measures all rounds, and those again in which a floor deviates.
 *
 * @param measure puts the samples of a round at its index. @param floorsOf the samples of each floor, `{ cpu }` per round.
 * @returns how many rounds were run again, and how many deviate all the same.
 */
export async function measureRounds(title, rounds, measure, floorsOf) {
  const measureAll = async (chosen) => {
    for (const round of chosen) {
      console.error(`${title}, round ${round + 1} of ${rounds}`)
      await measure(round)
    }
  }
  await measureAll(Array(rounds).keys())
  const find = () => [...new Set(floorsOf().flatMap(deviatingRounds))]
  const { repeated, deviating } = await runAgain(find, measureAll)
  return { all: { repeated: repeated.length, deviating: deviating.length } }
}

/** The indexes of the rounds whose CPU per request is too far from the median. @param samples of the floor, one per round. */
export function deviatingRounds(samples) {
  const middle = median(samples.map(({ cpu }) => cpu))
  return samples.flatMap(({ cpu }, round) => (Math.abs(cpu / middle - 1) > TOLERANCE ? [round] : []))
}

/**
 * Runs again what deviates, until nothing does, or it has been tried often enough.
 *
 * @param find the list of what deviates now. @param run runs all of a list again.
 * @returns what was run again, once for each time, and what deviates all the same.
 */
export async function runAgain(find, run) {
  const repeated = []
  let deviating = find()
  for (let attempt = 0; attempt < ATTEMPTS && deviating.length > 0; attempt++) {
    await run(deviating)
    repeated.push(...deviating)
    deviating = find()
  }
  return { repeated, deviating }
}
