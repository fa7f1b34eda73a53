/** The rule by which the benchmark runs a round again. */
import { describe, expect, it } from 'vitest'

interface Deviation {
  deviatingRounds(samples: readonly { readonly cpu: number }[]): readonly number[]
  runAgain(
    find: () => readonly number[],
    run: (deviating: readonly number[]) => Promise<void>,
  ): Promise<{ repeated: readonly number[]; deviating: readonly number[] }>
}

const path = '../../bench/deviation.js'
const { deviatingRounds, runAgain } = (await import(/* @vite-ignore */ path)) as Deviation

describe('rounds whose floor deviates', () => {
  it.each<[readonly number[], readonly number[]]>([
    [[10, 10, 10], []],
    [[10, 11.4, 8.6], []],
    [
      [10, 11.6, 10, 8.4, 10],
      [1, 3],
    ],
    [[10, 10, 30], [2]],
    [[10], []],
  ])('of %j are those at %j', (cpu, deviating) => {
    expect(deviatingRounds(cpu.map((one) => ({ cpu: one })))).toEqual(deviating)
  })
})

describe('what deviates', () => {
  it('is run again until nothing does', async () => {
    const found = [[1, 3], [3], []]
    const runs: (readonly number[])[] = []
    const result = await runAgain(
      () => found[runs.length] as number[],
      async (deviating) => void runs.push(deviating),
    )
    expect(runs).toEqual([[1, 3], [3]])
    expect(result).toEqual({ repeated: [1, 3, 3], deviating: [] })
  })

  it('is run again three times at most', async () => {
    const result = await runAgain(
      () => [2],
      async () => {},
    )
    expect(result).toEqual({ repeated: [2, 2, 2], deviating: [2] })
  })
})
