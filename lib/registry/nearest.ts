/** Finds the known name that is nearest to a misspelled one, for error messages. */

/** The nearest candidate: at an edit distance of at most 2, or the beginning of the name. Undefined without one. */
function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = 3
  for (const candidate of candidates) {
    const limit = candidate.length > 2 && name.startsWith(candidate) ? 2 : Number.POSITIVE_INFINITY
    const distance = Math.min(limit, distanceOf(name.toLowerCase(), candidate.toLowerCase()))
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

/** `: did you mean 'x'?`, or nothing. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const found = nearest(name, candidates)
  return found === undefined ? '' : `: did you mean '${found}'?`
}

/** Insertions, deletions, substitutions and swaps of neighbours. */
function distanceOf(one: string, other: string): number {
  let before: number[] = []
  let above = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      current[column] = Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    ;[before, above] = [above, current]
  }
  return above[other.length] ?? 0
}
