/** One form for each IP address. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { addressOf, networkOf } from '../../lib/proxy/address.ts'

describe('an address', () => {
  it('does not keep the field that it was read from', () => {
    setFlagsFromString('--expose-gc')
    const used = () => {
      runInNewContext('gc')()
      const { heapUsed, external } = process.memoryUsage()
      return heapUsed + external
    }
    const before = used()
    const addresses = Array.from({ length: 2000 }, (_, index) => {
      const port = index % 2 ? ':4711' : ''
      const field = Buffer.from(`${'x'.repeat(16_000)},203.113.100.${index % 250}${port}`).toString('latin1')
      return addressOf(field.slice(16_001))
    })
    expect((used() - before) / 1024 / 1024).toBeLessThan(8)
    expect(addresses.slice(0, 2)).toEqual(['203.113.100.0', '203.113.100.1'])
  })

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['203.0.113.9:51234', '203.0.113.9'],
    ['[2001:db8::17]:4711', '2001:db8::17'],
    ['[2001:db8::17]', '2001:db8::17'],
    ['2001:DB8:0:0::17', '2001:db8::17'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::ffff:102:304', '1.2.3.4'],
  ])('%s is %s (FS-10, FS-11, FS-81)', (text, canonical) => {
    expect(addressOf(text)).toBe(canonical)
  })

  it.each([
    '',
    'unknown',
    '_hidden',
    '{\u0024{print(1)}}',
    '010.0.0.1',
    '1.2.3',
    '1.2.3.4:port',
    '1.2.3.4:123456',
    '[1.2.3.4]:80',
    '[::1',
    '::1]:80',
    ':::',
    '1'.repeat(100_000),
    '['.repeat(100_000),
  ])('is none in %j (FS-82)', (text) => {
    expect(addressOf(text)).toBeUndefined()
  })
})

describe('the network of an address', () => {
  it('is its /64 for IPv6, however it is written, and itself for IPv4 (FS-10, FS-11)', () => {
    const networkFor = (text: string) => networkOf(addressOf(text) ?? '')
    expect(networkFor('2001:db8::1')).toBe('2001:db8:0:0::/64')
    expect(networkFor('2001:0db8:0:0:ffff:1:2:3')).toBe('2001:db8:0:0::/64')
    expect(networkFor('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
    expect(networkFor('::1')).toBe('0:0:0:0::/64')
    expect(networkFor('fe80::')).toBe('fe80:0:0:0::/64')
    expect(networkFor('::ffff:1.2.3.4')).toBe('1.2.3.4')
    expect(networkFor('')).toBe('')
  })
})
