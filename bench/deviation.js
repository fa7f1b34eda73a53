/** Rounds whose floor deviates: other load on the machine, or another speed of its cores, does not meet all servers alike then. */
import { median } from './median.js'

/** Part of the median. */
const TOLERANCE = 0.15
/** Such a round is run again, up to so many times. */
export const ATTEMPTS = 3

/** The indexes of the rounds whose CPU per request is too far from the median. @param samples of the floor, one per round. */
export function deviatingRounds(samples) {
  const middle = median(samples.map(({ cpu }) => cpu))
  return samples.flatMap(({ cpu }, round) => (Math.abs(cpu / middle - 1) > TOLERANCE ? [round] : []))
}
