/** Counters in memory: bounded, and by the clock. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { MemoryCounters } from '../../lib/throttling/memory-counters.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'

afterEach(() => {
  vi.useRealTimers()
})

const TWO = [{ seconds: 1 }, { seconds: 86_400 }]
const addressOf = (index: number) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`

describe('counters in memory', () => {
  const used = () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    collect()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }

  it('do not keep the fields that clients are parts of', () => {
    const before = used()
    const counters = new MemoryCounters(TWO, 2000)
    for (let index = 0; index < 2000; index++) {
      const field = Buffer.from(`${'x'.repeat(16_000)}, client-of-${index + 1000}`).toString('latin1')
      counters.consume(field.slice(16_002), 1)
    }
    const megabytes = (used() - before) / 1024 / 1024
    expect(counters.size).toBe(2000)
    expect(megabytes).toBeLessThan(8)
  })

  it('of 100,000 clients with two windows take less than 25 MB', () => {
    const before = used()
    const counters = new MemoryCounters(TWO, 100_000)
    for (let index = 0; index < 100_000; index++) counters.consume(addressOf(index), 1)
    const megabytes = (used() - before) / 1024 / 1024
    expect(counters.size).toBe(100_000)
    expect(megabytes).toBeLessThan(25)
  })

  it('keep at most maxKeys clients, and the oldest go first', () => {
    const counters = new MemoryCounters(TWO, 2)
    for (const client of ['a', 'b', 'a', 'c', 'd']) counters.consume(client, 1)
    expect(counters.size).toBe(2)
    expect(counters.consume('c', 1)[1]?.consumedPoints).toBe(2)
    expect(counters.consume('a', 1)[1]?.consumedPoints).toBe(1)
    expect(counters.size).toBe(2)
  })

  it('take the same time for each new client when they are full', async () => {
    const fill = (n: number) => {
      const counters = new MemoryCounters(TWO, n)
      for (let index = 0; index < 3 * n; index++) counters.consume(addressOf(index), 1)
    }
    expect(await growthOf(fill, 16_384)).toBeLessThan(SUPERLINEAR)
  })

  it('begin a new window when the clock was set back by more than the window', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const counters = new MemoryCounters([{ seconds: 60 }], 10)
    counters.consume('a', 5)
    vi.setSystemTime(Date.now() - 3_600_000)
    expect(counters.consume('a', 1)).toEqual([{ consumedPoints: 1, msBeforeNext: 60_000 }])
  })
})
