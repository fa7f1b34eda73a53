/** The field Forwarded. */
import { describe, expect, it } from 'vitest'
import { hopsOf } from '../../lib/proxy/forwarded.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'

describe('Forwarded', () => {
  it('has names without case, quoted strings, brackets, ports, and nodes without an address (RFC 7239 §4, §6, FS-84)', () => {
    expect(hopsOf('For="[2001:db8::17]:4711";Proto=https;HOST="a.example:8080", for=unknown')).toEqual([
      { for: '[2001:db8::17]:4711', proto: 'https', host: 'a.example:8080' },
      { for: 'unknown' },
    ])
    expect(hopsOf('for=192.0.2.60;by=203.0.113.43,for=_SEVKISEK, for="_gazonk"')).toEqual([
      { for: '192.0.2.60', by: '203.0.113.43' },
      { for: '_SEVKISEK' },
      { for: '_gazonk' },
    ])
    expect(hopsOf('for="a\\"b, c;d"')).toEqual([{ for: 'a"b, c;d' }])
    expect(hopsOf('for="a,\\\\", for=",\\\\\\","')).toEqual([{ for: 'a,\\' }, { for: ',\\",' }])
  })

  it('has a hop without members for an element that does not parse (FS-84)', () => {
    for (const element of [
      'for',
      '=1.2.3.4',
      'for="',
      'for=1.2.3.4;for=5.6.7.8',
      'fo r=1',
      'for="a"b',
      'for=',
    ])
      expect(hopsOf(`for=9.9.9.9, ${element}`).at(-1), element).toEqual({})
    expect(hopsOf(' , ,')).toEqual([])
  })

  it('has the last elements whatever is left of them, such as a quote that a client has not closed', () => {
    const trusted = 'for="[2001:db8::17]:4711";host="a\\",b", for=10.0.0.2'
    for (const sent of ['"', 'for="1.2.3.4', 'for="1.2.3.4\\', 'for=a\\"', '"a" "', ',",', 'for=";"\\"'])
      expect(hopsOf(`${sent}, ${trusted}`).slice(-2), sent).toEqual([
        { for: '[2001:db8::17]:4711', host: 'a",b' },
        { for: '10.0.0.2' },
      ])
  })

  it.each(['for="', '\\"', '\\', '"\\', 'for=,', ';', 'a=', '='])(
    'is read in linear time: %j, repeated',
    async (text) => {
      expect(await growthOf((n) => hopsOf(text.repeat(n)), 32_768)).toBeLessThan(SUPERLINEAR)
    },
  )
})
