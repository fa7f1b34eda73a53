import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Accept } from '../../lib/http/accept.ts'
import { MediaType } from '../../lib/http/media-type.ts'
import { isPlainAccept } from '../../lib/http/plain-accept.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'

const offersOf = (...types: string[]) => types.map((type) => MediaType.of(type))
const best = (header: string | undefined, ...types: string[]) =>
  Accept.parse(header)
    .best(offersOf(...types))
    ?.toString()

describe('Accept.best', () => {
  const cases: [accept: string | undefined, offers: string[], chosen: string | undefined, why: string][] = [
    [
      undefined,
      ['application/json', 'text/csv'],
      'application/json',
      'no field means anything (RFC 9110 §12.5.1)',
    ],
    ['', ['application/json', 'text/csv'], 'application/json', 'an empty field means anything'],
    [' , ,', ['application/json'], 'application/json', 'empty members are no members (RFC 9110 §5.6.1.2)'],
    ['*/*', ['application/json', 'text/csv'], 'application/json', 'the server’s order decides for */*'],
    ['text/csv', ['application/json', 'text/csv'], 'text/csv', 'one type'],
    ['TEXT/CSV', ['application/json', 'text/csv'], 'text/csv', 'letter case never matters'],
    ['text/csv', ['Text/CSV'], 'text/csv', 'letter case never matters on our side either'],
    ['text/*', ['application/json', 'text/csv'], 'text/csv', 'a range of subtypes'],
    ['image/png', ['application/json'], undefined, 'nothing fits'],
    [
      'text/csv;q=0.5, application/json;q=0.9',
      ['text/csv', 'application/json'],
      'application/json',
      'weights',
    ],
    ['application/json;q=0, */*', ['application/json', 'text/csv'], 'text/csv', 'q=0 refuses one type'],
    ['*/*;q=0', ['application/json'], undefined, 'q=0 refuses all types'],
    [
      '*/*, application/json;q=0.1',
      ['application/json', 'text/csv'],
      'text/csv',
      'the specific range decides',
    ],
    [
      'text/*;q=0.5, application/json;q=0.5',
      ['text/csv', 'application/json'],
      'application/json',
      'tie: specific',
    ],
    ['text/html, text/csv', ['text/csv', 'text/html'], 'text/html', 'tie: the client’s order'],
    [
      'text/markdown, text/html, */*',
      ['application/json', 'text/html', 'text/markdown'],
      'text/markdown',
      'agents',
    ],
    ['text/*', ['text/html', 'text/csv'], 'text/html', 'tie: the server’s order'],
    ['application/json; charset=utf-8', ['application/json'], 'application/json', 'JSON has one charset'],
    [
      'application/json; charset=iso-8859-1',
      ['application/json'],
      'application/json',
      'charset means nothing to JSON',
    ],
    ['text/csv;charset=UTF-8', ['text/csv'], 'text/csv', 'our text is UTF-8'],
    ['text/csv;charset=iso-8859-1', ['text/csv'], undefined, 'our text is UTF-8 and nothing else'],
    ['text/html;q=0.8;ext=1', ['text/html'], 'text/html', 'parameters behind the weight are ignored'],
    ['text/html;level=1', ['text/html'], undefined, 'a parameter before the weight counts'],
    ['text/html;level=1', ['text/html;level=1'], 'text/html; level=1', 'a parameter that the offer has'],
    ['text/html', ['text/html;level=1'], 'text/html; level=1', 'an offer may be narrower than the range'],
    [
      'text/html;level=1;q=0.1, text/html',
      ['text/html;level=1', 'text/html'],
      'text/html',
      'parameters are specific',
    ],
    [
      'a/b;v=1;w=2;q=0, a/b;v=1',
      ['a/b;v=1;w=2'],
      undefined,
      'more parameters are more specific (RFC 9110 §12.5.1)',
    ],
    ['a/b;v=1, a/b;v=1;w=2;q=0', ['a/b;v=1;w=2', 'a/b;v=1'], 'a/b; v=1', 'in any order of the field'],
    ['a/b;v=1, a/b;v=1;w=2', ['a/b;v=1', 'a/b;v=1;w=2'], 'a/b; v=1; w=2', 'tie: more parameters'],
    [
      'text/*;v=1;w=2;q=0, text/x',
      ['text/x;v=1;w=2'],
      'text/x; v=1; w=2',
      'a type counts more than parameters',
    ],
    ['text/html;charset=utf-8;q=0, text/html', ['text/html'], undefined, 'a charset is a parameter'],
    [
      'text/html;charset=utf-8, text/html;q=0',
      ['text/html'],
      'text/html',
      'which text has, without stating it',
    ],
    ['text/*;charset=UTF8;q=0.1, text/csv', ['text/html', 'text/csv'], 'text/csv', 'also in a range'],
    [
      'application/json, text/csv;charset=utf-8',
      ['application/json', 'text/csv'],
      'application/json',
      'and says nothing of other types',
    ],
    ['text/x;charset=utf-8', ['text/x;charset=utf-16'], undefined, 'unless the type has another charset'],
    [
      'application/json;charset=utf-8;q=0, application/json',
      ['application/json'],
      undefined,
      'also JSON in UTF-8 can be refused',
    ],
    ['application/*+json', ['application/problem+json'], 'application/problem+json', 'a suffix range'],
    ['application/*+json', ['application/json'], undefined, 'a suffix range wants the suffix'],
    ['application/*+json', ['application/vnd.a+xml'], undefined, 'another suffix'],
    [
      'application/*+json;q=0.9, application/a+json;q=0.1',
      ['application/a+json'],
      'application/a+json',
      'still wanted',
    ],
    [
      'application/*+json, text/csv',
      ['application/a+json', 'text/csv'],
      'text/csv',
      'a type beats a suffix range',
    ],
    [
      'application/*, application/*+json',
      ['application/x', 'application/a+json'],
      'application/a+json',
      'suffix > type',
    ],
    [
      'application/a+json;q=0, application/*+json',
      ['application/a+json', 'application/b+json'],
      'application/b+json',
      'q=0',
    ],
    [
      'application/*+json, application/*;q=0.9',
      ['application/x', 'application/a+json'],
      'application/a+json',
      'a suffix range decides before application/*',
    ],
    ['nonsense, text/csv', ['application/json', 'text/csv'], 'text/csv', 'an unparsable member is skipped'],
    [
      'text/csv;q=high, application/json;q=0.1',
      ['text/csv', 'application/json'],
      'application/json',
      'an odd weight',
    ],
    ['text/csv;q=2', ['text/csv'], undefined, 'a weight above 1 is no weight'],
    [
      'text/html, *; q=.2, */*; q=.2',
      ['application/json'],
      'application/json',
      'as old Java clients send it',
    ],
    ['nonsense', ['application/json'], undefined, 'a field with nothing readable in it accepts nothing'],
    ['*/json', ['application/json'], undefined, 'there is no such range (ARR-21)'],
    [
      'text/csv;a="x,y", application/json;q=0.1',
      ['application/json'],
      'application/json',
      'commas in quotes',
    ],
  ]

  it.each(cases)('%s from %j is %s: %s', (accept, offers, chosen) => {
    expect(best(accept, ...offers)).toBe(chosen)
  })

  it('agrees with the weights in the explanation', () => {
    const type = fc.constantFrom(
      'application/json',
      'text/csv',
      'text/html',
      'application/a+json',
      'application/b+json',
    )
    const offer = fc.oneof(type, fc.constant('text/csv;header=present'))
    const wide = ['*/*', 'text/*', 'application/*', 'application/*+json', 'application/*+json;v=1']
    const narrow = ['text/csv;header=*', 'text/*;header=present', 'text/csv;charset=utf-8;header=present']
    const range = fc.oneof(offer, fc.constantFrom(...wide, ...narrow))
    const member = fc.tuple(range, fc.constantFrom('0', '0.1', '0.5', '0.9', '1'))
    fc.assert(
      fc.property(
        fc.array(member, { minLength: 1 }),
        fc.uniqueArray(offer, { minLength: 1 }),
        (members, types) => {
          const field = Accept.parse(members.map(([text, q]) => `${text};q=${q}`).join(', '))
          const offers = offersOf(...types)
          const weights = offers.map((offer) => field.weigh(offer).weight)
          const chosen = field.best(offers)
          const highest = Math.max(...weights)
          expect(chosen ? field.weigh(chosen).weight : 0).toBe(highest)
        },
      ),
    )
  })

  it('ranks a field of plain types and one with a parameter by the same rules', () => {
    const type = fc.constantFrom('application/json', 'text/csv', 'text/html', 'application/a+json')
    const offer = fc.oneof(type, fc.constant('text/csv;header=present'))
    const range = fc.oneof(type, fc.constantFrom('*/*', 'text/*', 'application/*', 'TEXT/CSV'))
    const weight = fc.constantFrom('', ';q=0', '; q=.1', ' ;Q=0.5', ';q=0.50', ';q = 1.0', ';q=1')
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(range, weight).map((parts) => parts.join('')),
          { minLength: 1 },
        ),
        fc.uniqueArray(offer, { minLength: 1 }),
        (members, offers) => {
          const field = members.join(', ')
          expect(isPlainAccept(field)).toBe(true)
          expect(isPlainAccept(`${field}, x/y;z=1`)).toBe(false)
          expect(best(field, ...offers)).toBe(best(`${field}, x/y;z=1`, ...offers))
        },
      ),
    )
  })

  it.each(['"', ',', ';q=0.5,', 'a/b;c="', '*/*;q=0.1,', 'application/*+json,', '\\"', 'a/b,'])(
    'takes linear time for repeated %j',
    async (piece) => {
      const offers = offersOf('application/json', 'application/a+json')
      const rank = (n: number) => Accept.parse(piece.repeat(n / piece.length)).best(offers)
      expect(await growthOf(rank, 32_768)).toBeLessThan(SUPERLINEAR)
    },
  )
})

describe('isPlainAccept', () => {
  it.each([
    'text/csv',
    'text/csv, application/*;q=0.5,*/* ; q = .1 ,',
    ', Application/A+JSON;Q=1.000',
    'text/csv;q=0., text/html;q=1.',
  ])('is true for %j, which `accepts` reads like this package', (field) => {
    expect(isPlainAccept(field)).toBe(true)
  })

  it.each([
    '',
    ' , ,',
    'text',
    'text/',
    '/csv',
    '*/csv',
    'application/*+json',
    '*/*+json',
    'text /csv',
    'text/csv\u00a0',
    'text/csv;level=1',
    'text/csv;q=0.5;level=1',
    'text/csv;q',
    'text/csv;q=',
    'text/csv;q=2',
    'text/csv;q=1.001',
    'text/csv;q=00',
    'text/csv;q=0.5x',
    'text/csv;q="0.5"',
    'text/csv;',
    'text/csv "',
  ])('is false for %j', (field) => {
    expect(isPlainAccept(field)).toBe(false)
  })
})
