/** Which proxies the option `trustProxy` trusts. */
import { describe, expect, it } from 'vitest'
import { trustOf } from '../../lib/proxy/trust.ts'
import { trustedProxy } from '../../lib/security.ts'
import { testApi } from '../support/test-api.ts'

describe('trustProxy', () => {
  it('takes addresses, networks and loopback, in any form', () => {
    const trust = trustOf(['loopback', '10.0.0.0/8', '2001:DB8::/32', '::ffff:192.0.2.0/120', '198.51.100.7'])
    const trusted = (address: string) => trust?.(address, 0)
    for (const address of [
      '127.0.0.1',
      '127.9.9.9',
      '::1',
      '',
      '10.255.0.1',
      '2001:db8:1::1',
      '192.0.2.9',
      '198.51.100.7',
    ])
      expect(trusted(address), address).toBe(true)
    for (const address of ['11.0.0.1', '2001:db9::1', '192.0.3.1', '198.51.100.8', '::2'])
      expect(trusted(address), address).toBe(false)
    expect(trustOf(['10.0.0.1'])?.('', 0)).toBe(false)
  })

  it('is off by false, and takes a function of the address and the hop', () => {
    expect(trustOf(false)).toBeUndefined()
    expect(trustOf((address, hop) => hop === 0 && address === '10.0.0.1')?.('10.0.0.1', 0)).toBe(true)
  })

  it.each([true, 1, 'loopback', '10.0.0.1', {}, null])(
    'is a TypeError for %j, at start-up (FS-80)',
    async (value) => {
      const message = /'trustProxy' is a list of addresses and networks, or a function, not/
      await expect(testApi({ trustProxy: value as never })).rejects.toThrow(message)
      expect(() => trustedProxy(value as never)).toThrow(TypeError)
    },
  )

  it.each([
    '',
    'proxy.example',
    '10.0.0.0/33',
    '10.0.0.0/x',
    '10.0.0.0/0',
    '::/0',
    '10.0.0.1:80',
    '10.0.0.0/',
    '::ffff:0:0/96',
    7,
  ])('is a TypeError for the entry %j, which is named', (entry) => {
    expect(() => trustOf([entry as string])).toThrow(`cannot have ${JSON.stringify(entry)}`)
  })
})
