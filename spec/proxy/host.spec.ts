/** Hosts as requests name them. */
import { describe, expect, it } from 'vitest'
import { parseHost } from '../../lib/proxy/host.ts'

describe('a host', () => {
  it('is a name or an address with or without a port, without case and trailing dot (FS-87)', () => {
    expect(parseHost('API.Example.org.:8080')).toEqual({ name: 'api.example.org', port: 8080 })
    expect(parseHost('localhost')).toEqual({ name: 'localhost', port: undefined })
    expect(parseHost('my_host:')).toEqual({ name: 'my_host', port: undefined })
    expect(parseHost('127.0.0.1:65535')).toEqual({ name: '127.0.0.1', port: 65535 })
    expect(parseHost('[2001:DB8::1]:80')).toEqual({ name: '[2001:db8::1]', port: 80 })
  })

  it.each([
    '',
    ' ',
    ':80',
    '.',
    'a..b',
    'a, b',
    'user@a',
    'user:pass@a',
    'a/b',
    'a?b',
    'a#b',
    'a:b',
    'a:80:90',
    'a:999999',
    'a:65536',
    'wild.example:9000.evil',
    '[::1',
    '[::1]x',
    '[1.2.3.4]',
    '::1',
    'ä.example',
    'a\u0000',
    'a'.repeat(100_000).concat('!'),
  ])('is none in %j (FS-85, FS-86, FS-87)', (text) => {
    expect(parseHost(text)).toBeUndefined()
  })
})
