/** Which proxies the option `trustProxy` trusts. */
import { describe, expect, it } from 'vitest'
import type { ApiOptions } from '../../lib/api.ts'
import { trustOf } from '../../lib/proxy/trust.ts'
import { trustedProxy } from '../../lib/security.ts'
import { recorder, until } from '../support/lines.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'
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

  it('trusts by a function that returns true alone', () => {
    for (const other of ['no', 'yes', 1, {}, undefined])
      expect(trustOf((() => other) as never)?.('10.0.0.1', 0)).toBe(false)
  })

  it('is a TypeError for an asynchronous function, and a 500 for a promise, which trusts nobody', async () => {
    const message = /cannot have trustProxy: the function .*; use a function that is not asynchronous/
    await expect(testApi({ trustProxy: (async () => false) as never })).rejects.toThrow(message)
    expect(() => trustedProxy((async () => false) as never)).toThrow(message)
    const trustProxy = (() => Promise.reject(new Error('away'))) as never
    const { logger, lines } = recorder()
    const options = { trustProxy, accessLog: true, securityHeaders: true, logger }
    const { ask } = await testApi(options as Partial<ApiOptions>)
    const forged = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-prefix': '/evil' }
    const { status, text } = await ask('/every/200', forged)
    expect([status, text.includes('evil')]).toEqual([500, false])
    await until(() => lines.length > 0)
    expect(lines[0]).toMatchObject({ err: { message: expect.stringContaining("The function 'trustProxy'") } })
    const app = polka().use(trustedProxy(trustProxy), (_request: unknown, response: { end(): void }) =>
      response.end(),
    )
    expect(await (await serve(app)).status('/', forged)).toBe(500)
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
