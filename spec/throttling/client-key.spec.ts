/** The text that one client is counted by. */
import { describe, expect, it } from 'vitest'
import type { ApiOptions } from '../../lib/api.ts'
import { testApi } from '../support/test-api.ts'

/** The statuses of requests that a proxy forwards for addresses, with a limit of one. */
async function forwarded(addresses: readonly string[], options: Partial<ApiOptions>): Promise<number[]> {
  const { ask } = await testApi({ rateLimit: { points: 1, seconds: 60 }, ...options })
  const statuses = addresses.map(
    async (address) => (await ask('/every/200', { 'x-forwarded-for': address })).status,
  )
  return Promise.all(statuses)
}

describe('the client of a request', () => {
  it.each([
    ['an IPv6 client that changes its low 64 bits', '2001:db8:1:2::17', '2001:db8:1:2:ffff::1'],
    ['an IPv6 address that is written in two ways', '::1:0:0:0:17', '0:0:0:1:0:0:0:17'],
    ['IPv4 mapped into IPv6 (FS-10), and itself', '::ffff:203.0.113.9', '203.0.113.9'],
  ])('is one for %s (FS-11)', async (_, one, other) => {
    const statuses = await forwarded([one, other], { trustProxy: ['loopback'] })
    expect(statuses.toSorted()).toEqual([200, 429])
  })

  it('is another for each network and each IPv4 address', async () => {
    const others = ['2001:db8:1:2::17', '2001:db8:1:3::17', '203.0.113.9', '::ffff:203.0.113.10']
    expect(await forwarded(others, { trustProxy: ['loopback'] })).toEqual([200, 200, 200, 200])
  })

  it('is the peer of the connection, whatever X-Forwarded-For it sends', async () => {
    const statuses = await forwarded(['203.0.113.9', '203.0.113.10', '203.0.113.11'], {})
    expect(statuses.toSorted()).toEqual([200, 429, 429])
  })
})
