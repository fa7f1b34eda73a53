/** The rule by which the benchmark runs a round again. */
import { describe, expect, it } from 'vitest'

interface Deviation {
  deviatingRounds(samples: readonly { readonly cpu: number }[]): readonly number[]
}

const path = '../../bench/deviation.js'
const { deviatingRounds } = (await import(/* @vite-ignore */ path)) as Deviation

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
